import { ClientId } from '@tributary/protocols'
import {
  type CohortKernels,
  loadCohortKernels,
  plainCohortKernels,
} from '@tributary/protocols/cohort-kernels'
import { seededRandom, shuffle } from '@tributary/protocols/runtime'
import { StrategySpec } from '@tributary/protocols/task'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fedavg } from './fedavg.ts'
import { gathered } from './gathered.ts'
import { strategyOf } from './registry.ts'
import type { ClientUpdate, Strategy } from './strategy.ts'

const kinds = [await loadCohortKernels(), plainCohortKernels]

const clientOf = (n: number): ClientId => ClientId.parse(`c-${n.toString(16).padStart(32, '0')}`)
const byClient = (a: ClientUpdate, b: ClientUpdate) => (a.client < b.client ? -1 : 1)

const fold = (
  strategy: Strategy,
  kernels: CohortKernels,
  base: Float32Array,
  updates: readonly ClientUpdate[],
) => {
  const running = gathered(strategy, { kernels, base, state: undefined })
  try {
    for (const update of updates) running.add(update)
    const made = running.finish()
    if (made.kind === 'refused') throw new Error(made.detail)
    return made.weights
  } finally {
    running.release()
  }
}

/** The definition, one float32 operation at a time: Math.fround rounds each product and each sum. */
const inFloat32 = (base: Float32Array, updates: readonly ClientUpdate[], rate: number): Float32Array => {
  const f = Math.fround
  let examples = 0
  const sum = base.map(() => 0)
  for (const update of updates) {
    examples += update.examples
    for (const [i, delta] of update.delta.entries())
      sum[i] = f((sum[i] ?? Number.NaN) + f(f(update.examples) * delta))
  }
  const mean = sum.map((value) => f(f(1 / examples) * value))
  return base.map((value, i) => f(value + f(f(rate) * (mean[i] ?? Number.NaN))))
}

/** McMahan et al. 2017, Algorithm 1, as it stands: w ← Σ (nₖ / n) wₖ with wₖ = w + Δₖ, in float64. */
const mcMahan = (base: Float32Array, updates: readonly ClientUpdate[]): number[] => {
  const n = updates.reduce((sum, { examples }) => sum + examples, 0)
  return Array.from(base, (value, i) =>
    updates.reduce(
      (sum, { delta, examples }) => sum + (examples / n) * (value + (delta[i] ?? Number.NaN)),
      0,
    ),
  )
}

const float = fc.float({ min: -8, max: 8, noNaN: true, noDefaultInfinity: true })
const aCohort = (examples: fc.Arbitrary<number>) =>
  fc.integer({ min: 1, max: 70 }).chain((length) => {
    const vector = fc.float32Array({ minLength: length, maxLength: length, min: -8, max: 8, noNaN: true })
    return fc.record({
      base: vector,
      updates: fc
        .array(fc.record({ delta: vector, examples }), { minLength: 1, maxLength: 9 })
        .map((updates) => updates.map((update, i): ClientUpdate => ({ client: clientOf(i), ...update }))),
    })
  })
const anyExamples = fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 2_147_483_647 }))

describe.each(kinds)('[R12] federated averaging on the $name kernels', (kernels) => {
  test('is its definition in float32, bit for bit', () => {
    fc.assert(
      fc.property(
        aCohort(anyExamples),
        fc.constantFrom(1, 0.5, 1.3),
        ({ base, updates }, serverLearningRate) => {
          const weights = fold(fedavg({ serverLearningRate }), kernels, base, updates)
          expect(bits(weights)).toEqual(bits(inFloat32(base, updates, serverLearningRate)))
        },
      ),
    )
  })

  test('gives the same bytes for any order of arrival, taken in the order of client ids', () => {
    fc.assert(
      fc.property(aCohort(anyExamples), fc.nat(), ({ base, updates }, seed) => {
        const arrived = shuffle(seededRandom(seed), updates).sort(byClient)
        const strategy = fedavg({ serverLearningRate: 1 })
        expect(bits(fold(strategy, kernels, base, arrived))).toEqual(
          bits(fold(strategy, kernels, base, updates)),
        )
      }),
    )
  })

  test('is the average of the clients’ weights by their examples', () => {
    fc.assert(
      fc.property(aCohort(fc.integer({ min: 1, max: 600 })), ({ base, updates }) => {
        const weights = fold(fedavg({ serverLearningRate: 1 }), kernels, base, updates)
        // Weights and deltas are below 8, so the largest sum is below 16: a millionth of that is the bound.
        for (const [i, exact] of mcMahan(base, updates).entries())
          expect(Math.abs((weights[i] ?? Number.NaN) - exact)).toBeLessThan(16e-6)
      }),
    )
  })

  test('of one client with rate 1 is that client’s weights, and of clients that agree theirs', () => {
    const base = Float32Array.of(1, -2, 0.5)
    const delta = Float32Array.of(0.25, 0.5, -1)
    const trained = Float32Array.of(1.25, -1.5, -0.5)
    const update = (n: number, examples: number): ClientUpdate => ({ client: clientOf(n), delta, examples })
    const strategy = fedavg({ serverLearningRate: 1 })
    expect(fold(strategy, kernels, base, [update(1, 1)])).toEqual(trained)
    expect(fold(strategy, kernels, base, [update(1, 2), update(2, 6)])).toEqual(trained)
  })

  test('leaves the base as it was, lets a delta be reused, and needs at least one update', () => {
    const base = Float32Array.of(1, 2)
    const delta = Float32Array.of(1, 1)
    const running = fedavg({ serverLearningRate: 1 }).start({ kernels, base, state: undefined })
    expect(running.finish()).toMatchObject({
      kind: 'refused',
      detail: expect.stringMatching(/at least one example/),
    })
    running.add({ delta, examples: 1 })
    delta.fill(99)
    expect(running.finish()).toEqual({ kind: 'combined', weights: Float32Array.of(2, 3), state: undefined })
    expect(base).toEqual(Float32Array.of(1, 2))
    running.release()
    running.release()
  })

  test('refuses a delta of another length', () => {
    const running = fedavg({ serverLearningRate: 1 }).start({
      kernels,
      base: new Float32Array(3),
      state: undefined,
    })
    expect(() => running.add({ delta: new Float32Array(2), examples: 1 })).toThrow(RangeError)
    running.release()
  })
})

test('[R12] SIMD and plain kernels make the same model', () => {
  const [simd, plain] = kinds as [CohortKernels, CohortKernels]
  expect(simd.name).toBe('simd')
  fc.assert(
    fc.property(aCohort(anyExamples), float, ({ base, updates }, rate) => {
      const strategy = fedavg({ serverLearningRate: Math.abs(rate) + 0.001 })
      expect(bits(fold(strategy, simd, base, updates))).toEqual(bits(fold(strategy, plain, base, updates)))
    }),
  )
})

test('a strategy goes by the name and numbers that the task file gives', () => {
  const base = Float32Array.of(0)
  const updates = [{ client: clientOf(1), delta: Float32Array.of(1), examples: 5 }]
  for (const [spec, weight] of [
    [{ name: 'fedavg' }, 1],
    [{ name: 'fedavg', serverLearningRate: 0.5 }, 0.5],
  ] as const)
    expect(fold(strategyOf(StrategySpec.parse(spec)), plainCohortKernels, base, updates)).toEqual(
      Float32Array.of(weight),
    )
})

/** Float32 values as their bits: 0 and -0 differ, and any NaN would show. */
const bits = (values: Float32Array): string[] =>
  Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length), (word) => word.toString(16))
