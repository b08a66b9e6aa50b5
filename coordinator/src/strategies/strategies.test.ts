import {
  type CohortKernels,
  loadCohortKernels,
  plainCohortKernels,
} from '@tributary/protocols/cohort-kernels'
import { seededRandom, shuffle } from '@tributary/protocols/runtime'
import { StrategySpec } from '@tributary/protocols/task'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bits, clientOf, combine, furthest, made, updatesOf } from './cohort.builders.ts'
import { strategyOf } from './registry.ts'
import type { ClientUpdate, StrategyState } from './strategy.ts'

const kinds = [await loadCohortKernels(), plainCohortKernels]
const [simd, plain] = kinds as [CohortKernels, CohortKernels]

/** One task's strategy of each name: a new one does not compile until it is here. */
const specs: {
  [Name in StrategySpec['name']]: Omit<Extract<StrategySpec, { name: Name }>, 'name'> | object
} = {
  fedavg: {},
  fedavgm: {},
  fedadagrad: {},
  fedadam: {},
  fedyogi: {},
  median: {},
  'trimmed-mean': { byzantine: 2 },
  krum: { byzantine: 2 },
  'multi-krum': { byzantine: 2 },
  bulyan: { byzantine: 2 },
  'geometric-median': {},
  rfa: {},
  'norm-bounding': {},
  'centered-clipping': { radius: 1 },
  fltrust: { root: clientOf(0) },
  fednova: {},
  'q-fedavg': { lipschitz: 10 },
  scaffold: { population: 100 },
  feddyn: { alpha: 0.1, population: 100 },
}
const all = Object.entries(specs).map(([name, spec]) => ({
  name,
  strategy: strategyOf(StrategySpec.parse({ name, ...spec })),
}))

/** Everything that any strategy could ask of a client. */
const extras = (delta: Float32Array, n: number) => ({
  steps: 1 + n,
  initialLoss: 0.5 + n,
  control: delta.map((value) => -value / 4),
})

const anUpdate = (length: number) =>
  fc.record({
    delta: fc.float32Array({ minLength: length, maxLength: length, min: -8, max: 8, noNaN: true }),
    examples: fc.integer({ min: 1, max: 600 }),
  })
/** 11 to 14 updates: as many as the most demanding of them needs. */
const aCohort = fc
  .integer({ min: 1, max: 40 })
  .chain((length) => fc.array(anUpdate(length), { minLength: 11, maxLength: 14 }))
  .map((drawn) =>
    drawn.map(
      ({ delta, examples }, n): ClientUpdate => ({
        client: clientOf(n),
        delta,
        examples,
        ...extras(delta, n),
      }),
    ),
  )

const bitsOf = (result: ReturnType<typeof combine>) =>
  result.kind === 'refused'
    ? result
    : { weights: bits(result.weights), state: result.state && bitsOfState(result.state) }
const bitsOfState = ({ vectors, numbers }: StrategyState) => ({
  vectors: Object.entries(vectors).map(([name, vector]) => [name, bits(vector)]),
  numbers,
})

describe.each(all)('[R12] $name', ({ strategy }) => {
  test('makes the same bytes on either kernels, round after round', () => {
    fc.assert(
      fc.property(aCohort, (updates) => {
        const first = combine(strategy, simd, updates)
        expect(bitsOf(first)).toEqual(bitsOf(combine(strategy, plain, updates)))
        if (first.kind === 'refused') return
        const next = { base: first.weights, state: first.state }
        expect(bitsOf(combine(strategy, simd, updates, next))).toEqual(
          bitsOf(combine(strategy, plain, updates, next)),
        )
      }),
      { numRuns: 40 },
    )
  })

  test('sees nothing of the order in which updates came', () => {
    fc.assert(
      fc.property(aCohort, fc.nat(), (updates, seed) => {
        const arrived = shuffle(seededRandom(seed), updates)
        // The engine takes members in the order of their ids; a heap orders updates itself.
        if (strategy.kind === 'fold') arrived.sort((a, b) => (a.client < b.client ? -1 : 1))
        expect(bitsOf(combine(strategy, simd, arrived))).toEqual(bitsOf(combine(strategy, simd, updates)))
      }),
      { numRuns: 40 },
    )
  })

  test.each(kinds)('refuses a NaN and an infinity, whoever sends it ($name)', (kernels) => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      for (const liar of [0, 5, 10]) {
        const updates = elevenAlike().map((update, n) =>
          n === liar ? { ...update, delta: Float32Array.of(1, bad, 3) } : update,
        )
        expect(combine(strategy, kernels, updates)).toMatchObject({ kind: 'refused', reason: 'not-finite' })
      }
  })

  test('never throws at what a client sends, however large or small', () => {
    const extremes = [0, 1e-45, 1e-38, 1e-20, 1e20, 3e38, -3e38]
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            delta: fc.array(fc.constantFrom(...extremes), { minLength: 3, maxLength: 3 }),
            examples: fc.constantFrom(1, 2 ** 31 - 1),
            steps: fc.constantFrom(1, 2 ** 31),
            initialLoss: fc.constantFrom(0, 1e-300, 1, 1e300),
          }),
          { minLength: 11, maxLength: 12 },
        ),
        (sent) => {
          const updates = sent.map(({ delta, ...more }, n) => ({
            ...more,
            client: clientOf(n),
            delta: Float32Array.from(delta),
            control: Float32Array.from(delta),
          }))
          const result = combine(strategy, simd, updates)
          expect(bitsOf(result)).toEqual(bitsOf(combine(strategy, plain, updates)))
          if (result.kind === 'combined') expect(result.weights.every(Number.isFinite)).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('of clients that agree goes along with them, whatever it does about length', () => {
    const { weights } = made(strategy, simd, elevenAlike())
    const direction = Float32Array.from([1, -2, 0.5])
    const along = direction.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0)
    expect(along).toBeGreaterThan(0)
    expect(weights.every((value, i) => Math.sign(value) === Math.sign(direction[i] ?? 0))).toBe(true)
  })

  test('with fewer updates than it needs is refused, and with just as many is not', () => {
    const updates = elevenAlike()
    expect(strategy.least).toBeLessThanOrEqual(updates.length)
    expect(combine(strategy, simd, updates.slice(0, strategy.least - 1))).toMatchObject({
      kind: 'refused',
      reason: 'too-few',
    })
    expect(combine(strategy, simd, updates.slice(0, strategy.least)).kind).toBe('combined')
  })

  test('writes neither to base, nor to state, nor to updates, and lets a delta be reused', () => {
    const updates = elevenAlike()
    const before = made(strategy, simd, updates)
    const beginning = { base: before.weights, state: before.state }
    const copies = structuredClone({ updates, beginning })
    const again = combine(strategy, simd, updates, beginning)
    expect({ updates, beginning }).toEqual(copies)
    expect(bitsOf(again)).toEqual(bitsOf(combine(strategy, simd, copies.updates, copies.beginning)))
  })

  test('refuses a delta of another length', () => {
    const updates = elevenAlike()
    expect(() => combine(strategy, simd, updates, { base: new Float32Array(2) })).toThrow(RangeError)
  })
})

