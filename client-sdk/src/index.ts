/** What the SDK is on every platform: each entry (`portable`, `browser`, `node`) adds its `createClient`. */
export { type Endpoints, endpointsOf } from './adapters/endpoints.ts'
export { createHttpBulk, type HttpBulkOptions } from './adapters/http-bulk.ts'
export { memoryKeyStore } from './adapters/memory-key-store.ts'
export { memoryModelCache } from './adapters/memory-model-cache.ts'
export { memoryParticipationStore } from './adapters/memory-participation-store.ts'
export { memoryRecordStore } from './adapters/memory-record-store.ts'
export { openSocketLine, type SocketLineOptions } from './adapters/socket-line.ts'
export type { Gate, HeldReason, Shut } from './attendance/gate.ts'
export { type Abortable, FederatedClient } from './client.ts'
export type { ClientStatus, FederatedEvents, FederatedModel, RoundInvitation } from './client-events.ts'
export type {
  ClientOptions,
  DeviceOptions,
  InvitationAnswer,
  Primitives,
  Surroundings,
  TaskOptions,
} from './client-options.ts'
export type { Conditions } from './conditions/conditions.ts'
export type { UsageReport } from './conditions/politeness.ts'
export type { Consent, ConsentState } from './consent/consent.ts'
export type { Withdrawn } from './consent/withdrawal.ts'
export type { ClientLine } from './participation/index.ts'
export type { PrivacyOptions } from './participation/privacy-options.ts'
export type { Bulk, DownloadAnswer, Upload, UploadAnswer, UploadReceipt } from './ports/bulk.ts'
export type { Circumstances, Known } from './ports/circumstances.ts'
export type { KeyStore } from './ports/key-store.ts'
export type { ModelCache } from './ports/model-cache.ts'
export type { ParticipationStore } from './ports/participation-store.ts'
export type { PersonalTraining } from './ports/personal-training.ts'
export type { RecordStore } from './ports/record-store.ts'
export type { Siblings } from './ports/siblings.ts'
export type {
  Evaluator,
  ExampleCounter,
  Predictor,
  Trainer,
  TrainingJob,
  TrainingModel,
  TrainingProgress,
  TrainingResult,
} from './training/trainer.ts'
export { TributaryError, type TributaryErrorCode } from './tributary-error.ts'
