import { randomBytes } from 'node:crypto'
import {
  appendFile,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Digest } from '@tributary/protocols'
import { integerBelow, seededRandom } from '@tributary/protocols/runtime'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { StorageError } from '../../faults/storage.ts'
import type { Blobs } from '../../ports/blobs.ts'
import { aDigest } from '../contracts/arrange.ts'
import { type FileCall, failingFiles, type Mishap } from '../contracts/failing-files.ts'
import { powerCutFiles } from '../memory/power-cut-files.ts'
import { createUploadMemory } from '../upload-memory.ts'
import { type Files, nodeFiles } from './files.ts'
import { openSegmentBlobs, type SegmentBlobs } from './segment-blobs.ts'
import { HEADER_BYTES, recordBytes } from './segment-format.ts'

const LIMIT = { maxBytes: 10_000 }
const MEBIBYTE = 1_024 * 1_024

describe('blobs in segments', () => {
  let folder: string
  let segments: string
  let happens: (call: FileCall) => Mishap
  let calls: FileCall[]
  let blobs: SegmentBlobs
  let opened: SegmentBlobs[]

  const reopen = async (segmentBytes = MEBIBYTE) => {
    const files = failingFiles(nodeFiles, (call) => {
      calls.push(call)
      return happens(call)
    })
    const memory = createUploadMemory({ mostBytes: 8 * MEBIBYTE, patienceMs: 0 })
    blobs = await openSegmentBlobs({ folder, files, memory, segmentBytes })
    opened.push(blobs)
    calls = []
  }
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-segments-'))
    segments = join(folder, 'segments')
    happens = () => undefined
    calls = []
    opened = []
    await reopen()
  })
  afterEach(async () => {
    for (const one of opened) await one.close()
    await rm(folder, { recursive: true })
  })

  const stageAndKeep = async (bytes: Uint8Array) => {
    const staged = await blobs.stage(oneChunk(bytes), LIMIT)
    await staged.keep()
    return staged.digest
  }
  const names = () => readdir(segments)
  const onlySegment = async () => {
    const [name, ...more] = await names()
    if (!name || more.length > 0) throw new Error(`one segment is expected, not ${more.length + 1}`)
    return join(segments, name)
  }
  const digests = async () => {
    const list: Digest[] = []
    for await (const { digest } of blobs.list()) list.push(digest)
    return list.sort()
  }
  /** Changes one byte of a file in place. */
  const rot = async (path: string, at: number) => {
    const bytes = await readFile(path)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    const file = await open(path, 'r+')
    await file.write(bytes, at, 1, at)
    await file.close()
  }

  test('many blobs that are kept at once are written once each and share their syncs', async () => {
    const slow = await openSegmentBlobs({
      folder,
      files: syncsThatWaitForWrites(50),
      memory: createUploadMemory({ mostBytes: 8 * MEBIBYTE, patienceMs: 0 }),
      segmentBytes: MEBIBYTE,
    })
    opened.push(slow)
    calls = []
    const staged = await Promise.all(
      Array.from({ length: 50 }, () => slow.stage(oneChunk(randomBytes(5_000)), LIMIT)),
    )
    expect(calls).toEqual([])
    await Promise.all(staged.map((one) => one.keep()))
    const count = (name: string) =>
      calls.filter(({ call, path }) => call === name && path.endsWith('.segment')).length
    expect([count('open'), count('write')]).toEqual([1, 50])
    expect(count('sync')).toBeLessThanOrEqual(2)
  })

  /** A disk on which no sync of a segment ends before this many writes have: what is shared is shared whatever the speed. */
  const syncsThatWaitForWrites = (writes: number): Files => {
    let written = 0
    let open = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const disk: Files = {
      ...nodeFiles,
      async open(path, flags, mode) {
        const file = await nodeFiles.open(path, flags, mode)
        if (!path.endsWith('.segment')) return file
        return {
          write: async (bytes, offset, length) => {
            const result = await file.write(bytes, offset, length)
            if (++written === writes) open()
            return result
          },
          read: (into, offset, length, position) => file.read(into, offset, length, position),
          stat: () => file.stat(),
          sync: async () => {
            await gate
            await file.sync()
          },
          close: () => file.close(),
        }
      },
    }
    return failingFiles(disk, (call) => {
      calls.push(call)
      return undefined
    })
  }

  test('nothing is answered before its bytes and the name of its segment are synced', async () => {
    await stageAndKeep(randomBytes(100))
    expect(calls.map(({ call, path }) => `${call} ${path === segments ? 'folder' : 'segment'}`)).toEqual([
      'open segment',
      'open folder',
      'sync folder',
      'write segment',
      'sync segment',
    ])
  })

  test('memory that is used again brings nothing of the blob before into the file', async () => {
    const longer = await blobs.stage(oneChunk(new Uint8Array(200).fill(7)), LIMIT)
    await longer.discard()
    await stageAndKeep(new Uint8Array(130).fill(1))
    const record = await readFile(await onlySegment())
    expect(record.subarray(HEADER_BYTES + 130)).toEqual(Buffer.alloc(recordBytes(130) - HEADER_BYTES - 130))
    expect(record.length).toBe(recordBytes(130))
  })

  test('a segment that is full is followed by another, and goes when its last blob does', async () => {
    await reopen(20_000)
    const kept: Digest[] = []
    for (let i = 0; i < 6; i++) kept.push(await stageAndKeep(randomBytes(9_990)))
    expect((await names()).length).toBe(3)
    await blobs.delete(kept[0] as Digest)
    expect((await names()).length).toBe(3)
    await blobs.delete(kept[1] as Digest)
    expect((await names()).length).toBe(2)
    await reopen(20_000)
    expect(await digests()).toEqual(kept.slice(2).sort())
    for (const digest of kept) await blobs.delete(digest)
    expect(await names()).toEqual([])
    expect(await digests()).toEqual([])
  })

  test('when the last blob goes, the file that is being filled goes too, and the next blob finds another', async () => {
    await blobs.delete(await stageAndKeep(randomBytes(10)))
    expect(await names()).toEqual([])
    const bytes = randomBytes(20)
    expect(await blobs.read(await stageAndKeep(bytes))).toEqual(Uint8Array.from(bytes))
  })

  test('a deleted blob may come back after a crash, and can be deleted again', async () => {
    const one = await stageAndKeep(randomBytes(10))
    const other = await stageAndKeep(randomBytes(10))
    await blobs.delete(one)
    await reopen()
    expect(await digests()).toEqual([one, other].sort())
    await blobs.delete(one)
    expect(await digests()).toEqual([other])
    await blobs.delete(other)
    expect(await names()).toEqual([])
  })

  test('a segment whose file cannot be removed is removed with a later deletion', async () => {
    const digest = await stageAndKeep(randomBytes(10))
    happens = ({ call }) => (call === 'unlink' ? 'EIO' : undefined)
    await expect(blobs.delete(digest)).rejects.toThrow(StorageError)
    expect(await blobs.read(digest)).toBeUndefined()
    happens = () => undefined
    await blobs.delete(digest)
    expect(await names()).toEqual([])
  })

  describe('found after a crash', () => {
    let kept: { digest: Digest; bytes: Uint8Array }[]
    let path: string
    beforeEach(async () => {
      kept = []
      for (let i = 0; i < 4; i++) {
        const bytes = randomBytes(1_000)
        kept.push({ digest: await stageAndKeep(bytes), bytes: Uint8Array.from(bytes) })
      }
      path = await onlySegment()
    })
    const startOf = (nth: number) => nth * recordBytes(1_000)
    const expectKept = async (which: readonly number[]) => {
      expect(await digests()).toEqual(which.map((i) => kept[i]?.digest as Digest).sort())
      for (const i of which) expect(await blobs.read(kept[i]?.digest as Digest)).toEqual(kept[i]?.bytes)
    }

    test.each([
      ['a blob', 3 * recordBytes(1_000) + HEADER_BYTES + 500],
      ['a header', 3 * recordBytes(1_000) + 30],
    ])('what ends in the middle of %s is not there; what was before is', async (_, length) => {
      await truncate(path, length)
      await reopen()
      await expectKept([0, 1, 2])
      const bytes = randomBytes(50)
      expect(await blobs.read(await stageAndKeep(bytes))).toEqual(Uint8Array.from(bytes))
    })

    test('the end may be zeros or leftovers', async () => {
      await appendFile(path, new Uint8Array(5_000))
      await appendFile(path, randomBytes(3_333))
      await reopen()
      await expectKept([0, 1, 2, 3])
    })

    test('a last blob whose bytes did not all arrive is not there', async () => {
      await rot(path, startOf(3) + HEADER_BYTES + 10)
      await reopen()
      await expectKept([0, 1, 2])
    })

    test('a blob that rotted in the middle is a fault when read, and the others are as they were', async () => {
      await rot(path, startOf(1) + HEADER_BYTES + 10)
      await reopen()
      expect(await digests()).toEqual(kept.map(({ digest }) => digest).sort())
      await expect(blobs.read(kept[1]?.digest as Digest)).rejects.toThrow(`${kept[1]?.digest} is damaged`)
      for (const i of [0, 2, 3]) expect(await blobs.read(kept[i]?.digest as Digest)).toEqual(kept[i]?.bytes)
    })

    test.each([0, 8, 20, 24, 56])(
      'a header that rotted at byte %d hides its blob and no other',
      async (at) => {
        await rot(path, startOf(1) + at)
        await reopen()
        await expectKept([0, 2, 3])
      },
    )

    test('a record of another segment is none, even where it stands in a blob', async () => {
      const record = (await readFile(path)).subarray(0, recordBytes(1_000))
      await blobs.delete(kept[0]?.digest as Digest)
      for (const { digest } of kept) await blobs.delete(digest)
      const holder = await stageAndKeep(record)
      const next = await stageAndKeep(randomBytes(10))
      await rot(await onlySegment(), 0)
      await reopen()
      expect(await digests()).toEqual([next])
      expect(await blobs.read(holder)).toBeUndefined()
    })

    test('a blob that stands in two segments is one, and deleting it removes both', async () => {
      await reopen()
      const other = await stageAndKeep(randomBytes(10))
      await blobs.delete(kept[0]?.digest as Digest)
      await stageAndKeep(kept[0]?.bytes as Uint8Array)
      await reopen()
      expect((await names()).length).toBe(2)
      expect(await digests()).toEqual([other, ...kept.map(({ digest }) => digest)].sort())
      for (const digest of await digests()) await blobs.delete(digest)
      expect(await names()).toEqual([])
    })
  })

  test('a blob is as old as the last of its segment, also when it is found again', async () => {
    const one = await stageAndKeep(randomBytes(10))
    const other = await stageAndKeep(randomBytes(20))
    const long = new Date('2020-01-01T00:00:00Z')
    await utimes(await onlySegment(), long, long)
    await reopen()
    const later = await stageAndKeep(randomBytes(30))
    const ages = new Map<Digest, number>()
    for await (const { digest, keptAt } of blobs.list()) ages.set(digest, keptAt)
    expect([ages.get(one), ages.get(other)]).toEqual([long.getTime(), long.getTime()])
    expect(ages.get(later)).toBeGreaterThan(long.getTime())
  })

  test('strangers in the folder are left alone', async () => {
    await writeFile(join(segments, 'notes.txt'), 'x')
    const digest = await stageAndKeep(randomBytes(10))
    await reopen()
    expect(await digests()).toEqual([digest])
    expect(await names()).toContain('notes.txt')
  })

  const ways: [string, (bytes: Uint8Array) => Promise<unknown>][] = [
    ['put', (bytes) => blobs.put(bytes)],
    ['stage and keep', stageAndKeep],
  ]
  describe.each(ways)('%s, when the disk does not do its part', (_, keep) => {
    test.each(['ENOSPC', 'EDQUOT'])(
      'a disk that fills up (%s) in the middle of a record is told apart, and what was and what comes is kept',
      async (code) => {
        const before = randomBytes(100)
        await keep(before)
        happens = ({ call }) => (call === 'write' ? { code, afterBytes: 10 } : undefined)
        for (let i = 0; i < 3; i++)
          await expect(keep(randomBytes(1_000))).rejects.toMatchObject({
            name: 'StorageError',
            full: true,
            cause: { code },
          })
        await vi.waitFor(async () => expect((await names()).length).toBe(1))
        happens = () => undefined
        const after = randomBytes(100)
        await keep(after)
        await reopen()
        expect(await digests()).toEqual([aDigest(before), aDigest(after)].sort())
        for (const bytes of [before, after])
          expect(await blobs.read(aDigest(bytes))).toEqual(Uint8Array.from(bytes))
      },
    )

    test('what was written after a sync began that failed is refused with it, and none is there', async () => {
      const all = Array.from({ length: 5 }, () => randomBytes(200))
      happens = ({ call, path }) => (call === 'sync' && path.endsWith('.segment') ? 'EIO' : undefined)
      const outcomes = await Promise.allSettled(all.map(keep))
      happens = () => undefined
      expect(outcomes.map(({ status }) => status)).toEqual(Array(5).fill('rejected'))
      expect(await digests()).toEqual([])
      await Promise.all(all.map(keep))
      expect(await digests()).toEqual(all.map(aDigest).sort())
    })

    test('whichever call fails, the blob is there whole or not at all, and trying again works', async () => {
      let failed = 0
      for (let nth = 0; ; nth++) {
        const bytes = randomBytes(500)
        let left = nth
        happens = () => (left-- === 0 ? 'EIO' : undefined)
        const outcome = await keep(bytes).then(
          () => 'kept',
          (error: unknown) => error,
        )
        happens = () => undefined
        if (outcome === 'kept') break
        failed++
        expect(outcome).toBeInstanceOf(StorageError)
        expect(await blobs.read(aDigest(bytes))).toBeUndefined()
        await keep(bytes)
        expect(Buffer.compare((await blobs.read(aDigest(bytes))) ?? new Uint8Array(), bytes)).toBe(0)
        await blobs.delete(aDigest(bytes))
        expect(await names()).toEqual([])
      }
      expect(failed).toBeGreaterThanOrEqual(5)
    })

    test('of the same bytes kept three times at once, a failed sync loses none of the others', async () => {
      const bytes = randomBytes(100)
      let syncs = 0
      happens = ({ call, path }) =>
        call === 'sync' && path.endsWith('.segment') && ++syncs === 1 ? 'EIO' : undefined
      const outcomes = await Promise.allSettled([1, 2, 3].map(() => keep(bytes)))
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected'])
      expect(await blobs.read(aDigest(bytes))).toEqual(Uint8Array.from(bytes))
    })
  })

  test('stages that come in piece by piece beside each other do not mix', async () => {
    const all = Array.from({ length: 20 }, (_, i) => randomBytes(500 + 311 * i))
    const staged = await Promise.all(all.map((bytes) => blobs.stage(inPieces(bytes, 97), LIMIT)))
    await Promise.all(staged.map((one, i) => (i % 3 === 0 ? one.discard() : one.keep())))
    for (const [i, bytes] of all.entries())
      expect(await blobs.read(aDigest(bytes))).toEqual(i % 3 === 0 ? undefined : Uint8Array.from(bytes))
  })
})

