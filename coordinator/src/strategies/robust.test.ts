import { loadCohortKernels, plainCohortKernels } from '@tributary/protocols/cohort-kernels'
import { StrategySpec } from '@tributary/protocols/task'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clientOf, combine, furthest, made, updatesOf } from './cohort.builders.ts'
import { golden } from './golden.builders.ts'
import { krumOrder, krumScores, squaredDistances } from './krum-order.ts'
import { strategyOf } from './registry.ts'

const kinds = [await loadCohortKernels(), plainCohortKernels]
const rule = (name: string, more: object = {}) => strategyOf(StrategySpec.parse({ name, ...more }))
const { byzantine } = golden
const updates = updatesOf(golden.deltas)
const everybody = [...golden.deltas.keys()]

describe.each(kinds)('of eleven deltas, two of them lies, on the $name kernels', (kernels) => {
  test.each([
    ['median', {}, golden.median],
    ['trimmed-mean', { byzantine }, golden.trimmedMean],
    ['krum', { byzantine }, golden.deltas[golden.krum]],
    ['multi-krum', { byzantine }, golden.multiKrum],
    ['bulyan', { byzantine }, golden.bulyan],
    ['geometric-median', {}, golden.geometricMedian],
    ['geometric-median', { iterations: 100 }, golden.geometricMedianConverged],
    ['centered-clipping', { radius: 1, iterations: 3 }, golden.centeredClipping],
    ['norm-bounding', { initialClipNorm: 2 }, golden.normBounding],
  ])('%s %j makes what it is to make', (name, more, exact) => {
    expect(furthest(made(rule(name, more), kernels, updates).weights, exact ?? [])).toBeLessThan(2e-6)
  })

  test('fltrust takes the direction of the root client from those that go its way', () => {
    const root = { client: clientOf(99), delta: Float32Array.from(golden.fltrustRoot), examples: 100 }
    const strategy = rule('fltrust', { root: root.client })
    const { weights } = made(strategy, kernels, [...updates, root])
    expect(furthest(weights, golden.fltrust)).toBeLessThan(2e-6)
    expect(combine(strategy, kernels, updates)).toMatchObject({ kind: 'refused', reason: 'no-trust' })
    const against = updatesOf([golden.fltrustRoot.map((value) => -value), [0, 0, 0, 0, 0, 0]])
    expect(combine(strategy, kernels, [...against, root])).toMatchObject({
      kind: 'refused',
      reason: 'no-trust',
    })
  })

  test('Krum’s scores and Bulyan’s picks are those of the paper’s definition', () => {
    const distances = squaredDistances(
      kernels,
      updates.map(({ delta }) => delta),
    )
    const scores = krumScores(distances, { among: everybody, byzantine })
    for (const [i, score] of golden.krumScores.entries())
      expect(Math.abs((scores[i] ?? 0) / score - 1)).toBeLessThan(1e-5)
    let among = everybody
    const picks = golden.bulyanPicks.map(() => {
      const [best = -1] = krumOrder(distances, { among, byzantine })
      among = among.filter((i) => i !== best)
      return best
    })
    expect(picks).toEqual(golden.bulyanPicks)
  })

  test.each([
    ['median', {}],
    ['trimmed-mean', { byzantine }],
    ['krum', { byzantine }],
    ['multi-krum', { byzantine }],
    ['bulyan', { byzantine }],
    ['centered-clipping', { radius: 1 }],
    ['fltrust', { root: clientOf(0) }],
  ])('%s stands two clients that send numbers as large as there are, where a mean does not', (name, more) => {
    const lie = (sign: number) => new Float32Array(6).fill(sign * 3e38)
    const lying = updates.map((update, n) => (n < 9 ? update : { ...update, delta: lie(n === 9 ? 1 : -1) }))
    const honest = golden.deltas.slice(0, 9)
    const { weights } = made(rule(name, more), kernels, lying)
    for (const [i, weight] of weights.entries()) {
      const values = honest.map((delta) => delta[i] ?? 0)
      expect(weight).toBeGreaterThanOrEqual(Math.min(0, ...values))
      expect(weight).toBeLessThanOrEqual(Math.max(...values) + 1e-6)
    }
    const alone = lying.slice(0, 10)
    const mean = combine(rule('fedavg'), kernels, alone)
    expect(mean.kind === 'refused' || Math.abs(mean.weights[0] ?? 0) > 1e30).toBe(true)
  })
})

