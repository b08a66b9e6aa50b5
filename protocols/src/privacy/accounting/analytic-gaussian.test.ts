import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  composedMultiplier,
  gaussianDelta,
  gaussianEpsilon,
  gaussianMultiplier,
} from './analytic-gaussian.ts'
import { epsilonOfZcdp, gaussianZcdp, simpleEpsilonOfZcdp } from './zcdp.ts'

describe('one Gaussian mechanism, exactly', () => {
  test.each([
    [1, 1e-5, 4.377178096],
    [2, 1e-5, 1.993091404],
    [0.5, 1e-5, 9.997256146],
    [10, 1e-6, 0.396857378],
  ])('multiplier %d at δ = %d', (multiplier, delta, epsilon) => {
    expect(Math.abs(gaussianEpsilon({ multiplier, delta }) - epsilon)).toBeLessThan(1e-9)
  })

  test.each([
    [1, 1e-5, 3.730631635],
    [1, 1e-6, 4.224678889],
    [0.5, 1e-5, 7.031826676],
    [2, 1e-6, 2.230476271],
    [8, 1e-5, 0.600229072],
    [10, 1e-10, 0.683043967],
  ])('the noise for ε = %d at δ = %d', (epsilon, delta, multiplier) => {
    expect(Math.abs(gaussianMultiplier({ epsilon, delta }) - multiplier)).toBeLessThan(1e-9)
  })

  test('the textbook formula would add too little noise above ε = 1, and ours does not', () => {
    const [epsilon, delta] = [10, 1e-10]
    const textbook = Math.sqrt(2 * Math.log(1.25 / delta)) / epsilon
    expect(gaussianDelta({ epsilon, multiplier: textbook })).toBeGreaterThan(delta)
    expect(gaussianMultiplier({ epsilon, delta })).toBeGreaterThan(textbook)
  })

  test('noise and ε are each other’s inverse, and neither errs downwards', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 30, noNaN: true }),
        fc.integer({ min: 3, max: 12 }),
        (epsilon, places) => {
          const delta = 10 ** -places
          const multiplier = gaussianMultiplier({ epsilon, delta })
          expect(gaussianDelta({ epsilon, multiplier })).toBeLessThanOrEqual(delta)
          expect(Math.abs(gaussianEpsilon({ delta, multiplier }) / epsilon - 1)).toBeLessThan(1e-6)
        },
      ),
    )
  })

  test('rounds compose to one: k rounds need √k times the noise', () => {
    const single = gaussianMultiplier({ epsilon: 8, delta: 1e-6 })
    expect(Math.abs(single - 0.65294)).toBeLessThan(5e-6)
    for (const [rounds, multiplier] of [
      [5, 1.46001],
      [20, 2.92002],
    ] as const) {
      const noise = single * Math.sqrt(rounds)
      expect(Math.abs(noise - multiplier)).toBeLessThan(5e-6)
      expect(composedMultiplier([{ multiplier: noise, count: rounds }])).toBeCloseTo(single, 12)
    }
    expect(() => composedMultiplier([])).toThrow('nothing was released')
  })
})

describe('zero-concentrated differential privacy', () => {
  test.each([
    [0.81, 1e-10, 8.9222, 9.4473],
    [0.5, 1e-5, 4.7284, 5.2985],
    [1, 1e-5, 7.0772, 7.7861],
  ])('ρ = %d at δ = %d', (rho, delta, improved, simple) => {
    expect(Math.abs(epsilonOfZcdp(rho, delta).epsilon - improved)).toBeLessThan(1e-4)
    expect(Math.abs(simpleEpsilonOfZcdp(rho, delta) - simple)).toBeLessThan(1e-4)
  })

  test('never claims less than the exact account of the Gaussian that it describes', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.3, max: 30, noNaN: true }), (multiplier) => {
        const delta = 1e-6
        const byZcdp = epsilonOfZcdp(gaussianZcdp(multiplier), delta).epsilon
        expect(byZcdp).toBeGreaterThanOrEqual(gaussianEpsilon({ multiplier, delta }))
      }),
    )
  })
})
