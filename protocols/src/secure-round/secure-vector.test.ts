import { describe, expect, test } from 'vitest'
import { encodeNonce, encodePublicKey } from '../crypto/encoded.ts'
import { Digest, RoundId, TaskId } from '../ids.ts'
import { plainKernels } from '../kernels/index.ts'
import { seededRandom } from '../runtime/seeded-random.ts'
import { seedPartCommitment } from '../secagg/session.ts'
import type { Assignment } from '../task/assignment.ts'
import { TaskFile, type TaskFileInput } from '../task/task-file.ts'
import { isManifestOf, manifestOfRound } from './round-manifest.ts'
import { secureMean, secureVector } from './secure-vector.ts'

const model: TaskFileInput['model'] = {
  format: 'custom',
  trainer: 'linear',
  tensors: [{ name: 'w', shape: [5, 2], dtype: 'F32' }],
  initial: { kind: 'seeded', seed: 1 },
}
const digest = Digest.parse(`sha256:${'5c'.repeat(32)}`)

const aTask = (privacy: TaskFileInput['privacy']) =>
  TaskFile.parse({
    id: 'digits',
    model,
    plan: {
      epochs: 1,
      batchSize: 10,
      optimizer: { name: 'sgd', learningRate: 0.1 },
      loss: 'softmax-cross-entropy',
      clipNorm: 2,
    },
    cohort: { target: 6, quorum: 4, overSelection: 1 },
    privacy,
  })

const manifestUnder = ({ model, plan, privacy }: Assignment) =>
  manifestOfRound(
    { model, plan, privacy },
    {
      task: TaskId.parse('digits'),
      round: RoundId.parse('digits.3'),
      model: digest,
      plan: digest,
      cohort: { least: 4, most: 6 },
      coordinator: encodePublicKey(new Uint8Array(32).fill(9)),
      seedCommitment: encodeNonce(seedPartCommitment(new Uint8Array(32))),
    },
  )

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
      secureVector({ manifest, model: file.model, kernels: plainKernels, ...client }),
    )
    const mean = secureMean({
      manifest,
      model: file.model,
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
      secureVector({ manifest, model: file.model, kernels: plainKernels, ...client, metrics })
    expect(() => vector({ loss: 1 })).toThrow('sums the metric accuracy, and the trainer gave none')
    expect(() => vector({ loss: Number.NaN, accuracy: 1 })).toThrow(
      'sums the metric loss, and the trainer gave NaN',
    )
  })

  test('is no sum of honest vectors where the weight is impossible', () => {
    const file = aTask(secure)
    const manifest = manifestUnder(file)
    const words = new Uint32Array(13).fill(7)
    expect(secureMean({ manifest, model: file.model, survivors: 9, words, kernels: plainKernels })).toEqual({
      kind: 'out-of-range',
      segment: 'weight',
    })
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
      secureVector({ manifest, model: file.model, kernels: plainKernels, ...client }),
    )
    return { file, manifest, clients, words: sumOf(words) }
  }

  test('each client counts alike, clipped, and the sum is divided by the quorum', () => {
    const { file, manifest, clients, words } = sumUnder(0.01)
    const mean = secureMean({ manifest, model: file.model, survivors: 5, words, kernels: plainKernels })
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
    expect(secureMean({ manifest, model: file.model, survivors: 4, words, kernels: plainKernels })).toEqual({
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
    expect(isManifestOf(manifest, file)).toBe(true)
    for (const other of [
      { ...manifest, privacy: { mechanism: 'none' as const } },
      { ...manifest, unmasking: 'confirmed' as const },
      { ...manifest, vector: { ...manifest.vector, bits: 20 } },
    ])
      expect(isManifestOf(other, file)).toBe(false)
  })
})
