import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeBlobs } from '../contracts/blobs-contract.ts'
import { openFileBlobs } from './file-blobs.ts'

describeBlobs('A folder of files', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'tributary-blobs-'))
  const folder = join(parent, 'made', 'for', 'it')
  return {
    blobs: await openFileBlobs({ folder }),
    reopen: () => openFileBlobs({ folder }),
    leftovers: async () => (await readdir(join(folder, 'incoming'))).length,
    dispose: () => rm(parent, { recursive: true }),
  }
})
