import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sampledGaussianRenyi } from './gaussian-renyi.ts'
import {
  classicEpsilonOfCurve,
  composeCurves,
  curveOf,
  defaultOrders,
  deltaOfCurve,
  epsilonOfCurve,
  wholeOrders,
} from './renyi-curve.ts'

const relative = (value: number, want: number) => Math.abs(value / want - 1)

const composed = (mechanism: { multiplier: number; rate: number }, rounds: number, orders = wholeOrders) =>
  composeCurves([
    { curve: curveOf(orders, (order) => sampledGaussianRenyi({ ...mechanism, order })), count: rounds },
  ])

describe('Rényi divergence of the sampled Gaussian', () => {
  test.each([
    // By 40 digits of arithmetic, from the integral; dp_accounting agrees at whole orders.
    [0.01, 1, 2, 1.71813422074548e-4],
    [0.01, 1, 8, 8.93643907606032e-4],
    [0.01, 1, 32, 11.2462759370481],
    [0.01, 2.5, 1.5, 1.30014179437608e-5],
    [0.001, 1, 16, 0.632060007925934],
    [0.04, 1.5, 4, 1.88534006444578e-3],
    [0.04, 1.5, 4.2, 1.99052108362503e-3],
    [0.1, 2, 10, 0.0186242542581988],
    [0.1, 1, 2.5, 0.0235037272610031],
    [0.2, 0.5, 3, 3.58819444565246],
    [0.01, 2.5, 50, 4.76920750774123e-4],
    [0.02, 0.8, 4, 4.61831457129222e-3],
    [0.5, 3, 3, 0.044701475907252],
    [0.01, 1.1, 1.5, 9.55452857187e-5],
  ])('rate %d, multiplier %d, order %d', (rate, multiplier, order, want) => {
    expect(relative(sampledGaussianRenyi({ rate, multiplier, order }), want)).toBeLessThan(2e-12)
  })

  test('fractional orders run through the whole ones, two different computations', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 64 }),
        fc.double({ min: 0.3, max: 10, noNaN: true }),
        fc.double({ min: 1e-4, max: 0.999, noNaN: true }),
        (order, multiplier, rate) => {
          const whole = sampledGaussianRenyi({ order, multiplier, rate })
          const nearly = sampledGaussianRenyi({ order: order * (1 + 1e-13), multiplier, rate })
          expect(relative(nearly, whole)).toBeLessThan(1e-9)
        },
      ),
    )
  })

  test('falls with noise; grows with the rate and the order, up to no sampling at all', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1.05, max: 200, noNaN: true }),
        fc.double({ min: 0.3, max: 20, noNaN: true }),
        fc.double({ min: 1e-3, max: 0.9, noNaN: true }),
        fc.double({ min: 1.01, max: 1.5, noNaN: true }),
        (order, multiplier, rate, factor) => {
          const here = sampledGaussianRenyi({ order, multiplier, rate })
          const slack = 1 + 1e-9
          expect(sampledGaussianRenyi({ order, multiplier: multiplier * factor, rate })).toBeLessThan(
            here * slack,
          )
          expect(sampledGaussianRenyi({ order: order * factor, multiplier, rate })).toBeGreaterThan(
            here / slack,
          )
          expect(
            sampledGaussianRenyi({ order, multiplier, rate: Math.min(1, rate * factor) }),
          ).toBeGreaterThan(here / slack)
          expect(here).toBeLessThanOrEqual((order / (2 * multiplier ** 2)) * slack)
        },
      ),
    )
  })

  test('nothing is learnt of a client that is never sampled', () => {
    expect(sampledGaussianRenyi({ order: 2, multiplier: 1, rate: 0 })).toBe(0)
  })

  test('misuse is refused', () => {
    const good = { order: 2, multiplier: 1, rate: 0.1 }
    for (const order of [1, 0, Number.NaN, Infinity])
      expect(() => sampledGaussianRenyi({ ...good, order })).toThrow('order')
    for (const multiplier of [0, -1, Number.NaN, Infinity])
      expect(() => sampledGaussianRenyi({ ...good, multiplier })).toThrow('noise multiplier')
    for (const rate of [-0.1, 1.1, Number.NaN])
      expect(() => sampledGaussianRenyi({ ...good, rate })).toThrow('sampling rate')
  })
})

