import { normal, type Random, uniform } from '@tributary/protocols/runtime'

/**
 * One draw from a Dirichlet distribution with these concentrations (all above 0): independent gammas, normalised. It
 * works on logarithms, so that a concentration of 0.001, whose gammas underflow to 0, still gives shares that sum to 1.
 */
export const drawDirichlet = (random: Random, alphas: readonly number[]): number[] => {
  const logs = alphas.map((alpha) => logGamma(random, alpha))
  const largest = logs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const scaled = logs.map((log) => Math.exp(log - largest))
  const sum = scaled.reduce((a, b) => a + b, 0)
  return scaled.map((value) => value / sum)
}

/**
 * The logarithm of a gamma variate of shape `alpha`, scale 1: rejection from a transformed normal (Marsaglia and Tsang 2000,
 * "A simple method for generating gamma variables"); below 1 by their boost, gamma(α + 1) · U^(1/α).
 */
const logGamma = (random: Random, alpha: number): number => {
  if (alpha < 1) return logGamma(random, alpha + 1) + Math.log(1 - uniform(random)) / alpha
  const d = alpha - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal(random)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - uniform(random)) < x * x * 0.5 + d * (1 - v + Math.log(v)))
      return Math.log(d) + Math.log(v)
  }
}
