import { describe, expect, test } from 'vitest'
import { Digest, ModelVersion } from '../ids.ts'
import { plainKernels } from '../kernels/index.ts'
import { valueMultiplier } from '../privacy/mechanisms/adaptive-clip.ts'
import { seededRandom } from '../runtime/seeded-random.ts'
import { manifestDigest } from '../secagg/manifest.ts'
import { assignmentOf } from '../task/assignment.ts'
import type { TaskFile, TaskFileInput } from '../task/task-file.ts'
import { isManifestOf } from './round-manifest.ts'
import { aManifestOf, aSecureTask } from './secure-round.builders.ts'
import { secureMean, secureVector } from './secure-vector.ts'

const aTask = (privacy: TaskFileInput['privacy'], strategy?: TaskFileInput['strategy']) =>
  aSecureTask({
    shape: [5, 2],
    clipNorm: 2,
    cohort: { target: 6, quorum: 4, overSelection: 1 },
    privacy,
    strategy,
  })

const manifestUnder = (file: TaskFile, clip?: number) =>
  aManifestOf(file, { cohort: { least: 4, most: 6 }, clip })

const someClients = (length: number) =>
  Array.from({ length: 5 }, (_, n) => {
    const random = seededRandom(`client ${n}`)
    const bytes = random.bytes(length)
    return {
      delta: Float32Array.from(bytes, (byte) => (byte - 128) / 256),
      examples: 10 + 7 * n,
      metrics: { loss: 0.5 + n, accuracy: 0.1 * n },
      random,
    }
  })

/** The words of all clients added up, as a coordinator has them once every mask is off. */
const sumOf = (vectors: readonly Uint32Array[]): Uint32Array => {
  const [first = new Uint32Array()] = vectors
  return Uint32Array.from(first, (_, at) =>
    vectors.reduce((sum, vector) => (sum + (vector[at] ?? 0)) >>> 0, 0),
  )
}

describe('[M8] what is summed under the mask', () => {
  const secure = { mode: 'secure-aggregation', audience: 'demo', metrics: { loss: 10, accuracy: 1 } } as const

  test('is the mean of deltas and metrics by examples, within a level of the quantizer', () => {
    const file = aTask(secure)
    const manifest = manifestUnder(file)
    const clients = someClients(10)
    const words = clients.map((client) =>
      secureVector({ manifest, assignment: file, kernels: plainKernels, ...client }),
    )
    const mean = secureMean({
      manifest,
      assignment: file,
      survivors: 5,
      words: sumOf(words),
      kernels: plainKernels,
    })
    if (mean.kind !== 'mean') throw new Error(mean.segment)
    const examples = clients.reduce((sum, client) => sum + client.examples, 0)
    expect(mean.examples).toBe(examples)
    const meanOf = (value: (client: (typeof clients)[number]) => number) =>
      clients.reduce((sum, client) => sum + value(client) * client.examples, 0) / examples
    for (const at of mean.delta.keys())
      expect(mean.delta[at]).toBeCloseTo(
        meanOf(({ delta }) => delta[at] ?? 0),
        4,
      )
    expect(mean.metrics.loss).toBeCloseTo(
      meanOf(({ metrics }) => metrics.loss),
      3,
    )
    expect(mean.metrics.accuracy).toBeCloseTo(
      meanOf(({ metrics }) => metrics.accuracy),
      4,
    )
  })

  test('names the metric that a trainer does not give', () => {
    const file = aTask(secure)
    const [client] = someClients(10)
    if (!client) throw new Error('there is a client')
    const manifest = manifestUnder(file)
    const vector = (metrics: Record<string, number>) =>
      secureVector({ manifest, assignment: file, kernels: plainKernels, ...client, metrics })
    expect(() => vector({ loss: 1 })).toThrow('sums the metric accuracy, and the trainer gave none')
    expect(() => vector({ loss: Number.NaN, accuracy: 1 })).toThrow(
      'sums the metric loss, and the trainer gave NaN',
    )
  })

  test('is no sum of honest vectors where the weight is impossible', () => {
    const file = aTask(secure)
    const manifest = manifestUnder(file)
    const words = new Uint32Array(13).fill(7)
    expect(secureMean({ manifest, assignment: file, survivors: 9, words, kernels: plainKernels })).toEqual({
      kind: 'out-of-range',
      segment: 'weight',
    })
  })
})

