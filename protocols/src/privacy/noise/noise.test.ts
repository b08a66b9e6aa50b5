import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../runtime/index.ts'
import { normalTail } from '../arithmetic/normal-tail.ts'
import { fillDiscreteGaussian } from './discrete-gaussian.ts'
import { chiSquareExcess, deviationOf, ksExcess, meanOf } from './goodness-of-fit.builders.ts'
import { poissonTable } from './poisson-table.ts'
import { randomWords } from './random-words.ts'
import { fillRoundedGaussian } from './rounded-gaussian.ts'
import { fillSkellam, skellamDistance } from './skellam.ts'

const count = 20_000

const drawn = (fill: (out: Int32Array) => void): Int32Array => {
  const out = new Int32Array(count)
  fill(out)
  return out
}

const gaussianChance = (std: number) => {
  const weight = (x: number) => Math.exp((-x * x) / (2 * std * std))
  let total = 1
  for (let x = 1; x < 40 * std + 40; x++) total += 2 * weight(x)
  return (x: number) => weight(x) / total
}

/** P(X ≤ x) of N(0, std²) rounded to the nearest whole number; of lattice noise of the same std, near enough from std 100 on. */
const roundedBelow = (std: number) => (x: number) => normalTail(-(x + 0.5) / std)

const logFactorials = [0]
for (let i = 1; i < 2000; i++) logFactorials.push((logFactorials[i - 1] ?? 0) + Math.log(i))
const poissonChance = (mean: number) => (k: number) =>
  k < 0 ? 0 : Math.exp(k * Math.log(mean) - mean - (logFactorials[k] ?? Number.POSITIVE_INFINITY))

const skellamChance = (variance: number) => {
  const chance = poissonChance(variance / 2)
  return (x: number) =>
    Array.from({ length: 400 }, (_, y) => chance(x + y) * chance(y)).reduce((a, b) => a + b)
}

describe('the discrete Gaussian', () => {
  test.each([1, 2, 7])('of std %d has its probabilities (χ²)', (std) => {
    const samples = drawn((out) => fillDiscreteGaussian(out, { std, random: seededRandom(`dg ${std}`) }))
    expect(chiSquareExcess(samples, { reach: 4 * std, chance: gaussianChance(std) })).toBeLessThan(1)
  })

  test.each([100, 5_000, 2 ** 20])('of std %d is normal in the large (KS)', (std) => {
    const samples = drawn((out) => fillDiscreteGaussian(out, { std, random: seededRandom(`dg ${std}`) }))
    expect(ksExcess(samples, roundedBelow(std))).toBeLessThan(1)
  })
})

describe('the rounded Gaussian', () => {
  test.each([0, 2])('at 2^%d has the probabilities of a rounded normal deviate (χ²)', (bits) => {
    const samples = drawn((out) => fillRoundedGaussian(out, { bits, random: seededRandom(`rg ${bits}`) }))
    const below = roundedBelow(2 ** bits)
    const chance = (x: number) => below(x) - below(x - 1)
    expect(chiSquareExcess(samples, { reach: 3 * 2 ** bits, chance })).toBeLessThan(1)
  })

  test.each([0, 8, 24])(
    'at 2^%d is normal (KS), its mean and deviation right within five standard errors',
    (bits) => {
      const samples = drawn((out) =>
        fillRoundedGaussian(out, { bits, random: seededRandom(`rg ks ${bits}`) }),
      )
      expect(ksExcess(samples, roundedBelow(2 ** bits))).toBeLessThan(1)
      // Rounding adds 1/12 to the variance.
      const deviation = Math.sqrt(4 ** bits + 1 / 12)
      expect(Math.abs(deviationOf(samples) / deviation - 1)).toBeLessThan(5 / Math.sqrt(2 * count))
      expect(Math.abs(meanOf(samples) / deviation)).toBeLessThan(5 / Math.sqrt(count))
    },
  )
})

