/** What a secure round of a task commits to: worked out by the coordinator, and checked by every client, from the assignment. */
import type { EncodedNonce, EncodedPublicKey } from '../crypto/encoded.ts'
import type { Digest, RoundId, TaskId } from '../ids.ts'
import type { DistributedPlan } from '../privacy/mechanisms/distributed-plan.ts'
import { rotatedLength } from '../privacy/mechanisms/rotation.ts'
import type { DifferentialPrivacySpec } from '../privacy/privacy-spec.ts'
import { Manifest, type PrivacyPromise } from '../secagg/manifest.ts'
import { largestLevel, maskedBytes, type VectorLayout } from '../secagg/vector-layout.ts'
import type { Assignment } from '../task/assignment.ts'
import type { ModelSpec } from '../task/model.ts'
import { manifestOf } from '../task/plain-model.ts'
import type { SecureAggregation } from '../task/privacy.ts'
import { totalElements } from '../tensors/index.ts'
import { sentValues } from '../updates/compression/stages.ts'
import { survivorsOf } from './round-noise.ts'
import { sharesPlan } from './shares-plan.ts'

/** The segment of the masked vector that holds the delta; metrics are in segments of their own. */
export const DELTA_SEGMENT = 'delta'
/** By how much the client's control variate has changed (SCAFFOLD), as long as the delta. */
export const CONTROL_SEGMENT = 'control'
/** One value: 1 where the client's delta was within the range of the round, which follows them. */
export const WITHIN_SEGMENT = 'within'
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
  /** Where clients keep a vector from round to round (R29). */
  carried?: Manifest['carried']
  /** `least`: the group's quorum; `most`: clients that may be in its sum. */
  cohort: { least: number; most: number }
  /** Which of several groups. */
  group?: number | undefined
  /** The coordinator's Ed25519 key. */
  coordinator: EncodedPublicKey
  seedCommitment: EncodedNonce
  /** What the round clips to, where that follows the clients. */
  clip?: number | undefined
  /** The round in which clients trained what they send again. */
  refines?: RoundId | undefined
}

/**
 * The manifest of a secure round.
 * @throws RangeError for an assignment whose updates are not masked, that follows the clients where `clip` is not given, or in which nobody refines
 * where `refines` is.
 */
export const manifestOfRound = (assignment: Assignment, facts: RoundFacts): Manifest => {
  const { privacy } = assignment
  if (privacy?.mode !== 'secure-aggregation') throw new RangeError('the assignment asks for no secure round')
  const { audience, adversary, corrupt, dropout, unmasking } = privacy
  const { task, round, model, plan, carried, cohort, coordinator, seedCommitment, clip, group, refines } =
    facts
  return Manifest.parse({
    protocol: 'flsa/1',
    task,
    round,
    ...(refines !== undefined && { refines }),
    model,
    plan,
    ...(carried && { carried }),
    coordinator,
    audience,
    cohort,
    graph: { adversary, corrupt, dropout, seedCommitment },
    ...(group !== undefined && { group }),
    unmasking,
    vector:
      refines === undefined
        ? vectorLayoutOf(assignment, privacy, clip)
        : refiningLayoutOf(assignment, privacy, cohort.most),
    privacy: promiseOf(privacy, cohort.least, clip),
  })
}

/**
 * Bytes of a client's masked vector in a round that refines no other. They do not depend on what it clips to.
 * @throws RangeError for an assignment whose updates are not masked.
 */
export const maskedVectorBytes = (assignment: Assignment): number => {
  const { privacy } = assignment
  if (privacy?.mode !== 'secure-aggregation') throw new RangeError('the assignment asks for no secure round')
  return maskedBytes(vectorLayoutOf(assignment, privacy, 1))
}

/** Whether this is the manifest that the assignment makes of the round that it names, whatever it clips to where that follows the clients. */
export const isManifestOf = (manifest: Manifest, assignment: Assignment): boolean => {
  if (assignment.privacy?.mode !== 'secure-aggregation') return false
  const { seedCommitment } = manifest.graph
  const clip = clipOf(manifest)
  if (clip === undefined || (manifest.refines !== undefined && !assignment.refining)) return false
  const expected = manifestOfRound(assignment, { ...manifest, seedCommitment, clip })
  return JSON.stringify(expected) === JSON.stringify(Manifest.parse(manifest))
}

/** Grid and noise of a round whose clients add noise in shares; `undefined` where they add none. */
export const noisePlanOf = (
  manifest: Manifest,
  assignment: Pick<Assignment, 'model' | 'compression'>,
): DistributedPlan | undefined => {
  const { privacy, cohort, vector } = manifest
  if (privacy.mechanism !== 'client-noise') return undefined
  return sharesPlan({
    noise: privacy.noise,
    length: sentOf(assignment),
    clipNorm: privacy.maxNorm,
    countNoise: privacy.countNoise,
    noiseMultiplier: privacy.noiseMultiplier,
    clients: cohort.most,
    survivors: privacy.survivors,
    modulusBits: vector.bits,
  })
}

