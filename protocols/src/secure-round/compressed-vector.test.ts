import { describe, expect, test } from 'vitest'
import { RoundId } from '../ids.ts'
import { plainKernels } from '../kernels/index.ts'
import { normal, seededRandom } from '../runtime/index.ts'
import { type Manifest, vectorLength } from '../secagg/index.ts'
import { assignmentOf } from '../task/assignment.ts'
import type { TaskFile, TaskFileInput } from '../task/task-file.ts'
import { backThroughStages, compressionSeed, throughStages } from '../updates/compression/stages.ts'
import { isManifestOf } from './round-manifest.ts'
import { noiseOfRound, promisedPrivacyOf } from './round-noise.ts'
import { aManifestOf, aSecureTask } from './secure-round.builders.ts'
import { secureMean, secureVector } from './secure-vector.ts'

const LENGTH = 100
const CLIENTS = 5
const kernels = plainKernels
const secure = { mode: 'secure-aggregation', audience: 'demo' } as const
const noised = (noiseMultiplier: number) => ({
  ...secure,
  differentialPrivacy: {
    mechanism: 'distributed' as const,
    budget: { epsilon: 1_000, delta: 1e-5 },
    participation: { most: 3 },
    noiseMultiplier,
    clipping: { kind: 'fixed' as const, clipNorm: 1 },
  },
})

const aTask = (
  compression: TaskFileInput['compression'],
  privacy: TaskFileInput['privacy'] = secure,
  clipNorm = 8,
) =>
  aSecureTask({
    shape: [LENGTH],
    clipNorm,
    cohort: { target: CLIENTS, quorum: CLIENTS, overSelection: 1 },
    privacy,
    compression,
  })

const aManifest = (file: TaskFile, more: { clip?: number | undefined; group?: number } = {}) =>
  aManifestOf(file, { cohort: { least: CLIENTS, most: CLIENTS }, ...more })

/** Deltas of this norm. */
const deltasOf = (norm: number) =>
  Array.from({ length: CLIENTS }, (_, n) => {
    const random = seededRandom(`client ${n}`)
    const values = Float32Array.from({ length: LENGTH }, () => normal(random))
    return values.map((value) => (value * norm) / Math.hypot(...values))
  })

const meanOf = (deltas: readonly Float32Array[]) =>
  Float32Array.from(
    { length: LENGTH },
    (_, at) => deltas.reduce((sum, delta) => sum + (delta[at] ?? 0), 0) / deltas.length,
  )

/** What the coordinator makes of so many clients' vectors. */
const summed = (file: TaskFile, deltas: readonly Float32Array[], clip?: number) => {
  const manifest = aManifest(file, { clip })
  const words = new Uint32Array(vectorLength(manifest.vector))
  for (const [n, delta] of deltas.entries()) {
    const vector = secureVector({
      manifest,
      assignment: file,
      delta,
      examples: 10,
      metrics: {},
      kernels,
      random: seededRandom(`rounding ${n}`),
    })
    expect(vector.length).toBe(words.length)
    for (const [at, word] of vector.entries()) words[at] = ((words[at] ?? 0) + word) >>> 0
  }
  const made = secureMean({ manifest, assignment: file, survivors: deltas.length, words, kernels })
  if (made.kind !== 'mean') throw new Error(made.segment)
  return { manifest, mean: made.delta, within: made.within }
}

const RANDOM = { sparsify: { kind: 'random-k', share: 0.25 } } as const
const STAGES = [RANDOM, { rotation: 'hadamard' }, { rotation: 'hadamard', ...RANDOM }] as const

