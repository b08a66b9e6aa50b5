/** What travels under the mask of a secure round: a client's update as levels, and the sum of many as their mean. */
import type { Kernels, VectorKernels } from '../kernels/kernels.ts'
import { decodeSum, encodeShare } from '../privacy/mechanisms/distributed-share.ts'
import { type Voting, withoutVotes, withVote } from '../privacy/mechanisms/vote.ts'
import type { Random } from '../runtime/random.ts'
import { type Manifest, manifestDigest } from '../secagg/manifest.ts'
import { dequantizeSum, quantizeVector, type SumRefusal } from '../secagg/quantize-vector.ts'
import type { Assignment } from '../task/assignment.ts'
import { manifestOf } from '../task/plain-model.ts'
import { totalElements } from '../tensors/index.ts'
import { backThroughStages, compressionSeed, throughStages } from '../updates/compression/stages.ts'
import { CONTROL_SEGMENT, DELTA_SEGMENT, metricOfSegment, WITHIN_SEGMENT } from './round-layout.ts'
import { noisePlanOf } from './round-manifest.ts'

type Form = Pick<Assignment, 'model' | 'compression'>
type Stages = (vector: Float32Array) => Float32Array

/**
 * A client's update as words to be masked (`maskVector`). Where the round's clients add noise, the delta is clipped, rotated, rounded and
 * noised, and counts once whatever its examples. Where what the round clips to follows the clients, whether the delta was within it goes with it.
 * Under compression the delta is clipped first, and then what its linear stages make of it stands for it.
 * @param input.delta In the order of the model's tensors, finite.
 * @param input.control By how much the client's control variate has changed, where the round sums that too.
 * @param input.metrics One for each metric that the manifest sums, finite.
 * @param input.random The platform's cryptographic source.
 * @throws RangeError naming a metric that is missing or not finite, a control that is missing, or a delta of another length.
 */
export const secureVector = (input: {
  manifest: Manifest
  assignment: Form
  delta: Float32Array
  control?: Float32Array | undefined
  examples: number
  metrics: Readonly<Record<string, number>>
  kernels: VectorKernels
  random: Random
}): Uint32Array => {
  const { manifest, assignment, delta, control, examples, metrics, kernels, random } = input
  const plan = noisePlanOf(manifest, assignment)
  const { compression } = assignment
  const sent =
    compression && ((vector: Float32Array) => throughStages(vector, compression, compressionSeed(manifest)))
  if (plan) {
    const values = withoutNoise(delta, { manifest, kernels, sent })
    const share = encodeShare(values, { plan, rotation: manifestDigest(manifest), random, kernels })
    values.fill(0)
    const words = new Uint32Array(1 + share.length)
    words[0] = 1
    words.set(share, 1)
    return words
  }
  const compressed = sent?.(delta) ?? delta
  const values = Object.fromEntries(
    manifest.vector.segments.map(({ name }) => {
      if (name === WITHIN_SEGMENT) return [name, Float32Array.of(isWithin(compressed, manifest) ? 1 : 0)]
      if (name === CONTROL_SEGMENT) return [name, requireControl(control)]
      const metric = metricOfSegment(name)
      return [name, metric === undefined ? compressed : Float32Array.of(requireMetric(metrics, metric))]
    }),
  )
  return quantizeVector({
    layout: manifest.vector,
    clients: manifest.cohort.most,
    weight: examples,
    values,
    kernels,
    random,
  }).words
}

export type SecureMean = {
  kind: 'mean'
  /** Σ nᵢΔᵢ / Σ nᵢ; under noise the noised sum over the quorum, a number fixed beforehand. */
  delta: Float32Array
  /** Of a round that sums it: the mean change of control variates, by examples. */
  control?: Float32Array
  /** Of all survivors together; under noise how many those are. */
  examples: number
  /** Means over the survivors by examples; under noise none. */
  metrics: Record<string, number>
  /** Of a round whose clip follows the clients: how many of the survivors were within it. Under noise it may lie outside [0, 1]. */
  within?: number
}

