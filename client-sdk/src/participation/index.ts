export type { Decision } from './event.ts'
export type { LoadedModel } from './load-model.ts'
export { loadProtection } from './load-protection.ts'
export { loadTaskWork } from './load-task-work.ts'
export type { ParticipantNotice, SaidUntrusted } from './notice.ts'
export {
  type ClientLine,
  createParticipant,
  type Participant,
  type ParticipantNeeds,
  SPENT_LINE,
} from './participant.ts'
export type { Participation, RoundOutcome, StopReason } from './state.ts'
export { hasNoLine, isOnCall, type Status, statusOf } from './status.ts'
