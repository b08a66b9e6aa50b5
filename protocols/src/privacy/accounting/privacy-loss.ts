import { normalTail } from '../arithmetic/normal-tail.ts'
import { requireMultiplier } from './requirements.ts'

/**
 * A privacy loss distribution on a grid that dominates a mechanism's own in one direction of neighbouring: `masses[i]` is the
 * probability of a loss of `(lowest + i) · step`, `infinite` that of an infinite one. Its δ(ε) is nowhere below the mechanism's.
 */
export type PrivacyLoss = {
  readonly step: number
  readonly lowest: number
  readonly masses: Float64Array
  readonly infinite: number
}

/** The two directions of neighbouring: a client is removed from, or added to, the input. */
export type LossPair = { readonly remove: PrivacyLoss; readonly add: PrivacyLoss }

/**
 * The losses of one Gaussian mechanism on a Poisson sample of `rate` in (0, 1]; 1 is no sampling.
 * `step` is the grid's width in ε; δ errs upwards by about step² a release (Doroshenko et al. 2022).
 */
export const sampledGaussianLoss = (mechanism: {
  multiplier: number
  rate: number
  step: number
}): LossPair => {
  const { multiplier, rate, step } = mechanism
  requireMultiplier(multiplier)
  if (!(rate > 0 && rate <= 1)) throw new RangeError(`a sampling rate is above 0 and at most 1, not ${rate}`)
  if (!(step > 0 && step <= 0.1)) throw new RangeError(`a grid step is above 0 and at most 0.1, not ${step}`)
  const lossAt = (x: number) => Math.log1p(rate * Math.expm1((2 * x - 1) / (2 * multiplier ** 2)))
  // Beyond 9.5 standard deviations lies 1e-21.
  const [least, most] = [lossAt(-9.5 * multiplier), lossAt(1 + 9.5 * multiplier)]
  const upper = lossAt(9.5 * multiplier)
  return {
    remove: connectTheDots((epsilon) => removeDelta(mechanism, epsilon), { least, most, step }),
    add: connectTheDots((epsilon) => addDelta(mechanism, epsilon), { least: -upper, most: -least, step }),
  }
}

type Sampled = { multiplier: number; rate: number }

/** Where the loss ln(1 − q + q e^{(2x−1)/2z²}) reaches `loss` > ln(1 − q), in standard deviations. */
const pointOfLoss = ({ multiplier, rate }: Sampled, loss: number): number =>
  (multiplier ** 2 * Math.log1p(Math.expm1(loss) / rate) + 0.5) / multiplier

/** sup over sets S of P(S) − e^ε Q(S), P = (1−q)N(0,z²) + qN(1,z²), Q = N(0,z²), whose greatest set is where the loss exceeds ε. */
const removeDelta = (mechanism: Sampled, epsilon: number): number => {
  const { multiplier, rate } = mechanism
  const excess = Math.expm1(epsilon) + rate
  if (excess <= 0) return -Math.expm1(epsilon)
  const z = pointOfLoss(mechanism, epsilon)
  return Math.max(0, rate * normalTail(z - 1 / multiplier) - excess * normalTail(z))
}

/** The same with P and Q exchanged. */
const addDelta = (mechanism: Sampled, epsilon: number): number => {
  const { multiplier, rate } = mechanism
  if (Math.expm1(-epsilon) + rate <= 0) return 0
  const z = pointOfLoss(mechanism, -epsilon)
  const without = -Math.expm1(epsilon) + rate * Math.exp(epsilon)
  return Math.max(0, without * normalTail(-z) - rate * Math.exp(epsilon) * normalTail(1 / multiplier - z))
}

/**
 * The least pessimistic losses on a grid (Doroshenko, Ghazi, Kamath, Kumar and Manurangsi 2022, "Connect the dots"): δ is convex in
 * e^ε, so the chords between its values at grid points lie above it, and are the δ of a distribution on those points.
 * A mass is the change of slope at its point times e^ε; what lies beyond the last point counts as infinite.
 */
const connectTheDots = (
  deltaAt: (epsilon: number) => number,
  { least, most, step }: { least: number; most: number; step: number },
): PrivacyLoss => {
  const lowest = Math.floor(least / step)
  const length = Math.ceil(most / step) - lowest + 1
  const deltas = Float64Array.from({ length }, (_, i) => deltaAt((lowest + i) * step))
  const down = -Math.expm1(-step)
  const up = Math.expm1(step)
  const masses = new Float64Array(length)
  const [first = 0] = deltas
  const infinite = deltas[length - 1] ?? 0
  for (let i = 0; i < length; i++) {
    const delta = deltas[i] ?? 0
    const before = i === 0 ? 1 - first : ((deltas[i - 1] ?? 0) - delta) / down
    const after = i === length - 1 ? 0 : (delta - (deltas[i + 1] ?? 0)) / up
    masses[i] = Math.max(0, before - after)
  }
  return { step, lowest, masses, infinite }
}
