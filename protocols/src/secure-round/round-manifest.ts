/** What a secure round of a task commits to: worked out by the coordinator, and checked by every client, from the assignment. */
import type { EncodedNonce, EncodedPublicKey } from '../crypto/encoded.ts'
import type { Digest, RoundId, TaskId } from '../ids.ts'
import type { DistributedPlan } from '../privacy/mechanisms/distributed-plan.ts'
import { Manifest, type PrivacyPromise } from '../secagg/manifest.ts'
import type { Assignment } from '../task/assignment.ts'
import type { SecureAggregation } from '../task/privacy.ts'
import {
  DELTA_SEGMENT,
  distributedOf,
  normOf,
  refiningLayoutOf,
  sentOf,
  vectorLayoutOf,
} from './round-layout.ts'
import { survivorsOf } from './round-noise.ts'
import { sharesPlan } from './shares-plan.ts'

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