describe('[M18] a change of control variates under the mask', () => {
  const scaffold = (controlRange?: number) =>
    aTask(
      { mode: 'secure-aggregation', audience: 'demo', metrics: { loss: 10 } },
      { name: 'scaffold', population: 6, ...(controlRange !== undefined && { controlRange }) },
    )
  const digestOfControl = Digest.parse(`sha256:${'c0'.repeat(32)}`)

  test('is one more segment of its own range, and its mean is by examples, as the delta’s', () => {
    const file = scaffold(3)
    const manifest = manifestUnder(file)
    expect(manifest.vector.segments.slice(0, 2)).toMatchObject([
      { name: 'delta', length: 10, bound: 2 },
      { name: 'control', length: 10, bound: 3 },
    ])
    const clients = someClients(10).map((client) => ({
      ...client,
      control: client.delta.map((value) => -5 * value),
    }))
    const words = clients.map((client) =>
      secureVector({ manifest, assignment: file, kernels: plainKernels, ...client }),
    )
    const mean = secureMean({
      manifest,
      assignment: file,
      survivors: 5,
      words: sumOf(words),
      kernels: plainKernels,
    })
    if (mean.kind !== 'mean') throw new Error(mean.segment)
    const examples = clients.reduce((sum, client) => sum + client.examples, 0)
    for (const at of mean.delta.keys()) {
      const meanOf = (vector: 'delta' | 'control') =>
        clients.reduce((sum, client) => sum + (client[vector][at] ?? 0) * client.examples, 0) / examples
      expect(mean.delta[at]).toBeCloseTo(meanOf('delta'), 4)
      expect(mean.control?.[at]).toBeCloseTo(meanOf('control'), 4)
    }
  })

  test('is not left out by a client, and not had where the strategy has none', () => {
    const file = scaffold()
    const manifest = manifestUnder(file)
    const [client] = someClients(10)
    if (!client) throw new Error('there is a client')
    expect(() => secureVector({ manifest, assignment: file, kernels: plainKernels, ...client })).toThrow(
      'the round sums changes of control variates, and there is none',
    )
    const plain = aTask({ mode: 'secure-aggregation', audience: 'demo' })
    expect(manifestUnder(plain).vector.segments.map(({ name }) => name)).toEqual(['delta'])
  })

  test('goes with what the manifest says is carried, which is part of what is committed to', () => {
    const file = scaffold()
    const manifest = manifestUnder(file)
    const carried = { since: ModelVersion.parse(2), control: digestOfControl }
    expect(isManifestOf({ ...manifest, carried }, assignmentOf(file))).toBe(true)
    expect(manifestDigest({ ...manifest, carried })).not.toBe(manifestDigest(manifest))
    expect(isManifestOf(manifestUnder(scaffold(2)), assignmentOf(file))).toBe(false)
  })
})

