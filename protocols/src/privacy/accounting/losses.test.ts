import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gaussianDelta, gaussianEpsilon } from './analytic-gaussian.ts'
import { composeLosses, LossGridError } from './compose-losses.ts'
import { sampledGaussianRenyi } from './gaussian-renyi.ts'
import { deltaOfLoss, epsilonOfLoss } from './loss-epsilon.ts'
import { sampledGaussianLoss } from './privacy-loss.ts'
import { composeCurves, curveOf, defaultOrders, epsilonOfCurve } from './renyi-curve.ts'

type Case = { rate: number; multiplier: number; rounds: number; step: number }

const worst = ({ rate, multiplier, rounds, step }: Case) => {
  const pair = sampledGaussianLoss({ rate, multiplier, step })
  const losses = [pair.remove, pair.add].map((loss) => composeLosses([{ loss, count: rounds }]))
  return {
    epsilon: (delta: number) => Math.max(...losses.map((loss) => epsilonOfLoss(loss, delta))),
    delta: (epsilon: number) => Math.max(...losses.map((loss) => deltaOfLoss(loss, epsilon))),
  }
}

describe('privacy loss distributions', () => {
  test.each([
    // ε at δ by dp_accounting’s privacy loss distributions at a step of 1e-4.
    [0.04, 1.5, 2250, 1e-5, 6.76879],
    [0.1, 1, 100, 1e-5, 7.0466],
    [0.05, 1, 200, 1e-6, 5.48586],
    [0.02, 0.8, 300, 1e-5, 3.78743],
    [0.5, 3, 100, 1e-5, 8.38748],
    [1, 10, 100, 1e-5, 4.37718],
    [1, 5, 50, 1e-6, 7.28608],
    [0.1, 0.5, 50, 1e-5, 22.62287],
    [0.01, 0.6, 500, 1e-5, 5.80024],
  ])('rate %d, multiplier %d, %d rounds', (rate, multiplier, rounds, delta, want) => {
    const epsilon = worst({ rate, multiplier, rounds, step: 1e-3 }).epsilon(delta)
    expect(epsilon).toBeGreaterThan(want - 2e-4)
    expect(epsilon).toBeLessThan(want * (1 + 2e-4))
  })

  test.each([
    [0.01, 1, 10_000, 1e-5, 6.18774],
    [0.01, 4, 10_000, 1e-5, 0.947],
    [0.001, 1, 10_000, 1e-6, 0.55539],
  ])(
    'rate %d, multiplier %d, %d rounds: many rounds want a finer grid',
    (rate, multiplier, rounds, delta, want) => {
      const epsilon = worst({ rate, multiplier, rounds, step: 2e-4 }).epsilon(delta)
      expect(epsilon).toBeGreaterThan(want - 2e-4)
      expect(epsilon).toBeLessThan(want * 1.003)
    },
  )

  test('three Gaussians of √3 are one of 1', () => {
    const delta = worst({ rate: 1, multiplier: Math.sqrt(3), rounds: 3, step: 1e-3 }).delta(1)
    expect(Math.abs(delta - 0.126936)).toBeLessThan(1e-6)
    expect(delta).toBeGreaterThanOrEqual(gaussianDelta({ epsilon: 1, multiplier: 1 }))
  })

  test('dp_accounting’s own anchor of a sampled composition', () => {
    const delta = worst({ rate: 0.2, multiplier: 0.5, rounds: 3, step: 1e-3 }).delta(1)
    expect(Math.abs(delta - 0.15594)).toBeLessThan(1e-5)
  })

  test('never claims less than the exact Gaussian account, however coarse the grid', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 20, noNaN: true }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(0.003, 0.01, 0.05),
        (multiplier, rounds, step) => {
          const exact = gaussianEpsilon({ multiplier: multiplier / Math.sqrt(rounds), delta: 1e-6 })
          const epsilon = worst({ rate: 1, multiplier, rounds, step }).epsilon(1e-6)
          expect(epsilon).toBeGreaterThan(exact * (1 - 1e-9))
        },
      ),
      { numRuns: 20 },
    )
  })

  test('is never looser than Rényi accounting, and falls with noise and grows with rounds', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        fc.double({ min: 0.6, max: 4, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        (rate, multiplier, rounds) => {
          const delta = 1e-6
          const curve = curveOf(defaultOrders, (order) => sampledGaussianRenyi({ order, multiplier, rate }))
          const renyi = epsilonOfCurve(composeCurves([{ curve, count: rounds }]), delta).epsilon
          const at = (more: Partial<Case>) =>
            worst({ rate, multiplier, rounds, step: 4e-3, ...more }).epsilon(delta)
          const epsilon = at({})
          expect(epsilon).toBeLessThanOrEqual(renyi * (1 + 1e-3) + 1e-3)
          expect(at({ multiplier: multiplier * 1.1 })).toBeLessThanOrEqual(epsilon + 1e-9)
          expect(at({ rounds: rounds + 1 })).toBeGreaterThanOrEqual(epsilon - 1e-9)
        },
      ),
      { numRuns: 12 },
    )
  })

  test('different rounds compose, in any order', () => {
    const [a, b] = [
      sampledGaussianLoss({ rate: 1, multiplier: 3, step: 2e-3 }).remove,
      sampledGaussianLoss({ rate: 1, multiplier: 4, step: 2e-3 }).remove,
    ]
    const exact = gaussianEpsilon({ multiplier: 1 / Math.sqrt(2 / 9 + 3 / 16), delta: 1e-5 })
    const one = epsilonOfLoss(
      composeLosses([
        { loss: a, count: 2 },
        { loss: b, count: 3 },
      ]),
      1e-5,
    )
    const other = epsilonOfLoss(
      composeLosses([
        { loss: b, count: 3 },
        { loss: a, count: 2 },
      ]),
      1e-5,
    )
    expect(one).toBeCloseTo(exact, 4)
    expect(one).toBeGreaterThan(exact)
    expect(other).toBeCloseTo(one, 9)
  })

  test('a δ that the finite grid cannot show is answered by infinity, not by hope', () => {
    expect(worst({ rate: 1, multiplier: 1, rounds: 1, step: 1e-2 }).epsilon(1e-30)).toBe(
      Number.POSITIVE_INFINITY,
    )
  })

  test('what cannot be computed is refused', () => {
    const { remove } = sampledGaussianLoss({ rate: 1, multiplier: 1, step: 1e-3 })
    const coarser = sampledGaussianLoss({ rate: 1, multiplier: 1, step: 2e-3 }).remove
    expect(() => composeLosses([{ loss: remove, count: 100_000 }])).toThrow(LossGridError)
    expect(() =>
      composeLosses([
        { loss: remove, count: 1 },
        { loss: coarser, count: 1 },
      ]),
    ).toThrow('different steps')
    expect(() => composeLosses([])).toThrow('nothing to compose')
    expect(() => sampledGaussianLoss({ rate: 0, multiplier: 1, step: 1e-3 })).toThrow('sampling rate')
    expect(() => sampledGaussianLoss({ rate: 1, multiplier: 1, step: 1 })).toThrow('grid step')
  })
})
