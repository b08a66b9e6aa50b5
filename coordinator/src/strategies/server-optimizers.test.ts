import { loadCohortKernels } from '@tributary/protocols/cohort-kernels'
import { StrategySpec } from '@tributary/protocols/task'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { furthest, made, updatesOf } from './cohort.builders.ts'
import { strategyOf } from './registry.ts'
import type { StrategyState } from './strategy.ts'

const kernels = await loadCohortKernels()
const rule = (name: string, more: object = {}) => strategyOf(StrategySpec.parse({ name, ...more }))

type Moments = { w: number; m: number; v: number }

/** Reddi et al. 2021, Algorithm 2, for one weight in float64, with the paper's letters. */
const reddi = (
  { w, m, v }: Moments,
  delta: number,
  { eta = 0.1, b1 = 0.9, tau = 1e-3 }: { eta?: number; b1?: number; tau?: number },
  second: (v: number, d2: number) => number,
): Moments => {
  const m2 = b1 * m + (1 - b1) * delta
  const v2 = second(v, delta ** 2)
  return { w: w + (eta * m2) / (Math.sqrt(v2) + tau), m: m2, v: v2 }
}

const b2 = 0.99
const optimizers = [
  ['fedadam', {}, (v: number, d2: number) => b2 * v + (1 - b2) * d2],
  ['fedyogi', {}, (v: number, d2: number) => v - (1 - b2) * d2 * Math.sign(v - d2)],
  ['fedadagrad', { b1: 0 }, (v: number, d2: number) => v + d2],
] as const

/** Deltas of five rounds, of two clients with 1 and 3 examples. */
const rounds = fc.array(
  fc.tuple(fc.float({ min: -2, max: 2, noNaN: true }), fc.float({ min: -2, max: 2, noNaN: true })),
  { minLength: 5, maxLength: 5 },
)

describe.each(optimizers)('%s', (name, constants, second) => {
  test('is Algorithm 2 over the mean delta, round after round, without bias correction', () => {
    fc.assert(
      fc.property(rounds, (deltas) => {
        let exact: Moments = { w: 1, m: 0, v: 1e-6 }
        let [base, state]: [Float32Array, StrategyState | undefined] = [Float32Array.of(1), undefined]
        for (const [one, other] of deltas) {
          const updates = updatesOf([[one], [other]], (n) => ({ examples: 1 + 2 * n }))
          ;({ weights: base, state } = made(rule(name), kernels, updates, { base, state }))
          exact = reddi(exact, (Math.fround(one) + 3 * Math.fround(other)) / 4, constants, second)
        }
        expect(furthest(base, [exact.w])).toBeLessThan(2e-5)
        expect(furthest(state?.vectors.m ?? [], [exact.m])).toBeLessThan(1e-5)
        expect(furthest(state?.vectors.v ?? [], [exact.v])).toBeLessThan(1e-4)
      }),
    )
  })

  test('moves a weight the way its mean delta goes, whatever the delta’s size, by the same order', () => {
    const { weights } = made(rule(name), kernels, updatesOf([[1e-1, -10]]))
    const [small = 0, large = 0] = weights
    expect(small).toBeGreaterThan(0)
    expect(large).toBeLessThan(0)
    expect(-large / small).toBeLessThan(1.2)
  })

  test('a value with no delta ever stays where it is', () => {
    const base = Float32Array.of(3)
    let state: StrategyState | undefined
    for (let round = 0; round < 3; round++) {
      const next = made(rule(name), kernels, updatesOf([[0]]), { base, state })
      expect(next.weights).toEqual(base)
      state = next.state
    }
  })
})

test('fedavgm is momentum over the mean delta: a constant one comes to move by η Δ / (1 − β)', () => {
  let [base, state]: [Float32Array, StrategyState | undefined] = [Float32Array.of(0), undefined]
  let [w, m, last] = [0, 0, 0]
  for (let round = 0; round < 200; round++) {
    const before: number = base[0] ?? 0
    ;({ weights: base, state } = made(
      rule('fedavgm', { serverLearningRate: 0.5 }),
      kernels,
      updatesOf([[0.25], [0.75]]),
      { base, state },
    ))
    m = 0.9 * m + 0.5
    w += 0.5 * m
    last = (base[0] ?? 0) - before
  }
  expect(furthest(base, [w])).toBeLessThan(1e-3 * w)
  expect(last).toBeCloseTo((0.5 * 0.5) / (1 - 0.9), 3)
})

test('fedavgm without momentum is federated averaging', () => {
  const updates = updatesOf([
    [1, 2],
    [3, -5],
  ])
  expect(made(rule('fedavgm', { momentum: 0 }), kernels, updates).weights).toEqual(
    made(rule('fedavg'), kernels, updates).weights,
  )
})