describe('under noise that clients add in shares', () => {
  const noised = (noiseMultiplier: number) =>
    ({
      mode: 'secure-aggregation',
      audience: 'demo',
      differentialPrivacy: {
        mechanism: 'distributed',
        budget: { epsilon: 50, delta: 1e-5 },
        participation: { most: 3 },
        noiseMultiplier,
        clipping: { kind: 'fixed', clipNorm: 1 },
      },
    }) as const

  const sumUnder = (noiseMultiplier: number) => {
    const file = aTask(noised(noiseMultiplier))
    const manifest = manifestUnder(file)
    const clients = someClients(10)
    const words = clients.map((client) =>
      secureVector({ manifest, assignment: file, kernels: plainKernels, ...client }),
    )
    return { file, manifest, clients, words: sumOf(words) }
  }

  test('each client counts alike, clipped, and the sum is divided by the quorum', () => {
    const { file, manifest, clients, words } = sumUnder(0.01)
    const mean = secureMean({ manifest, assignment: file, survivors: 5, words, kernels: plainKernels })
    if (mean.kind !== 'mean') throw new Error(mean.segment)
    const clipped = clients.map(({ delta }) => {
      const norm = Math.hypot(...delta)
      return delta.map((value) => value * Math.min(1, 1 / norm))
    })
    for (const at of mean.delta.keys()) {
      const exact = clipped.reduce((sum, delta) => sum + (delta[at] ?? 0), 0) / 4
      // Noise of standard deviation 0.01 on the sum.
      expect(Math.abs((mean.delta[at] ?? 0) - exact)).toBeLessThan(0.02)
    }
    expect([mean.examples, mean.metrics]).toEqual([5, {}])
  })

  test('a sum that was said to be of other clients is none', () => {
    const { file, manifest, words } = sumUnder(1)
    expect(secureMean({ manifest, assignment: file, survivors: 4, words, kernels: plainKernels })).toEqual({
      kind: 'out-of-range',
      segment: 'weight',
    })
  })

  test('the manifest promises what the assignment asks for, and a client can tell another', () => {
    const { manifest, file } = sumUnder(1)
    expect(manifest.privacy).toEqual({
      mechanism: 'client-noise',
      noiseMultiplier: 1,
      maxNorm: 1,
      noise: 'skellam',
      survivors: 3,
    })
    expect(isManifestOf(manifest, assignmentOf(file))).toBe(true)
    for (const other of [
      { ...manifest, privacy: { mechanism: 'none' as const } },
      { ...manifest, unmasking: 'confirmed' as const },
      { ...manifest, vector: { ...manifest.vector, bits: 20 } },
    ])
      expect(isManifestOf(other, assignmentOf(file))).toBe(false)
  })
})

/** What five clients with these lengths of delta sum up to under a manifest. */
const meanOfNorms = (file: TaskFile, clip: number, norms: readonly number[]) => {
  const manifest = manifestUnder(file, clip)
  const words = norms.map((norm, n) =>
    secureVector({
      manifest,
      assignment: file,
      delta: Float32Array.of(norm, ...Array(9).fill(0)),
      examples: 1 + n,
      metrics: {},
      kernels: plainKernels,
      random: seededRandom(`client ${n}`),
    }),
  )
  const survivors = norms.length
  const mean = secureMean({
    manifest,
    assignment: file,
    survivors,
    words: sumOf(words),
    kernels: plainKernels,
  })
  if (mean.kind !== 'mean') throw new Error(mean.segment)
  return { manifest, mean }
}

