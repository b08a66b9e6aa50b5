import type { RoundId } from '@tributary/protocols'
import type { Invitation, ModelPublished } from '@tributary/protocols/messages'
import type { ClientRefusal, CoordinatorSecaggMessage } from '@tributary/protocols/secagg'
import type { TrainingProgress } from '../training/trainer.ts'
import type { Effect, Notice } from './effect.ts'
import type { LoadedModel } from './load-model.ts'

/** What whoever runs a participation hears: what the machine tells, and what performing its effects brings to light. */
export type ParticipantNotice =
  | Notice
  /** A coordinator has said who it is, on a new line; nothing proves it. */
  | { type: 'challenged'; coordinator: string }
  | { type: 'invited'; invitation: Invitation }
  | { type: 'progress'; round: RoundId; progress: TrainingProgress }
  /** Training is done; what came of it is being sealed. */
  | { type: 'trained'; round: RoundId }
  | { type: 'model'; model: LoadedModel }
  /** A part of the app or of this device failed during an effect; taking part goes on. */
  | { type: 'fault'; during: Effect['type']; error: unknown }
  /** A coordinator that contradicted itself or the task, by its own words. */
  | { type: 'evidence'; round: RoundId; reason: ClientRefusal; said: readonly CoordinatorSecaggMessage[] }
  /** A model that the pinned coordinator has not signed, as it was named; `coordinator` is who the other side said it was. */
  | { type: 'untrusted'; why: string; coordinator: string; said: SaidUntrusted }
  /** What came on the line was no message of the protocol. */
  | { type: 'malformed'; detail: string }

export type SaidUntrusted = Omit<Invitation, 'session'> | Omit<ModelPublished, 'session'>