describe('Skellam noise', () => {
  test.each([1, 4, 30])('of variance %d has its probabilities (χ²)', (variance) => {
    const samples = drawn((out) => fillSkellam(out, { variance, random: seededRandom(`sk ${variance}`) }))
    const reach = Math.ceil(4 * Math.sqrt(variance))
    expect(chiSquareExcess(samples, { reach, chance: skellamChance(variance) })).toBeLessThan(1)
  })

  test.each([10_000, 999_999])('of variance %d is normal in the large (KS)', (variance) => {
    const samples = drawn((out) => fillSkellam(out, { variance, random: seededRandom(`sk ${variance}`) }))
    expect(ksExcess(samples, roundedBelow(Math.sqrt(variance)))).toBeLessThan(1)
  })

  test('of several clients adds up to that of their variances together', () => {
    const sum = new Int32Array(count)
    for (let client = 0; client < 5; client++)
      drawn((out) => fillSkellam(out, { variance: 6, random: seededRandom(`share ${client}`) })).forEach(
        (x, i) => {
          sum[i] = (sum[i] ?? 0) + x
        },
      )
    expect(chiSquareExcess(sum, { reach: 20, chance: skellamChance(30) })).toBeLessThan(1)
  })

  test('its tables are within the distance that is stated, as far as float64 can see', () => {
    expect(skellamDistance).toBe(2 * poissonTable(1).distance)
    for (const mean of [0.5, 3, 12.5]) {
      const table = poissonTable(mean)
      const words = randomWords(seededRandom(`poisson ${mean}`))
      const samples = drawn((out) => {
        for (let i = 0; i < out.length; i++) out[i] = table.sample(words)
      })
      expect(
        chiSquareExcess(samples, { reach: Math.ceil(mean * 3), chance: poissonChance(mean) }),
      ).toBeLessThan(1)
    }
  })
})

describe('a quarter of the noise', () => {
  const quarter: [string, Int32Array, number][] = [
    [
      'discrete Gaussian',
      drawn((out) => fillDiscreteGaussian(out, { std: 64, random: seededRandom('q') })),
      256,
    ],
    [
      'rounded Gaussian',
      drawn((out) => fillRoundedGaussian(out, { bits: 8, random: seededRandom('q') })),
      1024,
    ],
    ['Skellam', drawn((out) => fillSkellam(out, { variance: 10_000, random: seededRandom('q') })), 400],
  ]
  test.each(quarter)('of the %s is caught', (_, samples, std) => {
    expect(ksExcess(samples, roundedBelow(std))).toBeGreaterThan(10)
    expect(ksExcess(samples, roundedBelow(std / 4))).toBeLessThan(1)
  })

  test('and so are two percent too little of it, at 300,000 samples', () => {
    const samples = new Int32Array(300_000)
    fillSkellam(samples, { variance: 9_604, random: seededRandom('2 percent') })
    expect(ksExcess(samples, roundedBelow(100))).toBeGreaterThan(0.95)
    expect(ksExcess(samples, roundedBelow(98))).toBeLessThan(0.5)
  })
})

describe('uniform whole numbers', () => {
  test('below a bound are all as likely', () => {
    const words = randomWords(seededRandom('uniform'))
    expect(words.below(1)).toBe(0)
    for (const bound of [3, 2 ** 32, 2 ** 32 + 1, 2 ** 53]) {
      const samples = drawn((out) => {
        for (let i = 0; i < out.length; i++) out[i] = Math.floor((words.below(bound) / bound) * 300)
      })
      const levels = Math.min(bound, 300)
      const chance = (x: number) => (x >= 0 && x < 300 && x % (300 / levels) === 0 ? 1 / levels : 0)
      expect(chiSquareExcess(samples, { reach: 300, chance })).toBeLessThan(1)
    }
  })

  test('chances of nothing and of everything are certain, up to the greatest denominator', () => {
    const words = randomWords(seededRandom('certain'))
    for (const denominator of [1, 7, 2 ** 40 + 1, 2 ** 53])
      for (let i = 0; i < 50; i++) {
        expect(words.chance(0, denominator)).toBe(false)
        expect(words.chance(denominator, denominator)).toBe(true)
      }
  })
})

test('the same seed draws the same noise', () => {
  for (const fill of [
    (out: Int32Array) => fillDiscreteGaussian(out, { std: 9, random: seededRandom('same') }),
    (out: Int32Array) => fillRoundedGaussian(out, { bits: 9, random: seededRandom('same') }),
    (out: Int32Array) => fillSkellam(out, { variance: 9, random: seededRandom('same') }),
  ])
    expect(drawn(fill)).toEqual(drawn(fill))
})

test('noise that the samplers cannot draw exactly is refused', () => {
  const out = new Int32Array(1)
  const random = seededRandom('refused')
  for (const std of [0, 0.5, 2 ** 20 + 1, Number.NaN])
    expect(() => fillDiscreteGaussian(out, { std, random })).toThrow('whole number from 1 to 2^20')
  for (const bits of [-1, 0.5, 25, Number.NaN])
    expect(() => fillRoundedGaussian(out, { bits, random })).toThrow('whole number from 0 to 24')
  for (const variance of [0, 0.5, 2 ** 28 + 1, Number.NaN])
    expect(() => fillSkellam(out, { variance, random })).toThrow('whole number from 1 to 2^28')
  expect(() => poissonTable(0.3)).toThrow('multiple of 1/2')
})