/** The mean of the survivors' updates from their unmasked sum, or why so many honest ones do not add up to it. */
export const secureMean = (input: {
  manifest: Manifest
  assignment: Form
  survivors: number
  /** The sum modulo 2³², every mask taken off. */
  words: Uint32Array
  kernels: Kernels
}): SecureMean | SumRefusal => {
  const { manifest, assignment, survivors, words, kernels } = input
  const plan = noisePlanOf(manifest, assignment)
  const { compression, model } = assignment
  const length = totalElements(manifestOf(model))
  const received = (vector: Float32Array) =>
    compression ? backThroughStages(vector, compression, { length, seed: compressionSeed(manifest) }) : vector
  if (plan) {
    const modulus = 2 ** manifest.vector.bits
    if ((words[0] ?? 0) % modulus !== survivors) return { kind: 'out-of-range', segment: 'weight' }
    const sum = decodeSum(words.slice(1), { plan, rotation: manifestDigest(manifest) })
    const told = { kind: 'mean', examples: survivors, metrics: {} } as const
    const voting = votingOf(manifest)
    const { sum: noised, within } = voting ? withoutVotes(sum, { ...voting, clients: survivors }) : { sum }
    const delta = received(noised)
    kernels.scale(delta, 1 / manifest.cohort.least)
    return { ...told, delta, ...(within !== undefined && { within }) }
  }
  const sum = dequantizeSum({
    layout: manifest.vector,
    clients: manifest.cohort.most,
    survivors,
    sum: words,
    kernels,
  })
  if (sum.kind !== 'sum') return sum
  const metrics: Record<string, number> = {}
  const vectors: { delta: Float32Array; control?: Float32Array } = { delta: new Float32Array() }
  let within: number | undefined
  for (const [name, segment] of Object.entries(sum.segments)) {
    const metric = metricOfSegment(name)
    if (metric !== undefined) metrics[metric] = (segment.sum[0] ?? 0) / segment.divisor
    else if (name === WITHIN_SEGMENT) within = (segment.sum[0] ?? 0) / segment.divisor
    else if (name === DELTA_SEGMENT || name === CONTROL_SEGMENT) {
      const mean = new Float32Array(segment.sum)
      kernels.scale(mean, 1 / segment.divisor)
      vectors[name] = name === DELTA_SEGMENT ? received(mean) : mean
    }
  }
  const examples = Math.round(sum.examples)
  return { kind: 'mean', ...vectors, examples, metrics, ...(within !== undefined && { within }) }
}

/** What a client adds its noise to, in memory of its own: its delta, and its vote behind it where it has one. */
const withoutNoise = (
  delta: Float32Array,
  { manifest, kernels, sent }: { manifest: Manifest; kernels: VectorKernels; sent: Stages | undefined },
): Float32Array => {
  const voting = votingOf(manifest)
  const values = voting ? withVote(delta, { ...voting, kernels }) : delta.slice()
  if (!sent || manifest.privacy.mechanism === 'none') return values
  // Clipped before the stages, which make nothing longer, so that what they leave out is not made up for.
  const clipped = values.subarray(0, delta.length)
  const norm = kernels.norm(clipped)
  if (norm > manifest.privacy.maxNorm) kernels.scale(clipped, manifest.privacy.maxNorm / norm)
  const through = sent(clipped)
  const whole = new Float32Array(through.length + values.length - delta.length)
  whole.set(through)
  whole.set(values.subarray(delta.length), through.length)
  through.fill(0)
  values.fill(0)
  return whole
}

/** How the clients of a round vote on the norm that they clip to, if they do. */
const votingOf = ({ privacy }: Manifest): Voting | undefined => {
  if (privacy.mechanism !== 'client-noise' || privacy.countNoise === undefined) return undefined
  const { maxNorm: clipNorm, noiseMultiplier, countNoise } = privacy
  return { clipNorm, noiseMultiplier, countNoise }
}

/** Whether no value of the delta has to be held to the range. */
const isWithin = (delta: Float32Array, { vector }: Manifest): boolean => {
  const range = vector.segments.find(({ name }) => name === DELTA_SEGMENT)?.bound ?? 0
  return delta.every((value) => Math.abs(value) <= range)
}

const requireControl = (control: Float32Array | undefined): Float32Array => {
  if (control) return control
  throw new RangeError('the round sums changes of control variates, and there is none')
}

const requireMetric = (metrics: Readonly<Record<string, number>>, name: string): number => {
  const value = metrics[name]
  if (value !== undefined && Number.isFinite(value)) return value
  throw new RangeError(
    `the round sums the metric ${name}, and the trainer ${value === undefined ? 'gave none' : `gave ${value}`}`,
  )
}
