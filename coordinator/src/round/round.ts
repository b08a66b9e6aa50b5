/**
 * The round as a value: small JSON that holds references and counts, never tensors, sockets or handles.
 *
 *              enough clients              target met, or deadline with quorum
 *  selecting ────────────────▶ training ─────────────────────────────────────▶ aggregating ──▶ completed
 *      │ deadline, too few        │ no quorum, or none within reach                 │ failed, or a gate refuses
 *      └──────────────────────────┴───────────────────▶ abandoned ◀─────────────────┘
 *
 * Of a task with secure aggregation `training` is `secure-training`, which holds the state of a session within it, or of one for each of its groups:
 *
 *   advertising ──▶ sharing ──▶ masking ──▶ (confirming) ──▶ unmasking ──▶ aggregating
 */
import { Digest, Instant, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import { EncodedPublicKey } from '@tributary/protocols/crypto'
import { AbandonReason } from '@tributary/protocols/messages'
import { PrivacyClaim } from '@tributary/protocols/privacy'
import { OpenSession, Summing } from '@tributary/protocols/secagg'
import * as z from 'zod'

/**
 * In which round clients trained what they send again in this one, and whose vectors were in its sum: all of them, or there is no sum. The difference
 * of two sums over fewer would be a few clients' own.
 */
export const Refines = z.strictObject({ round: RoundId, clients: z.int().min(2) })
export type Refines = z.infer<typeof Refines>

/**
 * Of a buffered task: the round counts updates of whoever is at work, whichever round has invited them. Those whom `follows` has left at work are taken
 * over. `since`: the version from which rounds have made every one; what was trained from an older one is of another line.
 */
export const Buffering = z.strictObject({ follows: z.optional(RoundId), since: ModelVersion })
export type Buffering = z.infer<typeof Buffering>

const Head = z.strictObject({
  id: RoundId,
  task: TaskId,
  number: z.int().min(1),
  /** The version clients start from; a completed round's version is its child. */
  base: z.strictObject({ version: ModelVersion, digest: Digest }),
  /** Digest of the `Assignment` that clients train by. */
  assignment: Digest,
  openedAt: Instant,
  /** What the task will have spent of its privacy with this round: charged before the round began. */
  privacy: z.optional(PrivacyClaim),
  /** What it clips to where that follows the clients: the norm of deltas, or without noise the range of their values. */
  clip: z.number().positive().optional(),
  refines: Refines.optional(),
  buffer: Buffering.optional(),
})

const count = z.int().min(0)

/** How many of the cohort stand where. `invited` is the whole cohort; the others count members that answered. */
const Tally = z.strictObject({
  invited: count,
  accepted: count,
  declined: count,
  failed: count,
  received: count,
})
export type Tally = z.infer<typeof Tally>

export const Selecting = z.strictObject({
  phase: z.literal('selecting'),
  ...Head.shape,
  /** Clients to invite as soon as that many are there. */
  wanted: z.int().min(1),
  deadlineAt: Instant,
})

export const Training = z.strictObject({
  phase: z.literal('training'),
  ...Head.shape,
  /** The round's X25519 public key. */
  publicKey: EncodedPublicKey,
  tally: Tally,
  startedAt: Instant,
  deadlineAt: Instant,
})

/** One group's session, which may wait for the others with all it needs. */
const Group = z.strictObject({
  session: z.union([OpenSession, Summing]),
  /** Clients that were invited into it; a group may be older than this. */
  invited: count.optional(),
  /** Of the session's step; that of one which waits for others has passed or does not matter. */
  deadlineAt: Instant,
})
export type Group = z.infer<typeof Group>

/** Training and sessions of secure aggregation around it. Their messages are rows beside the round. */
export const SecureTraining = z.strictObject({
  phase: z.literal('secure-training'),
  ...Head.shape,
  publicKey: EncodedPublicKey,
  tally: Tally,
  groups: z.array(Group).min(1),
  /** Which client is in which group: see `groupOf`. */
  bounds: z.array(z.string()),
  startedAt: Instant,
  /** The first of the groups'. */
  deadlineAt: Instant,
})

export const Aggregating = z.strictObject({
  phase: z.literal('aggregating'),
  ...Head.shape,
  tally: Tally,
  startedAt: Instant,
  /** Of a secure round, for each group: whose vectors are summed, and who showed the shares that open the sum. */
  sessions: z.array(Summing).optional(),
})

/**
 * What the strategy wants to have again when a round trains from this version: small numbers, and where its vectors lie, each as long as the model.
 */
export const KeptState = z.strictObject({
  numbers: z.record(z.string(), z.number()),
  vectors: z.strictObject({ digest: Digest, bytes: count }).optional(),
  /** Of strategies whose clients keep vectors of their own: the version from which it has gone on without a break. */
  since: z.optional(ModelVersion),
})
export type KeptState = z.infer<typeof KeptState>

/** What a round that ended still owes: erasing its key and its sealed updates, telling its members. */
const Debts = z.enum(['owed', 'settled'])

/** Means over the round's updates, weighted by examples; names are the clients' own. */
export const RoundMetrics = z.record(z.string(), z.number())
export type RoundMetrics = z.infer<typeof RoundMetrics>

export const Completed = z.strictObject({
  phase: z.literal('completed'),
  ...Head.shape,
  tally: Tally,
  version: z.strictObject({ version: ModelVersion, digest: Digest, bytes: count }),
  state: KeptState.optional(),
  examples: count,
  metrics: RoundMetrics,
  /** What the round after it clips to, where that follows the clients: known with the version, saved with it. */
  nextClip: z.number().positive().optional(),
  endedAt: Instant,
  debts: Debts,
})

export const Abandoned = z.strictObject({
  phase: z.literal('abandoned'),
  ...Head.shape,
  tally: Tally,
  reason: AbandonReason,
  detail: z.string(),
  endedAt: Instant,
  debts: Debts,
})

export const Round = z.discriminatedUnion('phase', [
  Selecting,
  Training,
  SecureTraining,
  Aggregating,
  Completed,
  Abandoned,
])
export type Round = z.infer<typeof Round>
export type Selecting = z.infer<typeof Selecting>
export type Training = z.infer<typeof Training>
export type SecureTraining = z.infer<typeof SecureTraining>
export type Aggregating = z.infer<typeof Aggregating>
export type Completed = z.infer<typeof Completed>
export type Abandoned = z.infer<typeof Abandoned>

/** A round that still goes on. */
export type OpenRound = Selecting | Training | SecureTraining | Aggregating

export const isOpen = (round: Round): round is OpenRound =>
  round.phase !== 'completed' && round.phase !== 'abandoned'

/** A round that has ended and owes nothing more. */
export const isSettled = (round: Round): boolean => 'debts' in round && round.debts === 'settled'

/** When the round must be woken, if time alone can change it. */
export const deadlineOf = (round: Round): Instant | undefined =>
  'deadlineAt' in round ? round.deadlineAt : undefined

/** Whether messages of a session rest beside the round. */
export const hasSession = (round: Round): round is SecureTraining | Aggregating =>
  'groups' in round || 'sessions' in round

/** The phase, and where a session refines it, its step. */
export const stepOf = (round: Round): string =>
  round.phase === 'secure-training'
    ? `${round.phase} ${round.groups.map(({ session }) => session.phase).join(' ')}`
    : round.phase

/** Whether the round still takes updates. */
export const takesUpdates = (round: Round): round is Training | SecureTraining =>
  round.phase === 'training' ||
  (round.phase === 'secure-training' && round.groups.some(({ session }) => session.phase === 'masking'))

/** The round whose members a buffered round leaves at work: itself, or where it never had any, the one that it followed. */
export const leftAtWorkBy = (round: Round): RoundId | undefined => {
  if (!round.buffer) return undefined
  return 'tally' in round && round.tally.invited > 0 ? round.id : round.buffer.follows
}