/**
 * Seeded lives of one folder. Each ends in the middle of something: the process dies, and what it wrote is still in
 * the system's memory; or the power fails, and what was not synced may be lost.
 */
test('however a life ends, what was acknowledged is there and nothing there is torn', async () => {
  const seen = { deaths: 0, cuts: 0, owed: 0 }
  for (let seed = 1; seed <= 60; seed++) {
    const chance = seededRandom(seed)
    const disk = powerCutFiles()
    const payloads = Array.from({ length: 12 }, () => chance.bytes(1 + integerBelow(chance, 40)))
    const digests = new Set(payloads.map(aDigest))
    const owed = new Map<Digest, Uint8Array>()
    const optionsOf = (files: typeof disk.files) => ({
      folder: '/data/blobs',
      files,
      segmentBytes: 500,
      memory: createUploadMemory({ mostBytes: MEBIBYTE, patienceMs: 0 }),
    })
    const keepOne = async (blobs: Blobs) => {
      const bytes = payloads[integerBelow(chance, payloads.length)] ?? new Uint8Array()
      const way = integerBelow(chance, 4)
      if (way === 0) await blobs.put(bytes)
      // One that is announced too large for memory goes to a file.
      else await (await blobs.stage(oneChunk(bytes), { maxBytes: way === 1 ? 1e9 : 1_000 })).keep()
      owed.set(aDigest(bytes), bytes)
    }
    const deleteOne = async (blobs: Blobs) => {
      const [oldest] = owed.keys()
      if (oldest === undefined) return
      owed.delete(oldest)
      await blobs.delete(oldest)
    }
    const live = async (calls: number) => {
      disk.cutAfter(disk.calls() + calls)
      const blobs = await openSegmentBlobs(optionsOf(disk.files)).catch(() => undefined)
      while (blobs && !disk.isCut()) {
        await Promise.allSettled([keepOne(blobs), keepOne(blobs), keepOne(blobs)])
        if (integerBelow(chance, 3) === 0) await deleteOne(blobs).catch(() => {})
      }
    }
    for (let life = 0; life < 5; life++) {
      await live(integerBelow(chance, 400))
      if (integerBelow(chance, 2) === 0) {
        disk.restart()
        seen.deaths++
      } else {
        disk.loseUnsynced(chance)
        seen.cuts++
      }
      const blobs = await openSegmentBlobs(optionsOf(disk.copy()))
      for (const [digest, bytes] of owed)
        expect(await blobs.read(digest), `seed ${seed}, life ${life}: ${digest}`).toEqual(bytes)
      for await (const { digest } of blobs.list()) {
        expect(digests.has(digest), `seed ${seed}, life ${life}: ${digest}`).toBe(true)
        await blobs.read(digest)
      }
      seen.owed += owed.size
    }
  }
  expect(seen.deaths + seen.cuts).toBe(300)
  expect(seen.owed).toBeGreaterThan(500)
})

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size)
    await Promise.resolve()
  }
}
