import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import { inBatches, rowsOf } from './dataset.builders.ts'
import { fromArrays } from './from-arrays.ts'
import { split } from './split.ts'
import { splitSalt } from './split-salt.ts'

const dataset = (values: readonly number[], rows = 3) =>
  inBatches(
    {
      inputs: Float32Array.from(values.flatMap((value) => [value, -value])),
      targets: Int32Array.from(values, (value) => value & 1),
    },
    { width: 2, rows },
  )
const firstValues = async (source: Parameters<typeof rowsOf>[0]) =>
  (await rowsOf(source)).map(([value]) => Number(value))
const sidesOf = async (values: readonly number[], options: Parameters<typeof split>[1], rows?: number) => {
  const { train, heldOut } = split(dataset(values, rows), options)
  return { train: await firstValues(train), heldOut: await firstValues(heldOut) }
}

const values = fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }), { maxLength: 40 })
const salt = fc.string({ maxLength: 8 })
const share = fc.double({ min: 0, max: 1, noNaN: true })

afterEach(() => vi.unstubAllGlobals())

/** Which of forty examples are held out: of every release and on every platform the same. */
const stays: { of: string; width: number; options: Parameters<typeof split>[1]; heldOut: number[] }[] = [
  {
    of: 'a few values',
    width: 3,
    options: { heldOut: 0.3, salt: 'a' },
    heldOut: [0, 15, 16, 19, 26, 28, 29, 33, 38],
  },
  {
    of: 'many values',
    width: 600,
    options: { heldOut: 0.3, salt: 'a' },
    heldOut: [9, 10, 11, 13, 15, 16, 20, 21, 22, 23, 24, 28, 34, 37],
  },
  {
    of: 'many values under a salt of bytes',
    width: 600,
    options: { heldOut: 0.3, salt: Uint8Array.of(1, 2, 3) },
    heldOut: [3, 8, 12, 15, 18, 20, 21, 26, 32],
  },
  {
    of: 'keys',
    width: 600,
    options: { heldOut: 0.3, by: 'key' },
    heldOut: [2, 4, 5, 6, 11, 12, 14, 16, 18, 20, 29, 32, 35, 39],
  },
]
describe.each(['the platform’s hash', 'no hash of the platform’s'])('with %s', (platform) => {
  test.each(stays)('a split by $of stays as it was released', async ({ width, options, heldOut }) => {
    if (platform === 'no hash of the platform’s') vi.stubGlobal('crypto', {})
    const places = Array.from({ length: 40 }, (_, i) => i)
    const inputs = Float32Array.from({ length: 40 * width }, (_, i) => Math.sin(i) * 1e3)
    const targets = Int32Array.from(places, (i) => i % 3)
    const keys = options.by === 'key' ? places.map((i) => `k${i}`) : undefined
    const source = fromArrays({ inputs, targets }, { shape: [width], ...(keys && { keys }) })
    const placeOf = new Map(places.map((i) => [inputs[i * width], i]))
    const held = (await rowsOf(split(source, options).heldOut)).map(([first]) => placeOf.get(Number(first)))
    expect(held).toEqual(heldOut)
  })
})

describe('a split', () => {
  test('has each example on one side, once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(values, salt, share, async (all, salt, heldOut) => {
        const sides = await sidesOf(all, { heldOut, salt })
        const held = new Set(sides.heldOut)
        expect(sides.train).toEqual(all.filter((value) => !held.has(value)))
        expect(sides.heldOut).toEqual(all.filter((value) => held.has(value)))
      }),
    )
  })

  test('leaves an example on its side whatever is added, removed, reordered or batched otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(
        values,
        values,
        salt,
        fc.integer({ min: 1, max: 9 }),
        async (some, others, salt, rows) => {
          const before = await sidesOf(some, { heldOut: 0.3, salt })
          const mixed = [...new Set([...others, ...some.filter((_, i) => i % 3 > 0).reverse()])]
          const after = await sidesOf(mixed, { heldOut: 0.3, salt }, rows)
          const was = new Set(before.heldOut)
          for (const value of after.train) expect(was.has(value)).toBe(false)
          const known = new Set(some)
          for (const value of after.heldOut) if (known.has(value)) expect(was.has(value)).toBe(true)
        },
      ),
    )
  })

  test('moves examples to one side alone where the share grows', async () => {
    await fc.assert(
      fc.asyncProperty(values, salt, share, share, async (all, salt, a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)]
        const few = (await sidesOf(all, { heldOut: less, salt })).heldOut
        const many = new Set((await sidesOf(all, { heldOut: more, salt })).heldOut)
        expect(few.filter((value) => !many.has(value))).toEqual([])
      }),
    )
  })

  test('holds out the share that it is asked for, and others by another salt', async () => {
    const all = Array.from({ length: 5_000 }, (_, i) => i)
    const [one, other] = await Promise.all(
      ['a', 'b'].map((salt) => sidesOf(all, { heldOut: 0.2, salt }, 1_000)),
    )
    // Five standard deviations of a binomial of 5,000 at 0.2 are 141.
    expect(Math.abs((one?.heldOut.length ?? 0) - 1_000)).toBeLessThan(141)
    const both = other?.heldOut.filter((value) => one?.heldOut.includes(value)) ?? []
    expect(Math.abs(both.length - 200)).toBeLessThan(70)
    expect((await sidesOf(all, { heldOut: 0 })).heldOut).toEqual([])
    expect((await sidesOf(all, { heldOut: 1 })).train).toEqual([])
  })

  test('keeps those of one key together, whatever else they are', async () => {
    const examples = { inputs: Float32Array.from({ length: 300 }, (_, i) => i), targets: new Uint8Array(300) }
    const keys = Array.from({ length: 300 }, (_, i) => `patient ${i % 20}`)
    const { train, heldOut } = split(fromArrays(examples, { shape: [1], keys }), { heldOut: 0.3 })
    const [learned, judged] = await Promise.all(
      [train, heldOut].map(async (side) => new Set((await rowsOf(side)).map((row) => row.at(-1)))),
    )
    expect([...(learned ?? [])].filter((key) => judged?.has(key))).toEqual([])
    expect((learned?.size ?? 0) + (judged?.size ?? 0)).toBe(20)
    expect(judged?.size).toBeGreaterThan(0)
  })

  test('by content is the same whatever type classes come in', async () => {
    const inputs = Float32Array.from({ length: 50 }, (_, i) => i / 7)
    const classes = Array.from({ length: 50 }, (_, i) => i % 3)
    const [bytes, words] = await Promise.all(
      [Uint8Array.from(classes), Int32Array.from(classes)].map((targets) =>
        rowsOf(split(fromArrays({ inputs, targets }, { shape: [1] }), { heldOut: 0.4 }).heldOut),
      ),
    )
    expect(bytes).toEqual(words)
  })

  test('by keys that are not there, or of a share that is none, is refused', async () => {
    await expect(sidesOf([1], { heldOut: 0.5, by: 'key' })).rejects.toMatchObject({ code: 'bad-examples' })
    expect(() => split(dataset([]), { heldOut: Number.NaN })).toThrow(/is no share/)
  })

  test('has a salt of the client’s own, drawn once; what is no salt is replaced', async () => {
    const records = memoryRecordStore()
    const first = await splitSalt(records)
    expect(first).toHaveLength(32)
    expect(await splitSalt(records)).toEqual(first)
    await records.save('split', Uint8Array.of(1))
    expect(await splitSalt(records)).toHaveLength(32)
    expect(await splitSalt(memoryRecordStore())).not.toEqual(first)
  })
})
