import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Digest } from '@tributary/protocols'
import { integerBelow, seededRandom } from '@tributary/protocols/runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StorageError } from '../../faults/storage.ts'
import type { Blobs } from '../../ports/blobs.ts'
import { aDigest } from '../contracts/arrange.ts'
import { type FileCall, failingFiles, type Mishap } from '../contracts/failing-files.ts'
import { powerCutFiles } from '../memory/power-cut-files.ts'
import { openFileBlobs } from './file-blobs.ts'
import { nodeFiles } from './files.ts'

describe('blobs in a folder, when the disk does not do its part', () => {
  let folder: string
  let happens: (call: FileCall) => Mishap
  let blobs: Blobs

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-blobs-'))
    happens = () => undefined
    blobs = await openFileBlobs({ folder, files: failingFiles(nodeFiles, (call) => happens(call)) })
  })
  afterEach(() => rm(folder, { recursive: true }))

  const incoming = () => readdir(join(folder, 'incoming'))
  const pathOf = (digest: Digest) => join(folder, digest.slice(7, 9), digest.slice(9))

  const ways: [string, (bytes: Uint8Array) => Promise<unknown>][] = [
    ['put', (bytes) => blobs.put(bytes)],
    ['stage and keep', async (bytes) => (await blobs.stage(oneChunk(bytes), { maxBytes: 1e9 })).keep()],
  ]

  describe.each(ways)('%s', (_, keep) => {
    test.each(['ENOSPC', 'EDQUOT'])(
      'a disk that is full (%s) is told apart, and nothing is left',
      async (code) => {
        happens = ({ call }) => (call === 'write' ? { code, afterBytes: 10 } : undefined)
        const failure: unknown = await keep(randomBytes(1_000)).catch((error: unknown) => error)
        expect(failure).toMatchObject({ name: 'StorageError', full: true, cause: { code } })
        expect(await incoming()).toEqual([])
      },
    )

    test('a failing disk is not a full one', async () => {
      happens = ({ call }) => (call === 'write' ? 'EIO' : undefined)
      await expect(keep(randomBytes(10))).rejects.toMatchObject({ name: 'StorageError', full: false })
    })

    test('bytes whose sync failed never get their name', async () => {
      happens = ({ call, path }) => (call === 'sync' && path.includes('incoming') ? 'EIO' : undefined)
      const bytes = randomBytes(100)
      await expect(keep(bytes)).rejects.toThrow(StorageError)
      expect(await blobs.read(aDigest(bytes))).toBeUndefined()
      expect(await incoming()).toEqual([])
    })

    test('a name whose sync failed is taken back', async () => {
      const bytes = randomBytes(100)
      const shard = join(folder, aDigest(bytes).slice(7, 9))
      happens = ({ call, path }) => (call === 'sync' && path === shard ? 'EIO' : undefined)
      await expect(keep(bytes)).rejects.toThrow(StorageError)
      happens = () => undefined
      expect(await blobs.read(aDigest(bytes))).toBeUndefined()
      await keep(bytes)
      expect(await blobs.read(aDigest(bytes))).toEqual(Uint8Array.from(bytes))
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
        const read = await blobs.read(aDigest(bytes))
        if (read) expect(Buffer.compare(read, bytes)).toBe(0)
        await keep(bytes)
        expect(Buffer.compare((await blobs.read(aDigest(bytes))) ?? new Uint8Array(), bytes)).toBe(0)
      }
      expect(failed).toBeGreaterThanOrEqual(6)
      await openFileBlobs({ folder })
      expect(await incoming()).toEqual([])
    })
  })

  test.each([1, 2, 3])(
    'of the same bytes put three times at once, a failure at sync %d loses none',
    async (nth) => {
      const bytes = randomBytes(100)
      const shard = join(folder, aDigest(bytes).slice(7, 9))
      let syncs = 0
      happens = ({ call, path }) => (call === 'sync' && path === shard && ++syncs === nth ? 'EIO' : undefined)
      const outcomes = await Promise.allSettled([1, 2, 3].map(() => blobs.put(bytes)))
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected'])
      expect(await blobs.read(aDigest(bytes))).toEqual(Uint8Array.from(bytes))
      expect(await incoming()).toEqual([])
    },
  )

  test('what is put while a name is being taken back is not lost with it', async () => {
    for (let trial = 0; trial < 40; trial++) {
      const bytes = randomBytes(100)
      const shard = join(folder, aDigest(bytes).slice(7, 9))
      let second: Promise<unknown> | undefined
      happens = ({ call, path }) => {
        if (call !== 'sync' || path !== shard || second !== undefined) return undefined
        second = blobs.put(bytes)
        return 'EIO'
      }
      await expect(blobs.put(bytes)).rejects.toThrow(StorageError)
      await second
      expect(await blobs.read(aDigest(bytes))).toEqual(Uint8Array.from(bytes))
    }
  })

  test('a blob that rotted is a fault when read, not other bytes', async () => {
    const { digest } = await blobs.put(randomBytes(1_000))
    const rotten = await readFile(pathOf(digest))
    rotten[500] = (rotten[500] ?? 0) ^ 1
    await writeFile(pathOf(digest), rotten)
    await expect(blobs.read(digest)).rejects.toThrow(`${digest} is damaged`)
  })

  test('a blob that lost its end is a fault when streamed, and is replaced when put again', async () => {
    const bytes = randomBytes(1_000)
    const { digest } = await blobs.put(bytes)
    const blob = await blobs.open(digest)
    await truncate(pathOf(digest), 400)
    await expect(drain(blob?.stream())).rejects.toThrow('has become shorter')
    await blobs.put(bytes)
    expect(await blobs.read(digest)).toEqual(Uint8Array.from(bytes))
  })

  test('a stream opened on a blob that is deleted meanwhile is a fault', async () => {
    const { digest } = await blobs.put(randomBytes(10))
    const blob = await blobs.open(digest)
    await blobs.delete(digest)
    await expect(drain(blob?.stream())).rejects.toThrow(StorageError)
  })

  test('strangers in the folder are not blobs', async () => {
    const { digest } = await blobs.put(randomBytes(10))
    await mkdir(join(folder, 'lost+found'))
    await writeFile(join(folder, 'notes.txt'), '')
    await writeFile(join(folder, digest.slice(7, 9), 'x'), '')
    const listed: Digest[] = []
    for await (const { digest } of blobs.list()) listed.push(digest)
    expect(listed).toEqual([digest])
  })

  test('a blob is as old as its file, and putting it again makes it no younger', async () => {
    const bytes = randomBytes(10)
    const ref = await blobs.put(bytes)
    const long = new Date('2020-01-01T00:00:00Z')
    await utimes(join(folder, ref.digest.slice(7, 9), ref.digest.slice(9)), long, long)
    await blobs.put(bytes)
    const held = []
    for await (const blob of blobs.list()) held.push(blob)
    expect(held).toEqual([{ ...ref, keptAt: long.getTime() }])
  })

  test('a folder that cannot be opened says which', async () => {
    await writeFile(join(folder, 'a-file'), '')
    await expect(openFileBlobs({ folder: join(folder, 'a-file') })).rejects.toThrow('opening the blob folder')
  })
})

