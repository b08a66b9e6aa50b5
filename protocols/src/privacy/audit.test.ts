import { describe, expect, test } from 'vitest'
import { seededRandom, uniform } from '../runtime/index.ts'
import { gaussianEpsilon } from './accounting/analytic-gaussian.ts'
import { auditedEpsilon } from './audit.ts'
import { createCentralSum } from './mechanisms/central-sum.ts'

const delta = 1e-5
const canaries = 1_000

/**
 * One run: a canary a coordinate, as long as a client may be, in or out by a coin; then a guess about the 200 highest and the 200 lowest
 * values of the sum. The mechanism is built with `real` noise; what it claims is another matter.
 */
const auditOf = (real: number) => {
  const coins = seededRandom('canary coins')
  const inside = Array.from({ length: canaries }, () => uniform(coins) < 0.5)
  const sum = createCentralSum({ length: canaries, clipNorm: 1, noiseMultiplier: real })
  inside.forEach((isIn, canary) => {
    const delta = new Float32Array(canaries)
    delta[canary] = 1
    if (isIn) sum.add(delta)
  })
  const released = sum.finish(seededRandom('audited noise'))
  const ranked = [...released.keys()].sort((a, b) => (released[b] ?? 0) - (released[a] ?? 0))
  const right =
    ranked.slice(0, 200).filter((canary) => inside[canary]).length +
    ranked.slice(-200).filter((canary) => !inside[canary]).length
  return { canaries, guesses: 400, correct: right }
}

describe('an audit by canaries', () => {
  const claimed = gaussianEpsilon({ multiplier: 1, delta })

  test('of the noise that is claimed stays below the claim', () => {
    const audited = auditedEpsilon(auditOf(1), { delta, confidence: 0.95 })
    expect(audited).toBeGreaterThan(0.5)
    expect(audited).toBeLessThan(claimed)
  })

  test('of a quarter of it does not', () => {
    expect(auditedEpsilon(auditOf(0.25), { delta, confidence: 0.95 })).toBeGreaterThan(claimed)
  })

  test('of guesses no better than a coin says nothing', () => {
    expect(auditedEpsilon({ canaries, guesses: 400, correct: 200 }, { delta, confidence: 0.95 })).toBe(0)
  })

  test('at δ → 0 is the bound of the binomial alone: all of r right has probability (1 + e^{−ε})^{−r}', () => {
    const audited = auditedEpsilon(
      { canaries: 100, guesses: 100, correct: 100 },
      { delta: 1e-300, confidence: 0.95 },
    )
    const chance = 0.05 ** (1 / 100)
    expect(audited).toBeCloseTo(Math.log(chance / (1 - chance)), 9)
  })

  test('counts that cannot be are refused', () => {
    const asked = { delta, confidence: 0.95 }
    expect(() => auditedEpsilon({ canaries: 1, guesses: 2, correct: 0 }, asked)).toThrow('no more guesses')
    expect(() => auditedEpsilon({ canaries: 2, guesses: 1, correct: 1.5 }, asked)).toThrow('whole')
    expect(() => auditedEpsilon({ canaries: 2, guesses: 1, correct: 1 }, { delta, confidence: 1 })).toThrow(
      'confidence',
    )
  })
})
