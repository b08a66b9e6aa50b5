/**
 * Participation as a value: what this client is to one task. Small JSON that holds references, never tensors,
 * sockets or handles.
 *
 * The line and the work are two unions side by side, because they move apart: a client whose line is lost keeps
 * training, and uploads what it has finished before it is back on the line.
 *
 *   line    down ──▶ connecting ──▶ authenticating ──▶ ready
 *             ▲            │               │             │
 *             └────────────┴── lost, overdue, refused ───┘
 *
 *   work    none ──▶ invited ──▶ fetching ──▶ training ──▶ submitting ──┬─▶ none
 *             ▲          │           │            │             │         └─▶ unmasking (of a secure round)
 *             └──────────┴── declined, failed, round over ──────┴────────────────┘
 *
 * In a secure round a session of keys, shares and masks goes on beside training and submitting; its step is part of the
 * work, its secrets are not: they are where tensors are.
 */
import type { Instant, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import type {
  CoordinatorMessage,
  DeclineReason,
  FailureReason,
  Invitation,
  ModelPublished,
  RefusalReason,
  Session,
} from '@tributary/protocols/messages'
import type { SessionStep } from './secure-session.ts'

export type Participation = Idle | Joined | Stopped

/** Not taking part. `newest` is the highest model version held, 0 for none: it survives leaving and joining. */
export type Idle = { phase: 'idle'; newest: number }

/** The coordinator will not have this client: joining again helps only once the reason is gone. */
export type Stopped = { phase: 'stopped'; newest: number; reason: StopReason; detail: string }

export type StopReason =
  | Extract<
      RefusalReason,
      | 'unsupported-protocol'
      | 'unknown-client'
      | 'revoked-client'
      | 'bad-signature'
      | 'unknown-task'
      | 'replaced'
    >
  /** Another coordinator than the one that is pinned has answered. */
  | 'untrusted-coordinator'

export type Joined = {
  phase: 'joined'
  task: TaskId
  /** The id that the coordinator has to have, where it is pinned. */
  coordinator?: string
  line: Line
  work: Work
  model: Model
  /** The bearer token handed out last; downloads and uploads go with it, whether or not the line stands. */
  session: Session | undefined
  /** The round this client was in before, so that a repeated question gets the same answer. */
  last: Finished | undefined
}

export type Line =
  | { is: 'down'; attempt: number; retryAt: Instant }
  | { is: 'connecting'; attempt: number; giveUpAt: Instant }
  | { is: 'authenticating'; attempt: number; giveUpAt: Instant }
  | { is: 'ready'; attempt: number; since: Instant; presence: Presence }

/** Where the coordinator has this client: asked for, on call, or told to ask again later. */
export type Presence =
  | { is: 'checking-in' }
  | { is: 'standby' }
  | { is: 'resting'; until: Instant; reason: RestReason }

export type RestReason = Extract<CoordinatorMessage, { type: 'come-back' }>['reason']

export type Work = NoWork | Invited | Fetching | Training | Submitting | Unmasking

export type NoWork = { is: 'none' }

/** The app is asked whether it wants to. */
export type Invited = { is: 'invited' } & Called

/** The assignment and the weights are on their way. */
export type Fetching = { is: 'fetching'; transfer: Transfer } & Accepted

/** `reportedAt`: when the coordinator last heard of progress. */
export type Training = { is: 'training'; reportedAt: Instant } & Accepted & InSession

/**
 * The sealed update is kept, and sent until it is acknowledged or the round is over. `completed`: what the round made,
 * heard while the update is under way; whether it was counted, the upload's own answer tells.
 */
export type Submitting = {
  is: 'submitting'
  transfer: Transfer
  completed: Extract<RoundOutcome, { kind: 'completed' }> | undefined
  /** It is on this device, for whoever comes back: leaving does not give it up. */
  kept?: true
} & Accepted &
  InSession

/** Of a secure round: the vector is in, and what opens the sum of all may yet be asked for. It ends with the round. */
export type Unmasking = { is: 'unmasking' } & Accepted & InSession

/** The step of a secure round's session; none before it has begun, and none in other rounds. */
export type InSession = { session?: SessionStep | undefined }

/** `deadlineAt` is by this client's clock. */
export type Called = { invitation: Invitation; deadlineAt: Instant }

/** When a line last carried the accept; `undefined` while none has. */
export type Accepted = { acceptSentAt: Instant | undefined } & Called

/** A download or upload: under way, waiting for its next attempt, or waiting for a session that is accepted. */
export type Transfer =
  | { is: 'running'; attempt: number }
  | { is: 'paused'; attempt: number; retryAt: Instant }
  | { is: 'awaiting-session'; attempt: number }

export type Model =
  | { is: 'held'; newest: number }
  | { is: 'fetching'; newest: number; wanted: PublishedModel; transfer: Transfer }

export type RoundOutcome = Extract<CoordinatorMessage, { type: 'round-ended' }>['outcome']

export type PublishedModel = Pick<ModelPublished, 'model' | 'assignment' | 'signature'>

export type Finished = { round: RoundId; outcome: FinishedOutcome }

export type FinishedOutcome =
  | { kind: 'acknowledged' }
  | { kind: 'declined'; reason: DeclineReason }
  | { kind: 'failed'; reason: FailureReason }
  | { kind: 'over' }

export const idle = (newest: ModelVersion | 0 = 0): Idle => ({ phase: 'idle', newest })
