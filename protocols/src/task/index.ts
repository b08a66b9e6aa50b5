export { Assignment, decodeAssignment, encodeAssignment } from './assignment.ts'
export { Initializer, ModelSpec, ModelTensor, manifestOf } from './model.ts'
export { Loss, Optimizer, Plan } from './plan.ts'
export {
  CohortPolicy,
  PrivacySpec,
  Schedule,
  StopRule,
  StrategySpec,
  TaskFile,
  type TaskFileInput,
} from './task-file.ts'
