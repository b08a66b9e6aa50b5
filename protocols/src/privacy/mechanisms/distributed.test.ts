import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainKernels } from '../../kernels/index.ts'
import { awkwardVector } from '../../kernels/kernels.arbitraries.ts'
import { normal, seededRandom } from '../../runtime/index.ts'
import { gaussianEpsilon } from '../accounting/analytic-gaussian.ts'
import { claimOf } from '../accounting/claim-of.ts'
import { deviationOf } from '../noise/goodness-of-fit.builders.ts'
import { distributedPlan, noiseOfPlan } from './distributed-plan.ts'
import { decodeSum, encodeShare } from './distributed-share.ts'
import { rotatedLength } from './rotated-length.ts'
import { rotate, rotateBack } from './rotation.ts'
import { roundWithin } from './round-within.ts'

const settings = {
  noise: 'skellam',
  length: 1_000,
  clipNorm: 1,
  noiseMultiplier: 1,
  clients: 40,
  survivors: 30,
} as const

const rotation = 'task.7'

const deltasOf = (clients: number, length = 1_000) =>
  Array.from({ length: clients }, (_, client) => {
    const random = seededRandom(`delta ${client}`)
    const delta = Float32Array.from({ length }, () => normal(random))
    plainKernels.scale(delta, 1 / plainKernels.norm(delta))
    return delta
  })

describe('a rotation', () => {
  test('keeps lengths and is undone, for any vector', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer(), (length, seed) => {
        const vector = awkwardVector(length, seed).map((x) => (Math.abs(x) > 1e6 ? 1 : x))
        const rotated = rotate(vector, rotation)
        const norm = plainKernels.norm(vector)
        expect(rotated.length).toBe(rotatedLength(length))
        expect(Math.abs(plainKernels.norm(rotated) - norm)).toBeLessThanOrEqual(1e-5 * norm)
        const back = rotateBack(rotated, { length, seed: rotation })
        expect(back.every((x, i) => Math.abs(x - (vector[i] ?? 0)) <= 1e-5 * norm)).toBe(true)
      }),
    )
  })

  test('spreads a single value over all coordinates', () => {
    const one = new Float32Array(1_024)
    one[17] = 1
    expect(rotate(one, rotation).every((x) => Math.abs(Math.abs(x) - 1 / 32) < 1e-7)).toBe(true)
  })
})

test('rounding is within the norm, always, and right on average', () => {
  const random = seededRandom('rounding')
  const vector = new Float32Array(64).fill(0.3)
  const mean = new Float64Array(64)
  for (let draw = 0; draw < 500; draw++) {
    const levels = roundWithin(vector, { scale: 10, norm: 26, kernels: plainKernels, random })
    expect(Math.hypot(...levels)).toBeLessThanOrEqual(26)
    levels.forEach((level, i) => {
      mean[i] = (mean[i] ?? 0) + level / 500
    })
  }
  expect(Math.abs(mean.reduce((sum, x) => sum + x, 0) / 64 - 3)).toBeLessThan(0.02)
  expect(() => roundWithin(vector, { scale: 10, norm: 20, kernels: plainKernels, random })).toThrow(
    'no rounding',
  )
})

describe.each(['skellam', 'discrete-gaussian'] as const)('shares of %s noise', (noise) => {
  const plan = distributedPlan({ ...settings, noise })
  const shareOf = (delta: Float32Array, client: number, given = plan) =>
    encodeShare(delta, { plan: given, rotation, random: seededRandom(`${noise} ${client}`) })

  test('add up, modulo 2^32, to the deltas’ sum under noise of z √(clients/survivors) times the clip norm', () => {
    const deltas = deltasOf(40)
    const sum = new Uint32Array(rotatedLength(1_000))
    const exact = new Float32Array(1_000)
    deltas.forEach((delta, client) => {
      plainKernels.addMod32(sum, shareOf(delta, client))
      plainKernels.axpy(exact, delta, 1)
    })
    const off = decodeSum(sum, { plan, rotation }).map((x, i) => x - (exact[i] ?? 0))
    expect(Math.abs(deviationOf(off) / Math.sqrt(40 / 30) - 1)).toBeLessThan(5 / Math.sqrt(2_000))
  })

  test('of the survivors alone make no less noise than was claimed', () => {
    const sum = new Uint32Array(rotatedLength(1_000))
    for (let client = 0; client < 30; client++)
      plainKernels.addMod32(sum, shareOf(new Float32Array(1_000), client))
    const off = decodeSum(sum, { plan, rotation })
    expect(Math.abs(deviationOf(off) - 1)).toBeLessThan(5 / Math.sqrt(2_000))
    expect(plan.shareVariance * 30).toBeGreaterThanOrEqual(plan.norm ** 2)
  })

  test('cost hardly more than Gaussian noise would', () => {
    const claim = claimOf(
      {
        rule: 'participations',
        participation: { most: 3, between: 0 },
        relation: 'zero-out',
        released: [{ noise: noiseOfPlan(plan), rounds: 10 }],
      },
      { delta: 1e-5 },
    )
    const exact = gaussianEpsilon({ multiplier: 1 / Math.sqrt(3), delta: 1e-5 })
    expect(claim.epsilon).toBeGreaterThan(exact)
    expect(claim.epsilon).toBeLessThan(1.1 * exact)
  })

  test('fit a smaller ring, on a coarser grid', () => {
    const small = distributedPlan({ ...settings, noise, modulusBits: 16 })
    const deltas = deltasOf(40)
    const sum = new Uint32Array(rotatedLength(1_000))
    deltas.forEach((delta, client) => {
      const share = shareOf(delta, client, small)
      expect(share.every((value) => value < 2 ** 16)).toBe(true)
      plainKernels.addMod32(sum, share)
    })
    const exact = new Float32Array(1_000)
    for (const delta of deltas) plainKernels.axpy(exact, delta, 1)
    const off = decodeSum(
      sum.map((value) => value & 0xffff),
      { plan: small, rotation },
    ).map((x, i) => x - (exact[i] ?? 0))
    expect(Math.abs(deviationOf(off) / (Math.sqrt(40 / 30) * (small.norm / small.scale)) - 1)).toBeLessThan(
      0.15,
    )
  })
})

test('a delta that is too long is clipped before it is rounded', () => {
  const plan = distributedPlan({ ...settings, noiseMultiplier: 0.01 })
  const long = new Float32Array(1_000).fill(5)
  const share = encodeShare(long, { plan, rotation, random: seededRandom('long') })
  expect(plainKernels.norm(decodeSum(share, { plan, rotation }))).toBeCloseTo(1, 1)
})

test('what does not fit is refused', () => {
  const plan = distributedPlan(settings)
  const random = seededRandom('refused')
  expect(() => encodeShare(new Float32Array(2), { plan, rotation, random })).toThrow('2 values')
  expect(() => encodeShare(new Float32Array(1_000).fill(Infinity), { plan, rotation, random })).toThrow(
    'not finite',
  )
  expect(() => decodeSum(new Uint32Array(2), { plan, rotation })).toThrow('2 values')
  expect(() => distributedPlan({ ...settings, survivors: 41 })).toThrow('survivors')
  expect(() => distributedPlan({ ...settings, modulusBits: 40 })).toThrow('modulusBits')
  expect(() => distributedPlan({ ...settings, modulusBits: 8, clients: 10_000, survivors: 9_000 })).toThrow(
    'cannot hold',
  )
})
