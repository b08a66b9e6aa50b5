/**
 * One task's part by itself, as `FederatedClient` has it within: who runs it brings the identity, the line and the stores, and answers for consent. Simulators
 * and hosts of many clients build from it; it changes with the SDK's inside, in any release.
 */
export { type Kept, loadKept } from './kept/kept.ts'
export {
  createParticipant,
  loadProtection,
  loadTaskWork,
  type Participant,
  type ParticipantNeeds,
  type ParticipantNotice,
  type Participation,
  type Status,
  statusOf,
} from './participation/index.ts'