describe('[M19] a masked vector of a task whose updates are compressed', () => {
  test.each(STAGES)('sums to what %j make of the mean, whatever each client’s is', (stages) => {
    const file = aTask(stages)
    const { compression } = file
    if (!compression) throw new Error('it is compressed')
    const deltas = deltasOf(4)
    const { manifest, mean } = summed(file, deltas)
    const seed = compressionSeed(manifest)
    const exact = backThroughStages(throughStages(meanOf(deltas), compression, seed), compression, {
      length: LENGTH,
      seed,
    })
    for (const [at, value] of exact.entries()) expect(mean[at]).toBeCloseTo(value, 4)
  })

  test('is as long as what travels, and a client can tell the manifest of another compression', () => {
    const lengths = STAGES.map((stages) => aManifest(aTask(stages)).vector.segments[0]?.length)
    expect(lengths).toEqual([25, 128, 32])
    const plain = assignmentOf(aTask(undefined))
    for (const stages of STAGES) {
      const file = aTask(stages)
      expect(isManifestOf(aManifest(file), assignmentOf(file))).toBe(true)
      if (stages !== STAGES[1]) expect(isManifestOf(aManifest(file), plain)).toBe(false)
    }
  })

  test('is the same coordinates for all groups and members of a round, and others in another', () => {
    const file = aTask(RANDOM)
    const [delta = new Float32Array()] = deltasOf(4)
    const vectorUnder = (manifest: Manifest) =>
      secureVector({
        manifest,
        assignment: file,
        delta,
        examples: 10,
        metrics: {},
        kernels,
        random: seededRandom('rounding'),
      })
    const [one, other] = [0, 1].map((group) => aManifest(file, { group }))
    if (!one || !other) throw new Error('there are two groups')
    expect(vectorUnder(other)).toEqual(vectorUnder(one))
    expect(vectorUnder({ ...one, round: RoundId.parse('digits.4') })).not.toEqual(vectorUnder(one))
  })

  test('of a rotated delta has levels over what a value of one of that norm comes to, and hardly one is beyond', () => {
    const bound = aManifest(aTask({ rotation: 'hadamard' })).vector.segments[0]?.bound ?? 0
    expect(aManifest(aTask(undefined)).vector.segments[0]?.bound).toBe(8)
    expect(bound).toBeCloseTo(8 * Math.sqrt((2 * Math.log((2 * 128) / 1e-6)) / 128), 6)
    const spike = new Float32Array(LENGTH)
    spike[3] = 8
    for (const delta of [spike, ...deltasOf(8)])
      for (const value of throughStages(delta, { rotation: 'hadamard' }, 'any seed'))
        expect(Math.abs(value)).toBeLessThan(bound)
  })

  test('follows the range of what travels', () => {
    const file = aTask({ rotation: 'hadamard' }, { ...secure, range: { kind: 'adaptive', first: 1 } })
    const spike = new Float32Array(LENGTH)
    spike[3] = 8
    // Turned, the spike is ±8/√128 everywhere.
    expect(summed(file, Array(CLIENTS).fill(spike), 0.8).within).toBeCloseTo(1, 3)
    expect(summed(file, Array(CLIENTS).fill(spike), 0.7).within).toBeCloseTo(0, 3)
  })

  test('holds no more than the levels of its bits, down to eight of each client’s', () => {
    const file = aTask({ rotation: 'hadamard' }, { ...secure, bits: 11, maxExamples: 10 })
    const deltas = deltasOf(4)
    const { mean, manifest } = summed(file, deltas)
    expect(manifest.vector.bits).toBe(11)
    const exact = meanOf(deltas)
    const error = Math.hypot(...mean.map((value, at) => value - (exact[at] ?? 0)))
    // A level is bound / 204; rounding by chance is at most half of one for each client and value, in standard deviation.
    const level = (manifest.vector.segments[0]?.bound ?? 0) / 204
    expect(error).toBeLessThan((1.5 * (level / 2) * Math.sqrt(128)) / Math.sqrt(CLIENTS))
  })

  test('has no place for top-k', () => {
    const file = aTask({ sparsify: { kind: 'top-k', share: 0.1 } })
    expect(() => summed(file, deltasOf(1))).toThrow('no sum adds them up')
  })
})

describe('[M19] under noise that clients add in shares', () => {
  test.each([RANDOM, { rotation: 'hadamard', ...RANDOM }] as const)(
    'of %j each delta is clipped before anything is left out, and the sum is rescaled after',
    (stages) => {
      const file = aTask(stages, noised(0.01), 100)
      const { compression } = file
      if (!compression) throw new Error('it is compressed')
      const { manifest, mean } = summed(file, deltasOf(3))
      const seed = compressionSeed(manifest)
      const clipped = meanOf(deltasOf(1))
      const exact = backThroughStages(throughStages(clipped, compression, seed), compression, {
        length: LENGTH,
        seed,
      })
      // Noise of 0.01 on the sum, a fifth of it on the mean, four times that rescaled.
      for (const [at, value] of exact.entries())
        expect(Math.abs((mean[at] ?? 0) - value)).toBeLessThan(5 * 0.008)
    },
  )

  test('no client’s part is longer than the norm, so that the noise is that of as many values and costs what it did', () => {
    for (const stages of STAGES)
      for (const delta of deltasOf(1)) {
        const through = throughStages(delta, aTask(stages).compression ?? {}, 'any seed')
        expect(Math.hypot(...through)).toBeLessThanOrEqual(1 + 1e-5)
      }
    const [whole, few] = [undefined, RANDOM].map((stages) => {
      const file = aTask(stages, noised(2))
      const promised = promisedPrivacyOf(file)
      if (!promised) throw new Error('it promises noise')
      return noiseOfRound(file, promised)
    })
    if (whole?.kind !== 'skellam' || few?.kind !== 'skellam') throw new Error('the noise is in shares')
    expect([whole.dimension, few.dimension]).toEqual([128, 32])
    for (const { variance, clients, l2 } of [whole, few])
      expect(Math.sqrt(variance * clients) / l2).toBeCloseTo(2, 2)
  })

  test('a vote behind the values is of the delta as it was', () => {
    const file = aTask(
      RANDOM,
      {
        ...secure,
        differentialPrivacy: {
          ...noised(0.01).differentialPrivacy,
          clipping: { kind: 'adaptive', clipNorm: 1, countNoise: 0.1 },
        },
      },
      100,
    )
    // Norms of 3 over all values are norms of 1½ over a quarter: with a norm of 2 none is within it, though what travels is.
    expect(summed(file, deltasOf(3), 2).within).toBeCloseTo(0, 0)
    expect(summed(file, deltasOf(1.9), 2).within).toBeCloseTo(1, 0)
  })
})
