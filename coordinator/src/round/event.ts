import type { ClientId, Digest, Instant } from '@tributary/protocols'
import type { EncodedPublicKey } from '@tributary/protocols/crypto'
import type { AbandonReason, DeclineReason, FailureReason } from '@tributary/protocols/messages'
import type { ClientSecaggMessage, Manifest } from '@tributary/protocols/secagg'
import type { Member, Receipt } from './member.ts'
import type { KeptState, RoundMetrics } from './round.ts'

/** What a client says in a session over its line. What is no message at all says so too. */
export type SessionMessage = Exclude<ClientSecaggMessage, { type: 'secagg-masked' }> | { type: 'malformed' }

/**
 * What can happen to a round. Time, chance and facts arrive here: `at` is the coordinator's clock, and an event
 * about a member carries the member's row as it stood.
 */
export type RoundEvent =
  /** This many clients of the task are checked in and free. */
  | { type: 'clients-waiting'; waiting: number; at: Instant }
  /** The effect `draw-cohort` chose these, and made the round's key. */
  | {
      type: 'cohort-drawn'
      clients: readonly ClientId[]
      publicKey: EncodedPublicKey
      /** Of a buffered round that selects: those whom the round before it has left at work. */
      carried?: readonly Member[]
      /** Of a secure round, for each of its groups: what it commits to, and the coordinator's part of its graph's seed (32 bytes). */
      secure?: readonly { manifest: Manifest; seedPart: Uint8Array }[]
      at: Instant
    }
  | { type: 'accepted'; member: Member; at: Instant }
  | { type: 'declined'; member: Member; reason: DeclineReason; at: Instant }
  | { type: 'failed'; member: Member; reason: FailureReason; at: Instant }
  /** A valid update lies durable in the blob store. */
  /** A member's word in the session of a secure round; a masked vector comes as an update. */
  | { type: 'said-in-session'; member: Member; message: SessionMessage; at: Instant }
  | { type: 'update-received'; member: Member; receipt: Receipt; at: Instant }
  /** The round's deadline has come; `waiting` as in `clients-waiting`. */
  | { type: 'time-passed'; waiting: number; at: Instant }
  /** The effect `aggregate` wrote the new weights, and what the strategy carries on. */
  | {
      type: 'aggregated'
      weights: { digest: Digest; bytes: number }
      state?: KeptState
      examples: number
      metrics: RoundMetrics
      /** What the round after this one clips to, where that follows the clients. */
      nextClip?: number
      at: Instant
    }
  | {
      type: 'aggregation-refused'
      reason: Extract<AbandonReason, 'aggregation-failed' | 'gate-refused' | 'wrong-dealing' | 'out-of-range'>
      detail: string
      at: Instant
    }
  /** `by`: who asked, as the audit log names them. */
  | { type: 'abandon-requested'; reason: AbandonReason; detail: string; by: string; at: Instant }
  /** The effect `settle` has erased and told all it had to. */
  | { type: 'settled'; at: Instant }

/** What the world is asked to do. Idempotent, keyed by round; none destroys what it reads. */
export type RoundEffect =
  /** Choose up to `count` waiting clients and make the round's key, unless it has one. */
  | { type: 'draw-cohort'; count: number }
  /** Invite every member that has not answered. */
  | { type: 'invite' }
  /** Put the question of a secure round's step to every member that has not answered it. */
  | { type: 'ask' }
  /** Tell members whose update is not needed that the round has closed. */
  | { type: 'close' }
  /** Fold the received updates into new weights. */
  | { type: 'aggregate' }
  /** Announce the outcome, destroy the key, then delete the sealed updates. */
  | { type: 'settle' }
