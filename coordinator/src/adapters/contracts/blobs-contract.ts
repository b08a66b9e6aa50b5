/**
 * What every `Blobs` promises, run on each adapter. An adapter's test calls `describeBlobs` with how to make one.
 */
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TooLargeError } from '../../faults/storage.ts'
import type { BlobRef, Blobs } from '../../ports/blobs.ts'
import { aDigest } from './arrange.ts'

export type BlobsUnderTest = {
  blobs: Blobs
  /** Opens what is there anew. Absent where nothing outlives the process. */
  reopen?: () => Promise<Blobs>
  /** How much is lying around that is not a kept blob. */
  leftovers(): Promise<number>
  dispose(): Promise<void>
}

/** Times are kept to the second by some, and another clock may be a little ahead. */
const CLOCK_STEP_MS = 2_000

const NO_LIMIT = { maxBytes: Number.MAX_SAFE_INTEGER }

export const describeBlobs = (name: string, create: () => Promise<BlobsUnderTest>): void => {
  describe(`${name} keeps the contract of blobs`, () => {
    let subject: BlobsUnderTest
    let blobs: Blobs

    beforeEach(async () => {
      subject = await create()
      blobs = subject.blobs
    })
    afterEach(() => subject.dispose())

    const digests = async () => (await collected(blobs.list())).map(({ digest }) => digest).sort()

    describe('put', () => {
      test.each([0, 1, 4_096, 3_000_001])('%d bytes are read back as they were', async (length) => {
        const bytes = randomBytes(length)
        const ref = await blobs.put(bytes)
        expect(ref).toEqual({ digest: aDigest(bytes), bytes: length })
        expect(equal(await blobs.read(ref.digest), bytes)).toBe(true)
      })

      test('putting again changes nothing', async () => {
        const bytes = randomBytes(100)
        const first = await blobs.put(bytes)
        expect(await blobs.put(bytes)).toEqual(first)
        expect(await digests()).toEqual([first.digest])
        expect(await subject.leftovers()).toBe(0)
      })

      test('the same bytes put many times at once are one blob', async () => {
        const bytes = randomBytes(10_000)
        const refs = await Promise.all(Array.from({ length: 20 }, () => blobs.put(bytes)))
        expect(new Set(refs.map(({ digest }) => digest)).size).toBe(1)
        expect(equal(await blobs.read(aDigest(bytes)), bytes)).toBe(true)
        expect(await subject.leftovers()).toBe(0)
      })

      test('what was put may be changed afterwards, and what was read too', async () => {
        const bytes = randomBytes(64)
        const original = Uint8Array.from(bytes)
        const { digest } = await blobs.put(bytes)
        bytes.fill(0)
        const read = await blobs.read(digest)
        read?.fill(1)
        expect(equal(await blobs.read(digest), original)).toBe(true)
      })

      test('a view into a larger buffer is kept alone', async () => {
        const bytes = randomBytes(300).subarray(7, 107)
        const { digest } = await blobs.put(bytes)
        expect((await blobs.read(digest))?.length).toBe(100)
      })
    })

    describe('stage', () => {
      test('what is staged can be read by its holder, and by nobody else before it is kept', async () => {
        const bytes = randomBytes(200_000)
        const staged = await blobs.stage(inChunks(bytes, 7_001), NO_LIMIT)
        expect([staged.digest, staged.bytes]).toEqual([aDigest(bytes), bytes.length])
        expect(equal(await staged.read(), bytes)).toBe(true)
        expect(await blobs.read(staged.digest)).toBeUndefined()
        expect(await blobs.open(staged.digest)).toBeUndefined()
        expect(await digests()).toEqual([])

        await staged.keep()
        expect(equal(await blobs.read(staged.digest), bytes)).toBe(true)
        expect(equal(await staged.read(), bytes)).toBe(true)
        expect(await digests()).toEqual([staged.digest])
        expect(await subject.leftovers()).toBe(0)
      })

      test('keeping twice is keeping once, and discarding after that is harmless', async () => {
        const staged = await blobs.stage(inChunks(randomBytes(10), 3), NO_LIMIT)
        await Promise.all([staged.keep(), staged.keep()])
        await staged.discard()
        expect(await digests()).toEqual([staged.digest])
      })

      test('what is discarded is gone, and cannot be kept', async () => {
        const staged = await blobs.stage(inChunks(randomBytes(10), 3), NO_LIMIT)
        await staged.discard()
        await staged.discard()
        expect(await subject.leftovers()).toBe(0)
        await expect(staged.keep()).rejects.toThrow('discarded')
        await expect(staged.read()).rejects.toThrow()
        expect(await digests()).toEqual([])
      })

      test('two stagings of the same bytes become one blob', async () => {
        const bytes = randomBytes(5_000)
        const twins = await Promise.all([1, 2, 3].map(() => blobs.stage(inChunks(bytes, 999), NO_LIMIT)))
        await Promise.all(twins.map((staged) => staged.keep()))
        expect(await digests()).toEqual([aDigest(bytes)])
        expect(await subject.leftovers()).toBe(0)
      })

      test('an empty stream is the empty blob', async () => {
        const staged = await blobs.stage(inChunks(new Uint8Array(), 1), NO_LIMIT)
        await staged.keep()
        expect(await blobs.read(aDigest(new Uint8Array()))).toEqual(new Uint8Array())
      })

      test('exactly the limit is taken', async () => {
        const staged = await blobs.stage(inChunks(randomBytes(1_000), 256), { maxBytes: 1_000 })
        expect(staged.bytes).toBe(1_000)
        await staged.discard()
      })

      test('one byte more is refused at once: the rest of the stream is not read, and nothing is left', async () => {
        let taken = 0
        let ended = false
        const endless = async function* () {
          try {
            for (;;) {
              taken += 100
              yield randomBytes(100)
            }
          } finally {
            ended = true
          }
        }
        const refusal = blobs.stage(endless(), { maxBytes: 999 })
        await expect(refusal).rejects.toThrow(new TooLargeError(999))
        expect({ taken, ended }).toEqual({ taken: 1_000, ended: true })
        expect(await subject.leftovers()).toBe(0)
        expect(await digests()).toEqual([])
      })

      test('a stream that breaks is passed on as it broke, and nothing is left', async () => {
        const broken = async function* () {
          yield randomBytes(100)
          throw new Error('connection reset')
        }
        await expect(blobs.stage(broken(), NO_LIMIT)).rejects.toThrow('connection reset')
        expect(await subject.leftovers()).toBe(0)
      })

      test('a source may reuse its buffer from chunk to chunk', async () => {
        const buffer = new Uint8Array(4)
        const reusing = async function* () {
          for (let i = 0; i < 5; i++) {
            buffer.fill(i)
            yield buffer
          }
        }
        const staged = await blobs.stage(reusing(), NO_LIMIT)
        const expected = Uint8Array.from({ length: 20 }, (_, i) => i >> 2)
        expect(staged.digest).toBe(aDigest(expected))
        expect(equal(await staged.read(), expected)).toBe(true)
        await staged.discard()
      })

      test('however a stream is cut up, the blob is the same', async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 }), async (chunks) => {
            const whole = Buffer.concat(chunks)
            const staged = await blobs.stage(asStream(chunks), { maxBytes: whole.length })
            expect(staged.digest).toBe(aDigest(whole))
            expect(equal(await staged.read(), whole)).toBe(true)
            await staged.discard()
          }),
          { numRuns: 30 },
        )
      })

      test('the source is asked for more only when what it gave has been taken', async () => {
        let handedOut = 0
        let inFlight = 0
        let most = 0
        const careful = {
          [Symbol.asyncIterator]: () => ({
            async next() {
              inFlight++
              most = Math.max(most, inFlight)
              await Promise.resolve()
              inFlight--
              return handedOut++ < 50
                ? { done: false as const, value: randomBytes(1_000) }
                : { done: true as const, value: undefined }
            },
          }),
        }
        const staged = await blobs.stage(careful, NO_LIMIT)
        expect({ most, bytes: staged.bytes }).toEqual({ most: 1, bytes: 50_000 })
        await staged.discard()
      })
    })

    describe('read, open and list', () => {
      test('what is not there is undefined', async () => {
        expect(await blobs.read(aDigest('nothing'))).toBeUndefined()
        expect(await blobs.open(aDigest('nothing'))).toBeUndefined()
        expect(await digests()).toEqual([])
      })

      test('a stream gives the whole blob, or any range of it, as often as asked', async () => {
        const bytes = randomBytes(1_000_000)
        const { digest } = await blobs.put(bytes)
        const blob = await blobs.open(digest)
        if (!blob) throw new Error('the blob is there')
        expect(blob.bytes).toBe(bytes.length)
        expect(equal(await gathered(blob.stream()), bytes)).toBe(true)
        const ranges = [
          [0, 0],
          [999_999, 999_999],
          [0, 999_999],
          [262_143, 262_145],
          [1, 524_288],
        ] as const
        for (const [start, end] of ranges)
          expect(equal(await gathered(blob.stream({ start, end })), bytes.subarray(start, end + 1))).toBe(
            true,
          )
      })

      test('a stream may be left early', async () => {
        const { digest } = await blobs.put(randomBytes(2_000_000))
        const blob = await blobs.open(digest)
        if (!blob) throw new Error('the blob is there')
        for await (const piece of blob.stream()) {
          expect(piece.length).toBeGreaterThan(0)
          break
        }
      })

      test.each([
        [-1, 5],
        [5, 4],
        [0, 10],
        [10, 10],
        [0.5, 3],
        [0, Number.NaN],
      ])('bytes %d to %d are no range of ten bytes', async (start, end) => {
        const { digest } = await blobs.put(randomBytes(10))
        const blob = await blobs.open(digest)
        expect(() => blob?.stream({ start, end })).toThrow(RangeError)
      })

      test('an empty blob streams nothing, and has no range', async () => {
        const { digest } = await blobs.put(new Uint8Array())
        const blob = await blobs.open(digest)
        if (!blob) throw new Error('the blob is there')
        expect((await gathered(blob.stream())).length).toBe(0)
        expect(() => blob.stream({ start: 0, end: 0 })).toThrow(RangeError)
      })

      test('every blob held is listed once, with its length', async () => {
        const refs = await Promise.all(Array.from({ length: 40 }, (_, i) => blobs.put(randomBytes(20 + i))))
        const listed = (await collected(blobs.list())).map(({ digest, bytes }) => ({ digest, bytes }))
        expect(inOrder(listed)).toEqual(inOrder(refs))
      })

      test('what was put or kept is as old as that, to the second', async () => {
        const before = Date.now() - CLOCK_STEP_MS
        await blobs.put(randomBytes(10))
        const staged = await blobs.stage(inChunks(randomBytes(10), 3), NO_LIMIT)
        await staged.keep()
        const after = Date.now() + CLOCK_STEP_MS
        const times = (await collected(blobs.list())).map(({ keptAt }) => keptAt)
        expect(times.length).toBe(2)
        expect(times.filter((keptAt) => keptAt < before || keptAt > after)).toEqual([])
      })

      test('a list may be left early, and its blobs deleted from within', async () => {
        for (let i = 0; i < 4; i++) await blobs.put(randomBytes(20 + i))
        for await (const { digest } of blobs.list()) {
          await blobs.delete(digest)
          break
        }
        expect((await digests()).length).toBe(3)
        for await (const { digest } of blobs.list()) await blobs.delete(digest)
        expect(await digests()).toEqual([])
      })
    })

    describe('delete', () => {
      test('a blob that was deleted is gone, and can come back', async () => {
        const bytes = randomBytes(10)
        const { digest } = await blobs.put(bytes)
        await blobs.delete(digest)
        expect(await blobs.read(digest)).toBeUndefined()
        expect(await digests()).toEqual([])
        await blobs.put(bytes)
        expect(equal(await blobs.read(digest), bytes)).toBe(true)
      })

      test('deleting what is not there is harmless', async () => {
        await blobs.delete(aDigest('nothing'))
      })
    })

    test('what was kept is there when the blobs are opened again; what was only staged is not', async (context) => {
      if (!subject.reopen) return context.skip('blobs in memory end with their process')
      const kept = randomBytes(1_000)
      const { digest } = await blobs.put(kept)
      const staged = await blobs.stage(inChunks(randomBytes(1_000), 100), NO_LIMIT)
      expect(await subject.leftovers()).toBe(1)
      blobs = await subject.reopen()
      expect(await subject.leftovers()).toBe(0)
      expect(await digests()).toEqual([digest])
      expect(equal(await blobs.read(digest), kept)).toBe(true)
      await staged.discard()
    })
  })
}

/** Comparing megabytes element by element through `toEqual` would take longer than the act. */
const equal = (actual: Uint8Array | undefined, expected: Uint8Array): boolean =>
  actual !== undefined && Buffer.compare(actual, expected) === 0

const inOrder = (refs: readonly BlobRef[]) => refs.toSorted((a, b) => (a.digest < b.digest ? -1 : 1))

const gathered = async (stream: AsyncIterable<Uint8Array>) => Buffer.concat(await collected(stream))

const collected = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

async function* asStream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
