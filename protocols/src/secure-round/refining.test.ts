import { describe, expect, test } from 'vitest'
import { RoundId } from '../ids.ts'
import { loadKernels } from '../kernels/index.ts'
import { normal, seededRandom } from '../runtime/index.ts'
import { largestLevel } from '../secagg/index.ts'
import { assignmentOf } from '../task/assignment.ts'
import type { TaskFile, TaskFileInput } from '../task/task-file.ts'
import { refiningWeight } from './refining-weight.ts'
import { isManifestOf } from './round-manifest.ts'
import { aManifestOf, aSecureTask } from './secure-round.builders.ts'
import { secureMean, secureVector } from './secure-vector.ts'

const LENGTH = 40
const kernels = await loadKernels()

const aTask = (more: Partial<Pick<TaskFileInput, 'privacy' | 'strategy'>> = {}) =>
  aSecureTask({
    shape: [LENGTH],
    cohort: { target: 9, quorum: 4, overSelection: 1 },
    strategy: { name: 'rfa' },
    privacy: { mode: 'secure-aggregation', audience: 'demo', range: 4, metrics: { loss: 10 } },
    ...more,
  })

const aManifest = (file: TaskFile, clients: number, refines?: RoundId) =>
  aManifestOf(file, { round: 'digits.4', refines, cohort: { least: clients, most: clients } })
const third = RoundId.parse('digits.3')

const distance = (a: Float32Array, b: Float32Array) => Math.hypot(...a.map((x, i) => x - (b[i] ?? 0)))

/** z' = Σ βᵢ wᵢ / Σ βᵢ in float64. */
const weiszfeld = (points: readonly Float32Array[], z: Float32Array, nu: number): number[] => {
  const weights = points.map((point) => 1 / Math.max(nu, distance(point, z)))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return Array.from({ length: LENGTH }, (_, at) =>
    points.reduce((total, point, i) => total + ((weights[i] ?? 0) / sum) * (point[at] ?? 0), 0),
  )
}

describe('[M17] a sum of weights by distance', () => {
  test.each([
    { clients: 4, nu: 0.01, outlier: 4 },
    { clients: 9, nu: 0.01, outlier: 1 },
    { clients: 9, nu: 1, outlier: 4 },
    { clients: 60, nu: 1e-3, outlier: 4 },
  ])(
    'is the smoothed Weiszfeld step, within what rounding the weights and the values may come to: %o',
    ({ clients, nu, outlier }) => {
      const file = aTask({ strategy: { name: 'rfa', nu } })
      const random = seededRandom(`refining ${clients} ${nu} ${outlier}`)
      const points = Array.from({ length: clients }, (_, n) =>
        Float32Array.from({ length: LENGTH }, () => (n === 0 ? outlier : 0.2 * normal(random))),
      )
      const manifest = aManifest(file, clients, third)
      const { maxWeight, bits } = manifest.vector
      expect(maxWeight).toBe(largestLevel(bits, clients))
      let z = Float32Array.from({ length: LENGTH }, (_, at) =>
        points.reduce((sum, point) => sum + (point[at] ?? 0) / clients, 0),
      )
      for (let step = 0; step < 4; step++) {
        const exact = weiszfeld(points, z, nu)
        let weights = 0
        let distances = 0
        const words = new Uint32Array(LENGTH + 1)
        for (const point of points) {
          const delta = point.map((value, at) => value - (z[at] ?? 0))
          const far = distance(point, z)
          const examples = refiningWeight({ distance: far, nu, most: maxWeight })
          weights += examples
          distances += far
          const vector = { manifest, assignment: file, delta, examples, metrics: {}, kernels, random }
          for (const [at, word] of secureVector(vector).entries()) words[at] = (words[at] ?? 0) + word
        }
        const made = secureMean({ manifest, assignment: file, survivors: clients, words, kernels })
        if (made.kind !== 'mean') throw new Error(made.segment)
        expect(made.examples).toBe(weights)
        const next = z.map((value, at) => value + (made.delta[at] ?? 0))
        // Rounding of weights, of values (a level of each client at most), and of float32.
        const bound =
          (0.5 * distances) / weights + (Math.sqrt(LENGTH) * 8 * clients) / weights + 1e-6 * (1 + outlier)
        const error = Math.hypot(...next.map((value, at) => value - (exact[at] ?? 0)))
        expect(error).toBeLessThan(bound)
        expect(bound, 'and that is little').toBeLessThan(5e-3)
        z = next
      }
    },
  )

  test('counts nobody for nothing, whoever is close like one at ν, and twice as far for half', () => {
    const weight = (distance: number) => refiningWeight({ distance, nu: 0.01, most: 1_000 })
    expect([0, 0.005, 0.01, 0.02, 0.1, 5, 1e9].map(weight)).toEqual([1_000, 1_000, 1_000, 500, 100, 2, 1])
  })
})

describe('[M17] the manifest of a round that refines another', () => {
  test('names it, has the delta alone in twice the range, and is not the manifest of a round in which clients train', () => {
    const file = aTask()
    const manifest = aManifest(file, 5, third)
    expect(manifest).toMatchObject({
      refines: third,
      vector: { segments: [{ name: 'delta', length: LENGTH, bound: 8, averagedBy: 'examples' }] },
    })
    expect(isManifestOf(manifest, assignmentOf(file))).toBe(true)
    const { refines: _, ...trains } = manifest
    expect(isManifestOf(trains, assignmentOf(file))).toBe(false)
  })

  test('is none of a task whose strategy refines nothing', () => {
    const manifest = aManifest(aTask(), 5, third)
    const other = aTask({ strategy: { name: 'fedavg' } })
    expect(isManifestOf(manifest, assignmentOf(other))).toBe(false)
    expect(() => aManifest(other, 5, third)).toThrow(/no rounds that refine/)
    expect(assignmentOf(other)).not.toHaveProperty('refining')
  })

  test('counts every client alike where they train: who claims a thousand examples begins no nearer to itself', () => {
    const { vector } = aManifest(aTask(), 5)
    expect(vector.maxWeight).toBe(1)
    expect(vector.segments.map(({ name, bound }) => [name, bound])).toEqual([
      ['delta', 4],
      ['metric.loss', 10],
    ])
  })
})
