import { leastWhere } from '../arithmetic/bisect.ts'
import { logNormalTail } from '../arithmetic/normal-tail.ts'
import { requireCount, requireDelta, requireEpsilon, requireMultiplier } from './requirements.ts'

/**
 * The δ of one Gaussian mechanism at `epsilon`, exactly: Φ(1/2z − εz) − e^ε Φ(−1/2z − εz), where z = `multiplier` is the
 * standard deviation over the sensitivity (Balle and Wang 2018, Theorem 8). The textbook √(2 ln(1.25/δ))/ε gives too
 * little noise above ε = 1 and is nowhere used.
 */
export const gaussianDelta = ({ epsilon, multiplier }: { epsilon: number; multiplier: number }): number => {
  requireEpsilon(epsilon)
  requireMultiplier(multiplier)
  const first = logNormalTail(epsilon * multiplier - 1 / (2 * multiplier))
  const second = epsilon + logNormalTail(epsilon * multiplier + 1 / (2 * multiplier))
  return second >= first ? 0 : Math.exp(first) * -Math.expm1(second - first)
}

/** The least ε of one Gaussian mechanism at `delta`, rounded up by at most 1e-13 of itself. */
export const gaussianEpsilon = ({ delta, multiplier }: { delta: number; multiplier: number }): number => {
  requireDelta(delta)
  requireMultiplier(multiplier)
  if (gaussianDelta({ epsilon: 0, multiplier }) <= delta) return 0
  const holds = (epsilon: number) => gaussianDelta({ epsilon, multiplier }) <= delta
  return leastWhere(holds, { guess: 1, most: 1e300 }) ?? Number.POSITIVE_INFINITY
}

/** The least noise multiplier at which one Gaussian mechanism is (ε, δ)-private, rounded up by at most 1e-13 of itself. */
export const gaussianMultiplier = ({ epsilon, delta }: { epsilon: number; delta: number }): number => {
  requireEpsilon(epsilon)
  requireDelta(delta)
  const holds = (multiplier: number) => gaussianDelta({ epsilon, multiplier }) <= delta
  const multiplier = leastWhere(holds, { guess: 1, most: 1e12 })
  if (multiplier === undefined)
    throw new RangeError(`no noise up to 1e12 gives ε = ${epsilon} at δ = ${delta}`)
  return multiplier
}

/**
 * Many Gaussian mechanisms at once are one: multipliers z₁, z₂, … compose, chosen adaptively or not, to exactly
 * (Σ 1/zᵢ²)^(−1/2) (Dong, Roth and Su 2022, Corollary 3.3). `releases` must have at least one with a count above 0.
 */
export const composedMultiplier = (releases: readonly { multiplier: number; count: number }[]): number => {
  let sum = 0
  for (const { multiplier, count } of releases) {
    requireMultiplier(multiplier)
    requireCount('count', count)
    sum += count / multiplier ** 2
  }
  if (sum === 0) throw new RangeError('composedMultiplier: nothing was released')
  return 1 / Math.sqrt(sum)
}
