import type { Digest, Instant, ModelVersion, RoundId } from '@tributary/protocols'
import type { EncodedNonce } from '@tributary/protocols/crypto'
import type { ClientMessage, FailureReason, Invitation, Session } from '@tributary/protocols/messages'
import type { CoordinatorSecaggMessage } from '@tributary/protocols/secagg'
import type { PublishedModel, RoundOutcome, StopReason } from './state.ts'

/**
 * What the world is asked to do. Whoever performs these keeps bytes and tensors by round or by digest; `drop` is the
 * one that lets go of them.
 */
export type Effect =
  /** Open a line; there is none. */
  | { type: 'connect' }
  /** End the line, after what was sent on it. A `spent` one is of no use to other tasks that share it either; one that was `left` is. */
  | { type: 'hang-up'; line: 'left' | 'spent' }
  /** Sign the challenge and send the signature. */
  | { type: 'authenticate'; coordinator: string; nonce: EncodedNonce; protocol: number }
  | { type: 'send'; message: ClientMessage }
  /** Ask the app whether it takes part. */
  | { type: 'ask'; invitation: Invitation }
  /** Download and verify what the round trains from, and keep it under the round. */
  | { type: 'fetch'; invitation: Invitation; session: Session }
  /**
   * Train from what was fetched, then clip, encode, seal and sign; keep the sealed update under the round. In a secure round, begin its session
   * first, and mask what was trained.
   */
  | { type: 'train'; invitation: Invitation; deadlineAt: Instant }
  /** Hand what was said to the session of a secure round. */
  | { type: 'hear'; round: RoundId; message: CoordinatorSecaggMessage }
  /** Send the round's sealed update. */
  | { type: 'upload'; invitation: Invitation; session: Session }
  /** The round's update is wanted no more, or has arrived: it need not be kept on the device. */
  | { type: 'forget-update'; round: RoundId }
  /** Abort whatever runs for the round and forget what is kept under it. */
  | { type: 'drop'; round: RoundId }
  /** Download and verify a published model; a fetch of an older one is given up. */
  | { type: 'fetch-model'; published: PublishedModel; session: Session }
  /** Give up the fetch of a published model; there is one under way. */
  | { type: 'abandon-model-fetch' }
  /** From here on this is the model that predictions are made with. It has been fetched. */
  | { type: 'hold'; version: ModelVersion; weights: Digest; assignment: Digest }
  | { type: 'tell'; notice: Notice }

/** What the app is told. */
export type Notice =
  | { type: 'submitted'; round: RoundId }
  | { type: 'round-ended'; round: RoundId; outcome: RoundOutcome }
  | { type: 'failed'; round: RoundId; reason: FailureReason; detail: string }
  | { type: 'stopped'; reason: StopReason; detail: string }
  /** Something went wrong that taking part goes on in spite of. */
  | { type: 'problem'; code: ProblemCode; detail: string }

export type ProblemCode = 'refused-message' | 'model-not-fetched' | 'untrusted-model' | 'session-left'
