import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { integerBelow, normal, sample, shuffle, uniform } from './draw.ts'
import type { Random } from './random.ts'
import { seededRandom } from './seeded-random.ts'

// Seeds are fixed: a test that passes once passes always. Bounds are those that a fair source breaks once in 10,000.

describe('integerBelow', () => {
  test('is uniform where the bound does not divide 2^32', () => {
    expect(chiSquare(counts('integers', 7, (random) => integerBelow(random, 7)))).toBeLessThan(27.9) // 6 degrees
  })

  test('draws again rather than folding the words beyond the last whole multiple of the bound', () => {
    const bound = 3_000_000_000
    expect(integerBelow(words(bound, 0xffff_ffff, 5), bound)).toBe(5)
    expect(integerBelow(words(bound - 1), bound)).toBe(bound - 1)
    expect(integerBelow(words(0xffff_ffff), 0x1_0000_0000)).toBe(0xffff_ffff)
  })

  test('a bound below 1, above 2^32 or between integers is a mistake', () => {
    for (const bound of [0, -1, 1.5, 0x1_0000_0001, Number.NaN])
      expect(() => integerBelow(seededRandom(1), bound)).toThrow(RangeError)
  })
})

describe('uniform', () => {
  test('is from 0 to just below 1, with 53 bits', () => {
    expect(uniform(words(0, 0))).toBe(0)
    expect(uniform(words(0xffff_ffff, 0xffff_ffff))).toBe(1 - 2 ** -53)
    expect(uniform(words(0, 1 << 6))).toBe(2 ** -53)
  })

  test('falls evenly', () => {
    const found = counts('uniform', 20, (random) => Math.floor(20 * uniform(random)))
    expect(chiSquare(found)).toBeLessThan(50.8) // 19 degrees
  })
})

test('normal deviates have the mean and spread of a standard normal, and are finite at the ends of the source', () => {
  const random = seededRandom('normal')
  const draws = Array.from({ length: 20_000 }, () => normal(random))
  const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length
  const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(draws.length))
  expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / draws.length))
  expect(Number.isFinite(normal(words(0xffff_ffff, 0xffff_ffff, 0, 0)))).toBe(true)
  expect(Number.isFinite(normal(words(0, 0, 0, 0)))).toBe(true)
})

describe('a sample', () => {
  test('is distinct elements of the population, as many as asked for or all there are', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer(), { maxLength: 30 }),
        fc.nat({ max: 40 }),
        (population, count) => {
          const before = population.slice()
          const chosen = sample(seededRandom(count), population, count)
          expect(population).toEqual(before)
          expect(chosen.length).toBe(Math.min(count, population.length))
          expect(new Set(chosen).size).toBe(chosen.length)
          expect(chosen.every((one) => population.includes(one))).toBe(true)
        },
      ),
    )
  })

  test('takes every subset, in every order, equally often', () => {
    const found = counts('samples', 12, (random) => {
      const [a = 0, b = 0] = sample(random, [0, 1, 2, 3], 2)
      return 3 * a + (b > a ? b - 1 : b)
    })
    expect(chiSquare(found)).toBeLessThan(37.4) // 11 degrees
  })

  test('of fewer than none, or of a part of one, is a mistake', () => {
    for (const count of [-1, 0.5, Number.NaN])
      expect(() => sample(seededRandom(1), [1, 2, 3], count)).toThrow(RangeError)
  })
})

test('a shuffle gives every permutation equally often', () => {
  const found = counts('shuffles', 6, (random) => {
    const [a, b] = shuffle(random, ['x', 'y', 'z'])
    return ['xy', 'xz', 'yx', 'yz', 'zx', 'zy'].indexOf(`${a}${b}`)
  })
  expect(chiSquare(found)).toBeLessThan(25.7) // 5 degrees
})

const DRAWS = 24_000

const counts = (seed: string, cells: number, draw: (random: Random) => number): number[] => {
  const random = seededRandom(seed)
  const found = Array.from({ length: cells }, () => 0)
  for (let i = 0; i < DRAWS; i++) {
    const cell = draw(random)
    found[cell] = (found[cell] ?? Number.NaN) + 1
  }
  return found
}

/** Pearson's statistic against equal counts. */
const chiSquare = (found: readonly number[]): number => {
  const expected = found.reduce((sum, count) => sum + count, 0) / found.length
  return found.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

/** A source that gives these 32-bit words and then has no more. */
const words = (...values: number[]): Random => {
  const rest = values.slice()
  return {
    bytes(length) {
      const bytes = new Uint8Array(length)
      const view = new DataView(bytes.buffer)
      for (let at = 0; at < length; at += 4) {
        const word = rest.shift()
        if (word === undefined) throw new Error('more words were drawn than expected')
        view.setUint32(at, word, true)
      }
      return bytes
    },
  }
}
