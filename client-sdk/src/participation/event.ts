import type { Instant, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import type {
  ClientMessage,
  CoordinatorMessage,
  DeclineReason,
  FailureReason,
} from '@tributary/protocols/messages'
import type { ClientRefusal } from '@tributary/protocols/secagg'
import type { SessionStep } from './secure-session.ts'
import type { Called } from './state.ts'

/** When an event happens, by this client's clock, and a number in [0, 1) for whatever it leaves to chance. */
export type Moment = { at: Instant; chance: number }

/** What can happen to a participation. Time and chance arrive here. */
export type ParticipationEvent = Happening & Moment

export type Happening =
  /** The app wants to take part, or no longer. */
  | {
      type: 'join'
      task: TaskId
      /** The id of the coordinator that is pinned. */
      coordinator?: string
      /** The highest version that this device has held: older ones are not held any more. */
      newest?: number
      /** An update that an earlier life of this client made and did not see acknowledged. */
      pending?: PendingRound
    }
  /** For good, it does not come back to offer what is kept. */
  | { type: 'leave'; forGood?: 'for-good' | undefined }
  /** The app's answer to the effect `ask`. */
  | { type: 'decided'; round: RoundId; decision: Decision }
  /** `untrusted`: why the model that it names is not one of the coordinator that is pinned. */
  | { type: 'message'; message: CoordinatorMessage; untrusted?: string }
  | { type: 'line-closed' }
  | { type: 'time-passed' }
  /** Answers to the effects `fetch`, `train`, `upload` and `fetch-model`. Those for a round that has passed are let go. */
  | { type: 'fetched'; round: RoundId }
  | { type: 'fetch-stopped'; round: RoundId; problem: TransferProblem }
  | { type: 'progress'; round: RoundId; fraction: number; loss: number | undefined }
  | { type: 'sealed'; round: RoundId; kept?: true }
  | { type: 'training-failed'; round: RoundId; reason: FailureReason; detail: string }
  | { type: 'acknowledged'; round: RoundId }
  /** From the session of a secure round: where it is, what it says, and that it is over before its time. */
  | { type: 'session-moved'; round: RoundId; step: SessionStep }
  | { type: 'session-says'; round: RoundId; message: ClientMessage }
  | { type: 'session-ended'; round: RoundId; reason: ClientRefusal; begun: 'yes' | 'no' }
  | { type: 'upload-stopped'; round: RoundId; problem: TransferProblem }
  | { type: 'model-fetched'; version: ModelVersion }
  | { type: 'model-fetch-stopped'; version: ModelVersion; problem: TransferProblem }

/** The round of an update that is kept. `deadlineAt` is by this client's clock. */
export type PendingRound = Called

export type Decision = { kind: 'accept' } | { kind: 'decline'; reason: DeclineReason }

/** Why a download or upload ended without success. */
export type TransferProblem =
  /** The network or the coordinator's capacity: try again, not sooner than asked. */
  | { kind: 'interrupted'; afterMs?: number }
  /** The session is not accepted, or not any more. */
  | { kind: 'unauthenticated' }
  | { kind: 'round-over' }
  /** Trying again would be answered the same. */
  | { kind: 'refused'; detail: string }