describe('against definitions in float64', () => {
  const [kernels = plainCohortKernels] = kinds
  const value = fc.float({ min: -8, max: 8, noNaN: true })
  /** Deltas of no more than 2f + 3 … n clients. */
  const deltasOf = (least: number) =>
    fc.integer({ min: 1, max: 12 }).chain((length) =>
      fc.array(fc.array(value, { minLength: length, maxLength: length }), {
        minLength: least,
        maxLength: 15,
      }),
    )

  test('Multi-Krum is the mean of m updates, none of which scores more than one that was left out', () => {
    fc.assert(
      fc.property(deltasOf(7), fc.integer({ min: 1, max: 3 }), (deltas, keep) => {
        const n = deltas.length
        const scores = deltas.map((a, i) =>
          deltas
            .filter((_, j) => j !== i)
            .map((b) => squared(a, b))
            .sort((x, y) => x - y)
            .slice(0, n - byzantine - 2)
            .reduce((sum, distance) => sum + distance, 0),
        )
        const best = [...scores].sort((a, b) => a - b)
        const edge = (best[keep] ?? 0) - (best[keep - 1] ?? 0)
        fc.pre(edge > 1e-3) // closer than that, float32 may see another winner
        const kept = deltas.filter((_, i) => (scores[i] ?? 0) <= (best[keep - 1] ?? 0))
        const { weights } = made(rule('multi-krum', { byzantine, keep }), kernels, updatesOf(deltas))
        expect(furthest(weights, meanOf(kept))).toBeLessThan(1e-5)
      }),
    )
  })

  test('Bulyan is its definition wherever float32 cannot see another pick', () => {
    fc.assert(
      fc.property(deltasOf(11), (deltas) => {
        const { picked, margin } = bulyanPicks(deltas)
        fc.pre(margin > 1e-3)
        const around = (deltas[0] ?? []).map((_, i) => {
          const values = picked.map((delta) => delta[i] ?? 0).sort((a, b) => a - b)
          const middle = ((values[(values.length - 1) >> 1] ?? 0) + (values[values.length >> 1] ?? 0)) / 2
          const closest = values
            .map((value) => ({ value, away: Math.abs(value - middle) }))
            .sort((a, b) => a.away - b.away || a.value - b.value)
            .slice(0, values.length - 2 * byzantine)
          return closest.reduce((sum, { value }) => sum + value, 0) / closest.length
        })
        const { weights } = made(rule('bulyan', { byzantine }), kernels, updatesOf(deltas))
        expect(furthest(weights, around)).toBeLessThan(1e-5)
      }),
      { numRuns: 60 },
    )
  })

  test('the geometric median is nearer to all deltas together than their mean, and closes in on a point', () => {
    fc.assert(
      fc.property(deltasOf(1), (deltas) => {
        const total = (z: ArrayLike<number>) =>
          deltas.reduce((sum, delta) => sum + Math.sqrt(squared(delta, Array.from(z))), 0)
        const few = made(rule('geometric-median'), kernels, updatesOf(deltas)).weights
        const many = made(rule('geometric-median', { iterations: 50 }), kernels, updatesOf(deltas)).weights
        expect(total(few)).toBeLessThanOrEqual(total(meanOf(deltas)) + 1e-3)
        expect(total(many)).toBeLessThanOrEqual(total(few) + 1e-3)
      }),
    )
  })

  test('centered clipping is its definition, from where the last round left it', () => {
    fc.assert(
      fc.property(deltasOf(1), deltasOf(1), (first, second) => {
        const length = first[0]?.length ?? 0
        const later = second.map((delta) => Array.from({ length }, (_, i) => delta[i] ?? 0))
        const strategy = rule('centered-clipping', { radius: 3, iterations: 2 })
        const before = made(strategy, kernels, updatesOf(first))
        const after = made(strategy, kernels, updatesOf(later), { state: before.state })
        const once = clippedAround(new Array<number>(length).fill(0), first, 3, 2)
        expect(furthest(before.weights, once)).toBeLessThan(2e-5)
        expect(furthest(after.weights, clippedAround(once, later, 3, 2))).toBeLessThan(4e-5)
      }),
    )
  })

  test('norm bounding moves no further than its norm, and its norms follow those that clients send', () => {
    const strategy = rule('norm-bounding', { initialClipNorm: 1, initialZeroNorm: 1 })
    const cohort = updatesOf([[0.5], [0.9], [2], [2.5], [1e6]])
    const { weights, state } = made(strategy, kernels, cohort)
    // 1e6 is beyond 2 · 1 + 1 and counts as zero; 2 and 2.5 are cut to 1.
    expect(weights[0]).toBeCloseTo((0.5 + 0.9 + 1 + 1) / 5, 6)
    expect(state?.numbers.clipNorm).toBeCloseTo(Math.exp(-0.2 * (3 / 5 - 0.8)), 12)
    expect(state?.numbers.zeroNorm).toBeCloseTo(Math.exp(-Math.log(10) * (2 / 5 - 0.98)), 12)
  })

  test('norm bounding finds the quantile that it is after', () => {
    const strategy = rule('norm-bounding', { initialClipNorm: 100, initialZeroNorm: 100 })
    const cohort = updatesOf(Array.from({ length: 50 }, (_, i) => [(i + 1) / 10])) // norms 0.1 … 5
    let state = made(strategy, kernels, cohort).state
    for (let round = 1; round < 300; round++) state = made(strategy, kernels, cohort, { state }).state
    expect(state?.numbers.clipNorm).toBeGreaterThan(3.7)
    expect(state?.numbers.clipNorm).toBeLessThan(4.3)
    expect(state?.numbers.zeroNorm).toBeGreaterThan(4.5)
    expect(state?.numbers.zeroNorm).toBeLessThan(5.5)
  })
})

