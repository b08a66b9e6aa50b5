import { describe, expect, test } from 'vitest'
import { normal, seededRandom } from '../../runtime/index.ts'
import { nextClipNorm, noisedFraction, valueMultiplier } from './adaptive-clip.ts'

describe('adaptive clipping', () => {
  test.each([
    [2, 5, 2.041241452319315],
    [1, 5, 1.005037815259212],
  ])('of multiplier %d with count noise %d leaves for the values', (multiplier, countNoise, left) => {
    expect(Math.abs(valueMultiplier({ multiplier, countNoise }) / left - 1)).toBeLessThan(1e-12)
  })

  test('count noise that costs as much as the round is refused', () => {
    expect(() => valueMultiplier({ multiplier: 10, countNoise: 5 })).toThrow('above half')
  })

  test('grows by e^{ηγ} where all are clipped, shrinks by e^{−η(1−γ)} where none is', () => {
    const settings = { quantile: 0.5, learningRate: 0.2 }
    expect(nextClipNorm(1, { ...settings, fraction: 0 })).toBeCloseTo(1.10517, 5)
    expect(nextClipNorm(1, { ...settings, fraction: 1 })).toBeCloseTo(0.904837, 5)
  })

  test('moves by no more than the most unlikely votes would, and stays in bounds', () => {
    const settings = { quantile: 0.5, learningRate: 0.2 }
    expect(nextClipNorm(1, { ...settings, fraction: -1e9 })).toBeCloseTo(Math.exp(0.3), 9)
    expect(nextClipNorm(1, { ...settings, fraction: 1e9 })).toBeCloseTo(Math.exp(-0.3), 9)
    expect(nextClipNorm(1e6, { ...settings, fraction: 0 })).toBe(1e6)
    expect(nextClipNorm(1e-9, { ...settings, fraction: 1 })).toBe(1e-9)
  })

  test('finds the median of norms under noise', () => {
    const random = seededRandom('norms')
    const settings = { quantile: 0.5, learningRate: 0.2 }
    let clipNorm = 0.1
    const tried: number[] = []
    for (let round = 0; round < 200; round++) {
      const norms = Array.from({ length: 100 }, () => Math.exp(0.5 * normal(random)) * 3)
      const within = norms.filter((norm) => norm <= clipNorm).length
      const fraction = noisedFraction(
        { within, beyond: 100 - within },
        { clients: 100, countNoise: 5, random },
      )
      clipNorm = nextClipNorm(clipNorm, { ...settings, fraction })
      tried.push(clipNorm)
    }
    const late = tried.slice(100).reduce((sum, norm) => sum + norm, 0) / 100
    expect(Math.abs(late / 3 - 1)).toBeLessThan(0.05)
  })

  test('the noise on the fraction is that on the count, over the clients', () => {
    const random = seededRandom('fraction')
    const off = Array.from(
      { length: 2_000 },
      () => noisedFraction({ within: 30, beyond: 70 }, { clients: 100, countNoise: 5, random }) - 0.3,
    )
    const deviation = Math.sqrt(off.reduce((sum, x) => sum + x * x, 0) / off.length)
    expect(Math.abs(deviation / 0.05 - 1)).toBeLessThan(5 / Math.sqrt(4_000))
  })

  test('one client moves the count by half a client, there or not, within or beyond', () => {
    const fractionOf = (votes: { within: number; beyond: number }) =>
      noisedFraction(votes, { clients: 100, countNoise: 5, random: seededRandom('one client') })
    const without = fractionOf({ within: 30, beyond: 60 })
    expect(Math.abs(fractionOf({ within: 31, beyond: 60 }) - without)).toBeLessThanOrEqual(0.005 + 1e-12)
    expect(Math.abs(fractionOf({ within: 30, beyond: 61 }) - without)).toBeLessThanOrEqual(0.005 + 1e-12)
    expect(() => fractionOf({ within: 0.5, beyond: 0 })).toThrow('whole number')
  })
})