/** What a round clips to: the norm of deltas, or without noise the range of their values. */
const clipOf = ({ privacy, vector }: Manifest): number | undefined =>
  privacy.mechanism === 'none'
    ? vector.segments.find(({ name }) => name === DELTA_SEGMENT)?.bound
    : privacy.maxNorm

const vectorLayoutOf = (
  assignment: Assignment,
  privacy: SecureAggregation,
  clip: number | undefined,
): VectorLayout => {
  const { refining, strategy } = assignment
  const noise = distributedOf(privacy)
  const length = sentOf(assignment)
  if (noise)
    return {
      bits: privacy.bits,
      // Every client counts alike: how much its example count would move the sum is not in the promise.
      maxWeight: 1,
      segments: [
        {
          name: DELTA_SEGMENT,
          // A vote is one more value behind the delta.
          length: rotatedLength(length + (noise.clipping.kind === 'adaptive' ? 1 : 0)),
          bound: normOf(noise, clip),
          averagedBy: 'clients',
        },
      ],
    }
  const follows = typeof privacy.range === 'object'
  const delta = {
    name: DELTA_SEGMENT,
    length,
    bound: typeof privacy.range === 'object' ? followed(clip) : fixedRangeOf(assignment, privacy.range),
    averagedBy: 'examples' as const,
  }
  const control = {
    name: CONTROL_SEGMENT,
    length,
    bound: (strategy?.name === 'scaffold' && strategy.controlRange) || 1,
    averagedBy: 'examples' as const,
  }
  const within = { name: WITHIN_SEGMENT, length: 1, bound: 1, averagedBy: 'clients' as const }
  const metrics = Object.entries(privacy.metrics)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, bound]) => ({
      name: metricSegment(name),
      length: 1,
      bound,
      averagedBy: 'examples' as const,
    }))
  return {
    bits: privacy.bits,
    // Of sums that go on from this one: who claims many examples would begin near itself, and stay there.
    maxWeight: refining ? 1 : privacy.maxExamples,
    segments: [
      delta,
      ...(strategy?.name === 'scaffold' ? [control] : []),
      ...(follows ? [within] : []),
      ...metrics,
    ],
  }
}

/**
 * Weights by distance, in as many levels as add up exactly. Every client's values were within the range of where it trained from, and so is any mean of
 * them: the two lie no further apart than twice the range.
 */
const refiningLayoutOf = (
  assignment: Assignment,
  privacy: SecureAggregation,
  clients: number,
): VectorLayout => {
  if (!assignment.refining) throw new RangeError('the assignment has no rounds that refine others')
  if (typeof privacy.range === 'object') throw new RangeError('what is sent again has a range that is fixed')
  return {
    bits: privacy.bits,
    maxWeight: largestLevel(privacy.bits, clients),
    segments: [
      {
        name: DELTA_SEGMENT,
        length: parametersOf(assignment.model),
        bound: 2 * fixedRangeOf(assignment, privacy.range),
        averagedBy: 'examples',
      },
    ],
  }
}

const fixedRangeOf = (assignment: Assignment, range: number | undefined): number => {
  if (range !== undefined) return range
  const { plan, model, compression } = assignment
  if (plan.clipNorm === undefined) return 1
  const values = compression?.rotation ? rotatedLength(parametersOf(model)) : 1
  return Math.min(1, rotatedRange(values)) * plan.clipNorm
}

/** Chance that any value of one rotated vector lies beyond its range. */
const BEYOND = 1e-6

/**
 * A vector of norm 1 has no value beyond this once it is rotated, but with that chance: signs are random, so each value is sub-Gaussian of
 * variance 1/N (Hoeffding 1963, Theorem 2), and there are N of them.
 */
const rotatedRange = (values: number): number => Math.sqrt((2 * Math.log((2 * values) / BEYOND)) / values)

const promiseOf = (privacy: SecureAggregation, quorum: number, clip: number | undefined): PrivacyPromise => {
  const noise = distributedOf(privacy)
  if (!noise) return { mechanism: 'none' }
  return {
    mechanism: 'client-noise',
    noiseMultiplier: noise.noiseMultiplier,
    maxNorm: normOf(noise, clip),
    noise: noise.noise,
    survivors: survivorsOf(noise, quorum),
    ...(noise.clipping.kind === 'adaptive' && { countNoise: noise.clipping.countNoise }),
  }
}

const normOf = ({ clipping }: Distributed, clip: number | undefined): number =>
  clipping.kind === 'adaptive' ? followed(clip) : clipping.clipNorm

const followed = (clip: number | undefined): number => {
  if (clip === undefined) throw new RangeError('a round that follows its clients says what it clips to')
  return clip
}

const distributedOf = ({ differentialPrivacy }: SecureAggregation): Distributed | undefined =>
  differentialPrivacy?.mechanism === 'distributed' ? differentialPrivacy : undefined

/** Values of a delta as they travel. */
const sentOf = ({ model, compression }: Pick<Assignment, 'model' | 'compression'>): number =>
  sentValues(parametersOf(model), compression)

const parametersOf = (model: ModelSpec): number => totalElements(manifestOf(model))