/** The picks of El Mhamdi et al. 2018 by Krum's own definition, and by how much the closest of them was won. */
const bulyanPicks = (deltas: readonly (readonly number[])[]) => {
  let left = [...deltas]
  const picked: (readonly number[])[] = []
  let margin = Number.POSITIVE_INFINITY
  while (picked.length < deltas.length - 2 * byzantine) {
    const scored = left
      .map((a) => {
        const away = left.filter((b) => b !== a).map((b) => squared(a, b))
        const nearest = away.sort((x, y) => x - y).slice(0, Math.max(1, left.length - byzantine - 2))
        return { a, score: nearest.reduce((sum, distance) => sum + distance, 0) }
      })
      .sort((x, y) => x.score - y.score)
    const [best] = scored
    if (!best) break
    // The last two of a pair are each other's nearest and score alike, to the bit: the first of them is picked.
    const next = scored.find(({ score }) => score > best.score)
    margin = Math.min(margin, next ? next.score - best.score : margin)
    picked.push(best.a)
    left = left.filter((delta) => delta !== best.a)
  }
  return { picked, margin }
}

const squared = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, x, i) => sum + (x - (b[i] ?? 0)) ** 2, 0)

const meanOf = (deltas: readonly (readonly number[])[]) =>
  (deltas[0] ?? []).map((_, i) => deltas.reduce((sum, delta) => sum + (delta[i] ?? 0), 0) / deltas.length)

/** Karimireddy et al. 2021 as it stands. */
const clippedAround = (
  from: readonly number[],
  deltas: readonly (readonly number[])[],
  radius: number,
  times: number,
) => {
  let v = from
  for (let step = 0; step < times; step++) {
    const pulls = deltas.map((delta) => {
      const away = Math.sqrt(squared(delta, v))
      return delta.map((value, i) => (value - (v[i] ?? 0)) * Math.min(1, radius / away || 1))
    })
    const pull = meanOf(pulls)
    v = v.map((value, i) => value + (pull[i] ?? 0))
  }
  return v
}
