import { type RoundId, type TaskId, unreachable } from '@tributary/protocols'
import type { FailureReason, Invitation } from '@tributary/protocols/messages'
import type { ClientRefusal, CoordinatorSecaggMessage } from '@tributary/protocols/secagg'
import type { Shut } from './attendance/gate.ts'
import { noticeError } from './client-errors.ts'
import type { Emitter } from './emitter.ts'
import type {
  LoadedModel,
  ParticipantNotice,
  RoundOutcome,
  SaidUntrusted,
  Status,
} from './participation/index.ts'
import type { TributaryError } from './tributary-error.ts'

/** What a client is to its task. `held`: it has joined, and does not take part while these gates are shut. */
export type ClientStatus = Status | { is: 'held'; by: readonly Shut[] }

/** What an app can listen to. */
export type FederatedEvents = {
  /** This client's part in the task has changed. */
  state: ClientStatus
  /** A coordinator has said who it is, on a new line; nothing proves it. */
  challenged: { coordinator: string }
  /** A round asks for this client. `onInvitation` decides; this is for people to see. */
  invited: RoundInvitation
  /** `fraction` of the training that is done, 0 to 1, and the mean loss lately. */
  progress: { round: RoundId; fraction: number; loss?: number }
  /** Training is done; what came of it is being sealed. */
  trained: { round: RoundId }
  /** The coordinator has acknowledged the update: it is durable there. */
  submitted: { round: RoundId }
  /** A round of this client is over; `closed` where it went on without this client. */
  'round-ended': { round: RoundId; outcome: RoundOutcome }
  /** No update of this client will come in this round. */
  failed: { round: RoundId; reason: FailureReason; detail: string }
  /**
   * A coordinator contradicted itself or the task in a secure round, which this client has left: `said` is what it said, under its own signatures where
   * it signs. Worth keeping, and worth showing to whoever runs the app.
   */
  evidence:
    | { round: RoundId; reason: ClientRefusal; said: readonly CoordinatorSecaggMessage[] }
    /** A model came without the signature of the coordinator that is pinned: from one that said it was `coordinator`. */
    | { reason: 'untrusted-model'; coordinator: string; said: readonly SaidUntrusted[] }
  /** A newer model has been fetched and verified: it is `client.model`. */
  model: FederatedModel
  /** Something went wrong. Taking part goes on, unless `state` says `stopped`. */
  error: TributaryError
}

/** A round that asks for this client. */
export type RoundInvitation = {
  round: RoundId
  task: TaskId
  /** The model version that is trained from. */
  version: number
  /** Milliseconds until the round stops waiting. */
  deadlineInMs: number
  /** Of a round in which nobody trains: the one in which this client trained what is to be summed again. */
  refines?: RoundId
}

/** A model version in memory: `weights` in the order of `assignment.model.tensors`. Read only. */
export type FederatedModel = LoadedModel

/** An invitation as apps see it: without the session's token, which is nobody's business. */
export const described = ({ round, task, model, deadline, manifest }: Invitation): RoundInvitation => ({
  round,
  task,
  version: model.version,
  deadlineInMs: deadline.inMs,
  ...(manifest?.refines !== undefined && { refines: manifest.refines }),
})

/** Passes on what the participation tells. */
export const passOn = (events: Pick<Emitter<FederatedEvents>, 'emit'>, notice: ParticipantNotice) => {
  switch (notice.type) {
    case 'challenged':
      return events.emit('challenged', { coordinator: notice.coordinator })
    case 'trained':
      return events.emit('trained', { round: notice.round })
    case 'invited':
      return events.emit('invited', described(notice.invitation))
    case 'progress':
      return events.emit('progress', { round: notice.round, ...notice.progress })
    case 'submitted':
      return events.emit('submitted', { round: notice.round })
    case 'round-ended':
      return events.emit('round-ended', { round: notice.round, outcome: notice.outcome })
    case 'failed': {
      const { round, reason, detail } = notice
      return events.emit('failed', { round, reason, detail })
    }
    case 'evidence': {
      const { round, reason, said } = notice
      return events.emit('evidence', { round, reason, said })
    }
    case 'untrusted': {
      const { coordinator, said } = notice
      return events.emit('evidence', { reason: 'untrusted-model', coordinator, said: [said] })
    }
    case 'model':
      return events.emit('model', notice.model)
    case 'stopped':
    case 'problem':
    case 'malformed':
    case 'fault':
      return events.emit('error', noticeError(notice))
    default:
      return unreachable(notice)
  }
}
