/** What stands in the masked vector of a task's secure rounds. */
import { rotatedLength } from '../privacy/mechanisms/rotated-length.ts'
import type { DifferentialPrivacySpec } from '../privacy/privacy-spec.ts'
import { largestLevel, maskedBytes, type VectorLayout } from '../secagg/vector-layout.ts'
import type { Assignment } from '../task/assignment.ts'
import type { ModelSpec } from '../task/model.ts'
import { manifestOf } from '../task/plain-model.ts'
import type { SecureAggregation } from '../task/privacy.ts'
import { totalElements } from '../tensors/index.ts'
import { sentValues } from '../updates/compression/sizes.ts'

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

export type Distributed = Extract<DifferentialPrivacySpec, { mechanism: 'distributed' }>

/**
 * Bytes of a client's masked vector in a round that refines no other. They do not depend on what it clips to.
 * @throws RangeError for an assignment whose updates are not masked.
 */
export const maskedVectorBytes = (assignment: Assignment): number => {
  const { privacy } = assignment
  if (privacy?.mode !== 'secure-aggregation') throw new RangeError('the assignment asks for no secure round')
  return maskedBytes(vectorLayoutOf(assignment, privacy, 1))
}

export const vectorLayoutOf = (
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
export const refiningLayoutOf = (
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

export const normOf = ({ clipping }: Distributed, clip: number | undefined): number =>
  clipping.kind === 'adaptive' ? followed(clip) : clipping.clipNorm

const followed = (clip: number | undefined): number => {
  if (clip === undefined) throw new RangeError('a round that follows its clients says what it clips to')
  return clip
}

export const distributedOf = ({ differentialPrivacy }: SecureAggregation): Distributed | undefined =>
  differentialPrivacy?.mechanism === 'distributed' ? differentialPrivacy : undefined

/** Values of a delta as they travel. */
export const sentOf = ({ model, compression }: Pick<Assignment, 'model' | 'compression'>): number =>
  sentValues(parametersOf(model), compression)

const parametersOf = (model: ModelSpec): number => totalElements(manifestOf(model))