test('on a disk that is really full, keeping fails as full, and works again when space is freed', async (context) => {
  const disk = await mkdtemp(join(tmpdir(), 'tributary-disk-'))
  const run = promisify(execFile)
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])
  } catch {
    await rm(disk, { recursive: true })
    return context.skip('mounting a small disk takes rights that this process does not have')
  }
  try {
    const blobs = await openFileBlobs({ folder: disk })
    const kept: Digest[] = []
    const fill = async () => {
      for (;;) kept.push((await blobs.put(randomBytes(100_000))).digest)
    }
    await expect(fill()).rejects.toMatchObject({ name: 'StorageError', full: true })
    expect(kept.length).toBeGreaterThan(5)
    await expect(blobs.stage(oneChunk(randomBytes(100_000)), { maxBytes: 1e9 })).rejects.toMatchObject({
      full: true,
    })
    expect(await readdir(join(disk, 'incoming'))).toEqual([])
    for (const digest of kept) expect(await blobs.read(digest)).toBeDefined()
    await blobs.delete(kept[0] ?? aDigest())
    await blobs.put(randomBytes(50_000))
  } finally {
    await run('umount', [disk])
    await rm(disk, { recursive: true })
  }
})

/**
 * Seeded lives of one folder. Each ends in the middle of something: the process dies, and what it wrote is still in
 * the system's memory; or the power fails, and what was not synced may be lost.
 */
test('however a life ends, what was acknowledged is there and nothing there is torn', async () => {
  const seen = { deaths: 0, cuts: 0, owed: 0 }
  for (let seed = 1; seed <= 250; seed++) {
    const chance = seededRandom(seed)
    const disk = powerCutFiles()
    const payloads = Array.from({ length: 12 }, () => chance.bytes(1 + integerBelow(chance, 40)))
    const digests = new Set(payloads.map(aDigest))
    const owed = new Map<Digest, Uint8Array>()
    const keepOne = async (blobs: Blobs) => {
      const bytes = payloads[integerBelow(chance, payloads.length)] ?? new Uint8Array()
      if (integerBelow(chance, 2) === 0) await blobs.put(bytes)
      else await (await blobs.stage(oneChunk(bytes), { maxBytes: 1_000 })).keep()
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
      const blobs = await openFileBlobs({ folder: '/data/blobs', files: disk.files }).catch(() => undefined)
      while (blobs && !disk.isCut()) {
        await Promise.allSettled([keepOne(blobs), keepOne(blobs), keepOne(blobs)])
        if (integerBelow(chance, 3) === 0) await deleteOne(blobs).catch(() => {})
      }
    }
    for (let life = 0; life < 5; life++) {
      await live(integerBelow(chance, 120))
      if (integerBelow(chance, 2) === 0) {
        disk.restart()
        seen.deaths++
      } else {
        disk.loseUnsynced(chance)
        seen.cuts++
      }
      const blobs = await openFileBlobs({ folder: '/data/blobs', files: disk.copy() })
      for (const [digest, bytes] of owed)
        expect(await blobs.read(digest), `seed ${seed}, life ${life}: ${digest}`).toEqual(bytes)
      for await (const { digest } of blobs.list()) {
        expect(digests.has(digest), `seed ${seed}, life ${life}: ${digest}`).toBe(true)
        await blobs.read(digest)
      }
      seen.owed += owed.size
    }
  }
  expect(seen.deaths + seen.cuts).toBe(1_250)
  expect(seen.owed).toBeGreaterThan(2_000)
})

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

const drain = async (stream: AsyncIterable<Uint8Array> | undefined) => {
  for await (const piece of stream ?? []) expect(piece).toBeDefined()
}
