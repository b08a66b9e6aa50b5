import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Blobs } from '../../ports/blobs.ts'
import { describeBlobs } from '../contracts/blobs-contract.ts'
import { createUploadMemory } from '../upload-memory.ts'
import { openSegmentBlobs } from './segment-blobs.ts'

const MEBIBYTE = 1_024 * 1_024

const underTest = async (mostBytes: number, limited: (blobs: Blobs) => Blobs) => {
  const parent = await mkdtemp(join(tmpdir(), 'tributary-segments-'))
  const folder = join(parent, 'made', 'for', 'it')
  const opened: Awaited<ReturnType<typeof openSegmentBlobs>>[] = []
  let memory = createUploadMemory({ mostBytes, patienceMs: 0 })
  const open = async () => {
    memory = createUploadMemory({ mostBytes, patienceMs: 0 })
    const blobs = await openSegmentBlobs({ folder, memory, segmentBytes: 2 * MEBIBYTE })
    opened.push(blobs)
    return limited(blobs)
  }
  return {
    blobs: await open(),
    reopen: open,
    leftovers: async () =>
      (await readdir(join(folder, 'incoming'))).length + Math.min(1, memory.taken().leased),
    dispose: async () => {
      for (const blobs of opened) await blobs.close()
      await rm(parent, { recursive: true })
    },
  }
}

/** What comes without a limit goes to a file; this gives it one that fits in memory. */
const withinMemory = (blobs: Blobs): Blobs => ({
  ...blobs,
  stage: (source, { maxBytes }) => blobs.stage(source, { maxBytes: Math.min(maxBytes, MEBIBYTE) }),
})

describeBlobs('A folder of segments', () => underTest(64 * MEBIBYTE, withinMemory))

describeBlobs('A folder of segments whose memory is taken', () => underTest(0, (blobs) => blobs))
