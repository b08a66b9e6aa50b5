export {
  composedMultiplier,
  gaussianDelta,
  gaussianEpsilon,
  gaussianMultiplier,
} from './accounting/analytic-gaussian.ts'
export { AccountantName, Participation, PrivacyClaim, Relation } from './accounting/claim.ts'
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
export { type TreePlan, treeSensitivitySquared } from './accounting/tree-sensitivity.ts'
export { epsilonOfZcdp, gaussianZcdp, simpleEpsilonOfZcdp } from './accounting/zcdp.ts'