const STATEFUL = all.filter(({ strategy }) => made(strategy, simd, elevenAlike()).state !== undefined)

describe.each(STATEFUL)('the state of $name', ({ strategy }) => {
  test('is wanted again as it was left: without a part of it, or of another model, it is refused', () => {
    const { state, weights } = made(strategy, simd, elevenAlike())
    if (!state) throw new Error('it has one')
    for (const less of [
      { ...state, vectors: {} },
      { ...state, numbers: {} },
    ])
      if (JSON.stringify(less) !== JSON.stringify(state))
        expect(() => combine(strategy, simd, elevenAlike(), { base: weights, state: less })).toThrow(
          /state has no/,
        )
    const shorter = Object.fromEntries(
      Object.entries(state.vectors).map(([name, vector]) => [name, vector.slice(1)]),
    )
    if (Object.keys(shorter).length > 0)
      expect(() =>
        combine(strategy, simd, elevenAlike(), { base: weights, state: { ...state, vectors: shorter } }),
      ).toThrow(/state has no/)
  })

  test('is not what it was before the round', () => {
    const first = made(strategy, simd, elevenAlike())
    const second = made(strategy, simd, elevenAlike(), { base: first.weights, state: first.state })
    expect(second.state).not.toEqual(first.state)
  })
})

test('what of these strategies needs nothing but a mean makes of the mean what it makes of the updates', () => {
  const means = all.filter(({ strategy }) => strategy.kind === 'fold' && strategy.takes === 'means')
  expect(means.map(({ name }) => name)).toEqual([
    'fedavg',
    'fedavgm',
    'fedadagrad',
    'fedadam',
    'fedyogi',
    'rfa',
    'scaffold',
    'feddyn',
  ])
  const updates = updatesOf([
    [1, 2],
    [3, -4],
    [0.5, 6],
  ]).map((update, n) => ({ ...update, examples: 2 + n, ...extras(update.delta, n) }))
  const mean = (of: (update: ClientUpdate) => ArrayLike<number>) =>
    Float32Array.from([0, 1], (_, i) =>
      updates.reduce((sum, update) => sum + (update.examples / 9) * (of(update)[i] ?? 0), 0),
    )
  for (const { strategy } of means) {
    if (strategy.kind === 'heap') throw new Error('it is a fold')
    const running = strategy.start({ kernels: simd, base: new Float32Array(2), state: undefined })
    running.add({
      delta: mean(({ delta }) => delta),
      control: mean(({ control }) => control ?? []),
      examples: 9,
      clients: 3,
    })
    const ofMean = running.finish()
    running.release()
    if (ofMean.kind === 'refused') throw new Error(ofMean.detail)
    expect(furthest(ofMean.weights, made(strategy, simd, updates).weights)).toBeLessThan(1e-5)
  }
})

function elevenAlike(): ClientUpdate[] {
  const delta = [1, -2, 0.5]
  return updatesOf(
    Array.from({ length: 11 }, () => delta),
    () => ({
      ...extras(Float32Array.from(delta), 1),
      examples: 7,
    }),
  )
}
