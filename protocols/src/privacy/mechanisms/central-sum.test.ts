import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainKernels } from '../../kernels/index.ts'
import { awkwardVector } from '../../kernels/kernels.arbitraries.ts'
import { seededRandom } from '../../runtime/index.ts'
import { normalTail } from '../arithmetic/normal-tail.ts'
import { deviationOf, ksExcess } from '../noise/goodness-of-fit.builders.ts'
import { createCentralSum } from './central-sum.ts'
import { noisedLocally } from './local-noise.ts'

const settings = { length: 1_000, clipNorm: 2, noiseMultiplier: 0.5 }

/** Every delta drawn from `seed`, noised by another. */
const summed = (deltas: readonly Float32Array[], seed = 'noise', more: Partial<typeof settings> = {}) => {
  const sum = createCentralSum({ ...settings, length: deltas[0]?.length ?? settings.length, ...more })
  for (const delta of deltas) sum.add(delta)
  return sum.finish(seededRandom(seed))
}

const difference = (a: Float32Array, b: Float32Array) => a.map((x, i) => x - (b[i] ?? 0))

describe('the coordinator’s noised sum', () => {
  test('moves by no more than the clip norm for any one client, whatever it sends and whatever the others did', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer(), fc.integer(), (length, seed, other) => {
        // So coarse a grid that one coordinate's rounding upwards would show.
        const more = { noiseMultiplier: 8_192, clipNorm: 2 }
        const others = [awkwardVector(length, other), awkwardVector(length, other + 1)]
        const [without, withClient] = [others, [...others, awkwardVector(length, seed)]].map((deltas) =>
          summed(deltas, 'n', more),
        )
        // What is given is float32, rounded after the noise.
        const float32 = 2 ** -23 * Math.sqrt(length) * Math.max(...(without ?? []).map(Math.abs))
        const moved = difference(withClient ?? new Float32Array(), without ?? new Float32Array())
        expect(plainKernels.norm(moved)).toBeLessThanOrEqual(2 + float32)
      }),
    )
  })

  test('has what is less than a grid step cut off, not rounded: many small values would add up to more than the norm', () => {
    const more = { noiseMultiplier: 8_192, clipNorm: 2 }
    const step = (2 * 8_192) / 2 ** 24
    const small = (sign: number) => new Float32Array(60).fill(0.9 * sign * step)
    const none = summed([new Float32Array(60)], 'n', more)
    expect(summed([small(1)], 'n', more)).toEqual(none)
    expect(summed([small(-1)], 'n', more)).toEqual(none)
  })

  test('is the same in any order', () => {
    const deltas = [1, 2, 3, 4].map((seed) => awkwardVector(100, seed))
    expect(summed(deltas.toReversed())).toEqual(summed(deltas))
  })

  test('has noise of z times the clip norm, normal (KS)', () => {
    const noise = summed([], 'deviation')
    expect(Math.abs(deviationOf(noise) - 1)).toBeLessThan(5 / Math.sqrt(2 * noise.length))
    const milli = Int32Array.from(noise, (x) => Math.round(1_000 * x))
    expect(ksExcess(milli, (x) => normalTail(-(x + 0.5) / 1_000))).toBeLessThan(1)
  })

  test('keeps a delta within the norm as it is, to a step of the grid', () => {
    const delta = Float32Array.of(0.3, -0.4, 0.5)
    const [plain, noised] = [summed([new Float32Array(3)]), summed([delta])]
    expect(
      difference(noised, plain)
        .map((x, i) => Math.abs(x - (delta[i] ?? 0)))
        .every((off) => off < 1e-6),
    ).toBe(true)
  })

  test('is given once', () => {
    const sum = createCentralSum(settings)
    sum.finish(seededRandom('once'))
    expect(() => sum.finish(seededRandom('twice'))).toThrow('was finished')
    expect(() => sum.add(new Float32Array(1_000))).toThrow('was finished')
  })

  test('refuses what it cannot add', () => {
    const sum = createCentralSum(settings)
    expect(() => sum.add(new Float32Array(3))).toThrow('3 values')
    expect(() => sum.add(new Float32Array(1_000).fill(Number.NaN))).toThrow('not finite')
    expect(() => createCentralSum({ ...settings, clipNorm: 0 })).toThrow('clip norm')
    expect(() => createCentralSum({ ...settings, noiseMultiplier: 1e6 })).toThrow('drowns')
  })
})

test('a client alone adds the same noise to its own delta', () => {
  const delta = new Float32Array(1_000).fill(0.01)
  const noised = noisedLocally(delta, { clipNorm: 2, noiseMultiplier: 0.5, random: seededRandom('noise') })
  expect(noised).toEqual(summed([delta]))
})
