export { ClientMessage, DeclineReason, FailureReason } from './client.ts'
export {
  AbandonReason,
  BlobRef,
  CoordinatorMessage,
  Invitation,
  ModelPublished,
  RefusalReason,
  Session,
} from './coordinator.ts'
