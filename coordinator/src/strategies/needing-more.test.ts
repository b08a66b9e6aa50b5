import { loadCohortKernels } from '@tributary/protocols/cohort-kernels'
import { StrategySpec } from '@tributary/protocols/task'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { combine, furthest, made, updatesOf } from './cohort.builders.ts'
import { extrasIn } from './extras.ts'
import { strategyOf } from './registry.ts'
import type { ClientUpdate } from './strategy.ts'

const kernels = await loadCohortKernels()
const rule = (name: string, more: object = {}) => strategyOf(StrategySpec.parse({ name, ...more }))

const LENGTH = 3
const vector = fc.array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: LENGTH, maxLength: LENGTH })
const cohort = fc
  .array(
    fc.record({
      delta: vector,
      control: vector,
      examples: fc.integer({ min: 1, max: 600 }),
      steps: fc.integer({ min: 1, max: 50 }),
      initialLoss: fc.double({ min: 0.1, max: 10, noNaN: true }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((drawn) =>
    updatesOf(
      drawn.map(({ delta }) => delta),
      (n) => ({
        ...drawn[n],
        delta: Float32Array.from(drawn[n]?.delta ?? []),
        control: Float32Array.from(drawn[n]?.control ?? []),
      }),
    ),
  )

/** Σ of a term over the clients, for each coordinate. */
const sum = (updates: readonly ClientUpdate[], term: (update: ClientUpdate, i: number) => number) =>
  Array.from({ length: LENGTH }, (_, i) => updates.reduce((total, update) => total + term(update, i), 0))
const total = (updates: readonly ClientUpdate[], term: (update: ClientUpdate) => number) =>
  updates.reduce((all, update) => all + term(update), 0)

describe('FedNova', () => {
  test('is its definition: the mean direction of a step, times the mean number of steps', () => {
    fc.assert(
      fc.property(cohort, (updates) => {
        const n = total(updates, ({ examples }) => examples)
        const meanSteps = total(updates, ({ examples, steps = 0 }) => (examples / n) * steps)
        const direction = sum(
          updates,
          ({ examples, steps = 0, delta }, i) => ((examples / n) * (delta[i] ?? 0)) / steps,
        )
        const { weights } = made(rule('fednova'), kernels, updates)
        expect(
          furthest(
            weights,
            direction.map((value) => meanSteps * value),
          ),
        ).toBeLessThan(2e-4)
      }),
    )
  })

  test('is federated averaging where all take the same number of steps', () => {
    fc.assert(
      fc.property(cohort, (updates) => {
        const alike = updates.map((update) => ({ ...update, steps: 7 }))
        const nova = made(rule('fednova'), kernels, alike).weights
        expect(furthest(nova, made(rule('fedavg'), kernels, alike).weights)).toBeLessThan(1e-5)
      }),
    )
  })
})

describe('q-FedAvg', () => {
  test('is Algorithm 2 of its paper', () => {
    fc.assert(
      fc.property(cohort, fc.constantFrom(0, 0.5, 1, 2), (updates, q) => {
        const lipschitz = 10
        const power = (loss: number | undefined, exponent: number) => ((loss ?? 0) + 1e-10) ** exponent
        const numerator = sum(
          updates,
          ({ initialLoss, delta }, i) => power(initialLoss, q) * lipschitz * -(delta[i] ?? 0),
        )
        const denominator = total(updates, ({ initialLoss, delta }) => {
          const squared = Array.from(delta).reduce((all, value) => all + (lipschitz * value) ** 2, 0)
          return q * power(initialLoss, q - 1) * squared + lipschitz * power(initialLoss, q)
        })
        const { weights } = made(rule('q-fedavg', { q, lipschitz }), kernels, updates)
        expect(
          furthest(
            weights,
            numerator.map((value) => -value / denominator),
          ),
        ).toBeLessThan(1e-5)
      }),
    )
  })

  test('leans towards the client with the higher loss, and with q = 0 towards none', () => {
    const updates = updatesOf([[1], [-1]], (n) => ({ initialLoss: 1 + 4 * n }))
    const moved = (q: number) => made(rule('q-fedavg', { q, lipschitz: 1 }), kernels, updates).weights[0] ?? 0
    expect(moved(0)).toBe(0)
    expect(moved(1)).toBeLessThan(0)
    expect(moved(0.5)).toBeLessThan(0)
  })
})

describe('SCAFFOLD’s server', () => {
  test('moves by the mean delta, and its control by the mean change times the share that took part', () => {
    fc.assert(
      fc.property(cohort, (drawn) => {
        const updates = drawn.map((update) => ({ ...update, examples: 3 }))
        const strategy = rule('scaffold', { population: 20 })
        const first = made(strategy, kernels, updates)
        const second = made(strategy, kernels, updates, { base: first.weights, state: first.state })
        const c = sum(updates, ({ control }, i) => (control?.[i] ?? 0) / 20)
        expect(
          furthest(
            first.weights,
            sum(updates, ({ delta }, i) => (delta[i] ?? 0) / updates.length),
          ),
        ).toBeLessThan(1e-5)
        expect(furthest(first.state?.vectors.c ?? [], c)).toBeLessThan(1e-5)
        expect(
          furthest(
            second.state?.vectors.c ?? [],
            c.map((value) => 2 * value),
          ),
        ).toBeLessThan(1e-5)
      }),
    )
  })
})

describe('FedDyn’s server', () => {
  test('is Algorithm 1 of its paper, over two rounds', () => {
    fc.assert(
      fc.property(cohort, (drawn) => {
        const [alpha, m] = [0.1, 20]
        const updates = drawn.map((update) => ({ ...update, examples: 3 }))
        let [h, w] = [
          [0, 0, 0],
          [0, 0, 0],
        ]
        for (let round = 0; round < 2; round++) {
          const moved = sum(updates, ({ delta }, i) => delta[i] ?? 0)
          const mean = w.map((value, i) => value + (moved[i] ?? 0) / updates.length)
          h = h.map((value, i) => value - (alpha / m) * (moved[i] ?? 0))
          w = mean.map((value, i) => value - (h[i] ?? 0) / alpha)
        }
        const strategy = rule('feddyn', { alpha, population: m })
        const first = made(strategy, kernels, updates)
        const second = made(strategy, kernels, updates, { base: first.weights, state: first.state })
        expect(furthest(second.state?.vectors.h ?? [], h)).toBeLessThan(1e-5)
        expect(furthest(second.weights, w)).toBeLessThan(1e-4)
      }),
    )
  })
})

describe('what a strategy needs beside a delta', () => {
  test.each([
    ['fednova', {}, /needs steps/],
    ['q-fedavg', { lipschitz: 1 }, /needs initialLoss/],
    ['scaffold', { population: 9 }, /needs control/],
  ])('%s does not go without', (name, more, message) => {
    expect(() => combine(rule(name, more), kernels, updatesOf([[1]]))).toThrow(message)
  })

  test('is read from a client’s claims, and a claim that is missing or no such number is named', () => {
    expect(extrasIn([], { loss: 3 })).toEqual({})
    expect(extrasIn(['steps', 'initialLoss'], { steps: 12, 'initial-loss': 0, loss: 3 })).toEqual({
      steps: 12,
      initialLoss: 0,
    })
    for (const metrics of [{}, { steps: 0 }, { steps: 0.5 }, { steps: -3 }, { steps: 1e300 }])
      expect(extrasIn(['steps'], metrics)).toEqual({ missing: expect.stringMatching(/metric steps/) })
    for (const metrics of [{}, { 'initial-loss': -1 }, { 'initial-loss': Number.NaN }])
      expect(extrasIn(['initialLoss'], metrics)).toEqual({
        missing: expect.stringMatching(/metric initial-loss/),
      })
    expect(extrasIn(['control'], {})).toHaveProperty('missing')
    const control = Float32Array.of(1)
    expect(extrasIn(['control'], {}, control)).toEqual({ control })
  })
})
