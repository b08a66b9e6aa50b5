export { Assignment, assignmentOf, decodeAssignment, encodeAssignment } from './assignment.ts'
export {
  type CarriedByClients,
  ClientStrategy,
  carriedByClients,
} from './client-strategy.ts'
export { Compression } from './compression.ts'
export { FrozenPart, frozenManifestOf, MOST_FROZEN_BYTES } from './frozen.ts'
export { layerOf } from './layer-of.ts'
export { type BufferedMode, Mode } from './mode.ts'
export { ModelSpec } from './model.ts'
export { type Cut, cutOf, travelling } from './personal-layers.ts'
export { Personalization } from './personalization.ts'
export { Initializer, ModelTensor, manifestOf } from './plain-model.ts'
export { Loss, Optimizer, Plan } from './plan.ts'
export { PrivacySpec, type SecureAggregation } from './privacy.ts'
export type { Refining } from './refining.ts'
export { largestCohort, type SecureGroups, secureGroupsOf } from './secure-cohort.ts'
export {
  Feature,
  featureWidth,
  inputShapeOf,
  inputWidth,
  Labels,
  outputWidth,
  Signature,
} from './signature.ts'
export { refiningOf, StalenessSpec, StrategySpec } from './strategy.ts'
export {
  CohortPolicy,
  Schedule,
  StopRule,
  TaskFile,
  type TaskFileInput,
} from './task-file.ts'
export {
  CONTROL_PREFIX,
  hasRoomForControl,
  hasRoomForVote,
  hasSealedVote,
  updateManifestOf,
  WITHIN_TENSOR,
} from './update-manifest.ts'
export { paddingId, type Vocabulary, vocabularyDigest, wordsOf } from './vocabulary.ts'
