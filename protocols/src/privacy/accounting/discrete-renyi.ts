import { requireOrder } from './requirements.ts'

/**
 * A sum of whole vectors to which `clients` of them have each added noise of `variance` a coordinate; lengths in grid steps.
 * `l2` and `l1` bound how far one client's vector may move the sum; `clients` counts those whose noise is sure to be there.
 */
export type NoisyWholeSum = {
  readonly variance: number
  readonly clients: number
  readonly l2: number
  readonly l1: number
  readonly dimension: number
}

/**
 * Rényi divergence of order α, a whole number, of a sum under Skellam noise, μ = clients · variance:
 * αΔ₂²/2μ + min{((2α−1)Δ₂² + 6Δ₁)/4μ², 3Δ₁/2μ} (the sharp bound of Agarwal, Kairouz and Liu 2021). Skellam noises add up to Skellam
 * noise, so nothing is lost by their being many.
 */
export const skellamRenyi = (order: number, sum: NoisyWholeSum): number => {
  requireSum(sum)
  requireOrder(order)
  if (!Number.isInteger(order))
    throw new RangeError(`the Skellam bound is proved at whole orders, not ${order}`)
  const { l2, l1 } = sum
  const mu = sum.clients * sum.variance
  const gaussian = (order * l2 ** 2) / (2 * mu)
  return gaussian + Math.min(((2 * order - 1) * l2 ** 2 + 6 * l1) / (4 * mu ** 2), (3 * l1) / (2 * mu))
}

/**
 * Rényi divergence of order α of a sum under discrete Gaussian noise of several clients (Kairouz, Liu and Steinke 2021, section on sums of discrete Gaussians):
 * their sum is not discrete Gaussian, but within e^{±τ} of it a coordinate, τ = 10 Σ_{k<n} e^{−2π²σ²k/(k+1)}.
 */
export const discreteGaussianRenyi = (order: number, sum: NoisyWholeSum): number => {
  requireSum(sum)
  requireOrder(order)
  const { clients, variance, dimension } = sum
  const tau = distanceOfSum({ clients, variance })
  const l2 = sum.l2 / Math.sqrt(clients * variance)
  const l1 = sum.l1 / Math.sqrt(clients * variance)
  return Math.min(
    (order * l2 ** 2) / 2 + tau * dimension,
    (order / 2) * (l2 ** 2 + 2 * l1 * tau + tau ** 2 * dimension),
    (order / 2) * (l2 + Math.sqrt(dimension) * tau) ** 2,
  )
}

const distanceOfSum = ({ clients, variance }: { clients: number; variance: number }): number => {
  let tau = 0
  for (let k = 1; k < clients; k++) {
    const term = Math.exp((-2 * Math.PI ** 2 * variance * k) / (k + 1))
    // The terms fall towards e^{−2π²σ²}, so the rest is at most so many times this one.
    if (k > 10_000) return 10 * (tau + (clients - k) * term)
    tau += term
  }
  return 10 * tau
}

const requireSum = ({ variance, clients, l2, l1, dimension }: NoisyWholeSum): void => {
  if (!(variance > 0) || !(l2 >= 0) || !(l1 >= 0))
    throw new RangeError('a noisy sum has a variance above 0 and lengths of at least 0')
  if (!(Number.isInteger(clients) && clients > 0 && Number.isInteger(dimension) && dimension > 0))
    throw new RangeError('a noisy sum has at least one client and one coordinate')
}
