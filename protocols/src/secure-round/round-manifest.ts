/** What a secure round of a task commits to: worked out by the coordinator, and checked by every client, from the assignment. */
import type { EncodedNonce, EncodedPublicKey } from '../crypto/encoded.ts'
import type { Digest, RoundId, TaskId } from '../ids.ts'
import { type DistributedPlan, distributedPlan } from '../privacy/mechanisms/distributed-plan.ts'
import { rotatedLength } from '../privacy/mechanisms/rotation.ts'
import type { DifferentialPrivacySpec } from '../privacy/privacy-spec.ts'
import { Manifest, type PrivacyPromise } from '../secagg/manifest.ts'
import type { VectorLayout } from '../secagg/vector-layout.ts'
import type { Assignment } from '../task/assignment.ts'
import { type ModelSpec, manifestOf } from '../task/model.ts'
import type { SecureAggregation } from '../task/privacy.ts'
import { totalElements } from '../tensors/index.ts'
import { survivorsOf } from './round-noise.ts'

/** The segment of the masked vector that holds the delta; metrics are in segments of their own. */
export const DELTA_SEGMENT = 'delta'
export const metricSegment = (metric: string): string => `${METRIC_PREFIX}${metric}`
/** The metric that a segment holds, if it holds one. */
export const metricOfSegment = (segment: string): string | undefined =>
  segment.startsWith(METRIC_PREFIX) ? segment.slice(METRIC_PREFIX.length) : undefined

const METRIC_PREFIX = 'metric.'

type Distributed = Extract<DifferentialPrivacySpec, { mechanism: 'distributed' }>

type RoundFacts = {
  task: TaskId
  round: RoundId
  /** Digest of the weights that are trained from. */
  model: Digest
  /** Digest of the encoded assignment. */
  plan: Digest
  /** `least`: the quorum; `most`: clients that may be in the sum. */
  cohort: { least: number; most: number }
  /** The coordinator's Ed25519 key. */
  coordinator: EncodedPublicKey
  seedCommitment: EncodedNonce
}

/**
 * The manifest of a secure round.
 * @throws RangeError for an assignment whose updates are not masked.
 */
export const manifestOfRound = (assignment: Assignment, facts: RoundFacts): Manifest => {
  const { privacy } = assignment
  if (privacy?.mode !== 'secure-aggregation') throw new RangeError('the assignment asks for no secure round')
  const { audience, adversary, corrupt, dropout, unmasking } = privacy
  const { task, round, model, plan, cohort, coordinator, seedCommitment } = facts
  return Manifest.parse({
    protocol: 'flsa/1',
    task,
    round,
    model,
    plan,
    coordinator,
    audience,
    cohort,
    graph: { adversary, corrupt, dropout, seedCommitment },
    unmasking,
    vector: vectorLayoutOf(assignment, privacy),
    privacy: promiseOf(privacy, cohort.least),
  })
}

/** Whether this is the manifest that the assignment makes of the round that it names. */
export const isManifestOf = (manifest: Manifest, assignment: Assignment): boolean => {
  if (assignment.privacy?.mode !== 'secure-aggregation') return false
  const { seedCommitment } = manifest.graph
  const expected = manifestOfRound(assignment, { ...manifest, seedCommitment })
  return JSON.stringify(expected) === JSON.stringify(Manifest.parse(manifest))
}

/** Grid and noise of a round whose clients add noise in shares; `undefined` where they add none. */
export const noisePlanOf = (manifest: Manifest, model: ModelSpec): DistributedPlan | undefined => {
  const { privacy, cohort, vector } = manifest
  if (privacy.mechanism !== 'client-noise') return undefined
  return distributedPlan({
    noise: privacy.noise,
    length: parametersOf(model),
    clipNorm: privacy.maxNorm,
    noiseMultiplier: privacy.noiseMultiplier,
    clients: cohort.most,
    survivors: privacy.survivors,
    modulusBits: vector.bits,
  })
}

const vectorLayoutOf = (assignment: Assignment, privacy: SecureAggregation): VectorLayout => {
  const { model, plan } = assignment
  const noise = distributedOf(privacy)
  const length = parametersOf(model)
  if (noise)
    return {
      bits: privacy.bits,
      // Every client counts alike: how much its example count would move the sum is not in the promise.
      maxWeight: 1,
      segments: [
        {
          name: DELTA_SEGMENT,
          length: rotatedLength(length),
          bound: noise.clipping.clipNorm,
          averagedBy: 'clients',
        },
      ],
    }
  const delta = {
    name: DELTA_SEGMENT,
    length,
    bound: privacy.range ?? plan.clipNorm ?? 1,
    averagedBy: 'examples' as const,
  }
  const metrics = Object.entries(privacy.metrics)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, bound]) => ({
      name: metricSegment(name),
      length: 1,
      bound,
      averagedBy: 'examples' as const,
    }))
  return { bits: privacy.bits, maxWeight: privacy.maxExamples, segments: [delta, ...metrics] }
}

const promiseOf = (privacy: SecureAggregation, quorum: number): PrivacyPromise => {
  const noise = distributedOf(privacy)
  if (!noise) return { mechanism: 'none' }
  return {
    mechanism: 'client-noise',
    noiseMultiplier: noise.noiseMultiplier,
    maxNorm: noise.clipping.clipNorm,
    noise: noise.noise,
    survivors: survivorsOf(noise, quorum),
  }
}

const distributedOf = ({ differentialPrivacy }: SecureAggregation): Distributed | undefined =>
  differentialPrivacy?.mechanism === 'distributed' ? differentialPrivacy : undefined

const parametersOf = (model: ModelSpec): number => totalElements(manifestOf(model))
