export {
  composedMultiplier,
  gaussianDelta,
  gaussianEpsilon,
  gaussianMultiplier,
} from './accounting/analytic-gaussian.ts'
export { AccountantName, PrivacyClaim, Relation } from './accounting/claim.ts'
export { claimOf } from './accounting/claim-of.ts'
export { composeLosses, LossGridError, type LossPart } from './accounting/compose-losses.ts'
export { discreteGaussianRenyi, type NoisyWholeSum, skellamRenyi } from './accounting/discrete-renyi.ts'
export { gaussianRenyi, sampledGaussianRenyi } from './accounting/gaussian-renyi.ts'
export type { NoisyRounds, PrivacyHistory } from './accounting/history.ts'
export { deltaOfLoss, epsilonOfLoss } from './accounting/loss-epsilon.ts'
export { RoundNoise } from './accounting/noise.ts'
export { type LossPair, type PrivacyLoss, sampledGaussianLoss } from './accounting/privacy-loss.ts'
export {
  classicEpsilonOfCurve,
  composeCurves,
  curveOf,
  defaultOrders,
  deltaOfCurve,
  epsilonOfCurve,
  type RenyiBound,
  type RenyiCurve,
  wholeOrders,
} from './accounting/renyi-curve.ts'
export { retryProbability, roundedNormBound, wholeL1Bound } from './accounting/rounded-norm.ts'
export { PoissonSampling } from './accounting/sampling.ts'
export { Participation, PrivacyBudget } from './accounting/terms.ts'
export { type TreePlan, treeSensitivitySquared } from './accounting/tree-sensitivity.ts'
export { epsilonOfZcdp, gaussianZcdp, simpleEpsilonOfZcdp } from './accounting/zcdp.ts'
export { normalTail } from './arithmetic/normal-tail.ts'
export { type AuditGuesses, auditedEpsilon } from './audit.ts'
export {
  type Charge,
  type ChargeRefusal,
  charge,
  openLedger,
  PrivacyLedger,
  roundsLeft,
  spentOf,
} from './ledger/ledger.ts'
export {
  type PrivacyPlan,
  type PrivacyQuestion,
  type PrivacyVerdict,
  planPrivacy,
} from './ledger/plan-privacy.ts'
export { ReleaseRule } from './ledger/release-rule.ts'
export { RoundSet } from './ledger/round-set.ts'
export {
  type AdaptiveClip,
  nextClipNorm,
  noisedFraction,
  valueMultiplier,
} from './mechanisms/adaptive-clip.ts'
export { type CentralSum, type CentralSumSettings, createCentralSum } from './mechanisms/central-sum.ts'
export {
  type DistributedPlan,
  type DistributedSettings,
  distributedPlan,
  noiseOfPlan,
} from './mechanisms/distributed-plan.ts'
export { decodeSum, encodeShare } from './mechanisms/distributed-share.ts'
export { noisedLocally } from './mechanisms/local-noise.ts'
export { type Admission, admit, ParticipationRecord } from './mechanisms/participation-record.ts'
export { rotatedLength } from './mechanisms/rotated-length.ts'
export {
  completionNoise,
  lastRoundOf,
  roundsToComplete,
  type TreeNode,
  treeNoise,
  treeNoiseBetween,
} from './mechanisms/tree-noise.ts'
export { fillDiscreteGaussian } from './noise/discrete-gaussian.ts'
export { fillRoundedGaussian, greatestRoundedBits } from './noise/rounded-gaussian.ts'
export { fillSkellam, skellamDistance } from './noise/skellam.ts'
export { DifferentialPrivacySpec, type DifferentialPrivacySpecInput } from './privacy-spec.ts'
export { type PromisedPrivacy, ruleOfSpec } from './rule-of-spec.ts'