describe('ε of many rounds', () => {
  test.each([
    // rate, multiplier, rounds, δ: ε by the improved conversion and its order, ε by the classic one (whole orders).
    [0.04, 1.5, 2250, 1e-5, 7.329876774, 4, 8.079656967],
    [0.01, 1, 1000, 1e-5, 2.107753075, 8, 2.538347545],
    [0.01, 1, 10_000, 1e-5, 6.719402118, 4, 7.469182311],
    [0.01, 4, 10_000, 1e-5, 1.035490066, 17, 1.258574741],
    [0.001, 1, 10_000, 1e-6, 0.979541626, 13, 1.273330113],
    [0.1, 1, 100, 1e-5, 7.97292151, 3, 8.927692763],
    [0.1, 2, 500, 1e-5, 6.089503111, 4, 6.746715611],
    [0.05, 1, 200, 1e-6, 6.138643768, 4, 6.888423961],
    [0.02, 0.8, 300, 1e-5, 4.473356, 4, 5.223136193],
    [0.5, 3, 100, 1e-5, 9.22647211, 4, 9.976252303],
    [1, 10, 100, 1e-5, 4.752728337, 5, 5.302585093],
    [1, 5, 50, 1e-6, 7.82837461, 5, 8.453877639],
    [0.1, 0.5, 50, 1e-5, 31.585110634, 2, 32.971404995],
    [0.01, 0.6, 500, 1e-5, 6.952161978, 3, 7.90693323],
  ])('rate %d, multiplier %d, %d rounds', (rate, multiplier, rounds, delta, improved, order, classic) => {
    const curve = composed({ rate, multiplier }, rounds)
    const bound = epsilonOfCurve(curve, delta)
    expect(Math.abs(bound.epsilon - improved)).toBeLessThan(1e-9)
    expect(bound.order).toBe(order)
    expect(Math.abs(classicEpsilonOfCurve(curve, delta).epsilon - classic)).toBeLessThan(1e-9)
    expect(deltaOfCurve(curve, bound.epsilon)).toBeCloseTo(delta, 12)
  })

  test('Opacus’ own test of its accountant', () => {
    const curve = composed({ rate: 0.04, multiplier: 1.5 }, 2250, [...defaultOrders])
    expect(Math.abs(epsilonOfCurve(curve, 1e-5).epsilon - 7.32911117143)).toBeLessThan(1e-9)
  })

  test('table 1 of McMahan et al. 2018', () => {
    const table: [number, number, number, number[]][] = [
      [1e5, 100, 1, [0.97, 0.98, 1.0, 1.07, 1.18, 2.21, 7.5]],
      [1e6, 10, 1, [0.68, 0.69, 0.69, 0.69, 0.69, 0.72, 0.73]],
      [1e6, 1e3, 1, [1.17, 1.17, 1.2, 1.28, 1.39, 2.44, 8.13]],
      [1e6, 1e4, 1, [1.73, 1.92, 2.08, 3.06, 8.49, 32.38, 187.01]],
      [1e6, 1e3, 3, [0.47, 0.47, 0.48, 0.48, 0.49, 0.67, 1.95]],
      [1e9, 1e3, 1, [0.84, 0.84, 0.84, 0.85, 0.88, 0.88, 0.88]],
    ]
    const orders = Array.from({ length: 32 }, (_, i) => i + 2)
    for (const [clients, cohort, multiplier, epsilons] of table) {
      const found = epsilons.map((_, i) => {
        const curve = composed({ rate: cohort / clients, multiplier }, 10 ** i, orders)
        return Number(classicEpsilonOfCurve(curve, clients ** -1.1).epsilon.toFixed(2))
      })
      expect(found).toEqual(epsilons)
    }
  })

  test('curves of different orders do not compose', () => {
    const parts = [[2], [3]].map((orders) => ({ curve: curveOf(orders, () => 1), count: 1 }))
    expect(() => composeCurves(parts)).toThrow('different orders')
    expect(() => composeCurves([])).toThrow('nothing to compose')
    expect(() =>
      epsilonOfCurve(
        curveOf([2], () => 1),
        0,
      ),
    ).toThrow('delta')
  })
})