describe('[M15] where what a round clips to follows the clients', () => {
  const noised = (noiseMultiplier: number, countNoise: number) =>
    aTask({
      mode: 'secure-aggregation',
      audience: 'demo',
      differentialPrivacy: {
        mechanism: 'distributed',
        budget: { epsilon: 1_000, delta: 1e-5 },
        participation: { most: 3 },
        noiseMultiplier,
        clipping: { kind: 'adaptive', clipNorm: 0.1, countNoise },
      },
    })
  const ranged = aTask({
    mode: 'secure-aggregation',
    audience: 'demo',
    range: { kind: 'adaptive', first: 0.1 },
  })

  test('a vote behind the delta, under the same noise, says how many were within the norm', () => {
    // Half a vote is C / 10 here, and the noise a hundredth of C: shares of it are sized for three of five.
    const { mean } = meanOfNorms(noised(0.01, 0.05), 0.5, [0.1, 0.2, 0.6, 3, 40])
    expect(Math.abs((mean.within ?? Number.NaN) - 2 / 5)).toBeLessThan(0.1)
    const [first = Number.NaN] = mean.delta
    expect(Math.abs(first - (0.1 + 0.2 + 3 * 0.5) / 4)).toBeLessThan(0.02)
    expect(mean.delta).toHaveLength(10)
  })

  test('a third of the count’s noise is in each of the three shares that are sure, and of what it leaves for the values', () => {
    const [z, countNoise, clip, quorum] = [1, 0.8, 0.5, 4]
    const file = noised(z, countNoise)
    const manifest = manifestUnder(file, clip)
    const counts: number[] = []
    const values: number[] = []
    for (let n = 0; n < 100; n++) {
      const words = secureVector({
        manifest,
        assignment: file,
        delta: new Float32Array(10),
        examples: 1,
        metrics: {},
        kernels: plainKernels,
        random: seededRandom(`noise ${n}`),
      })
      const mean = secureMean({ manifest, assignment: file, survivors: 1, words, kernels: plainKernels })
      if (mean.kind !== 'mean') throw new Error(mean.segment)
      counts.push((mean.within ?? Number.NaN) - 1)
      values.push(...Array.from(mean.delta, (value) => value * quorum))
    }
    const left = valueMultiplier({ multiplier: z, countNoise }) * clip
    expect(Math.abs((deviationOf(counts) * Math.sqrt(3)) / countNoise - 1)).toBeLessThan(0.25)
    expect(Math.abs((deviationOf(values) * Math.sqrt(3)) / left - 1)).toBeLessThan(0.1)
  })

  test('and there is no noise, how many had every value within the range is summed as it is', () => {
    const { mean, manifest } = meanOfNorms(ranged, 0.5, [0.1, 0.2, 0.6, 3, 0.5])
    expect(mean.within).toBeCloseTo(3 / 5, 6)
    expect(manifest.vector.segments).toMatchObject([
      { name: 'delta', bound: 0.5 },
      { name: 'within', length: 1, bound: 1, averagedBy: 'clients' },
    ])
    // Held to 0.5 by those that were beyond, weighted by 1 to 5 examples.
    expect(mean.delta[0]).toBeCloseTo((0.1 + 0.4 + 1.5 + 2 + 2.5) / 15, 4)
  })

  test('the manifest commits to it, and a client can tell that it is nothing else than the task asks for', () => {
    for (const file of [noised(1, 2), ranged]) {
      const manifest = manifestUnder(file, 0.25)
      expect(isManifestOf(manifest, assignmentOf(file))).toBe(true)
      const twice = manifest.vector.segments.map((segment) =>
        segment.name === 'delta' ? { ...segment, bound: 0.5 } : segment,
      )
      const other = { ...manifest, vector: { ...manifest.vector, segments: twice } }
      // Without noise another range is that of another round; with noise the vector's is the promise's.
      expect(isManifestOf(other, assignmentOf(file))).toBe(file === ranged)
      const renamed = manifest.vector.segments.map((segment) =>
        segment.name === 'delta' ? { ...segment, name: 'other' } : segment,
      )
      const none = { ...manifest, vector: { ...manifest.vector, segments: renamed } }
      expect(isManifestOf(none, assignmentOf(file))).toBe(false)
      expect(() => manifestUnder(file)).toThrow('says what it clips to')
    }
    expect(manifestUnder(noised(1, 2), 0.25).privacy).toEqual({
      mechanism: 'client-noise',
      noiseMultiplier: 1,
      maxNorm: 0.25,
      noise: 'skellam',
      survivors: 3,
      countNoise: 2,
    })
    const quieter = { ...manifestUnder(noised(1, 2), 0.25).privacy, countNoise: 40 } as const
    expect(
      isManifestOf({ ...manifestUnder(noised(1, 2), 0.25), privacy: quieter }, assignmentOf(noised(1, 2))),
    ).toBe(false)
  })
})

const deviationOf = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
