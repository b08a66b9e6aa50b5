export { ClientMessage } from './client.ts'
export { CoordinatorMessage, Invitation } from './coordinator.ts'
export { DeclineReason, FailureReason } from './plain-client.ts'
export { AbandonReason, BlobRef, ModelPublished, RefusalReason, Session } from './plain-coordinator.ts'
