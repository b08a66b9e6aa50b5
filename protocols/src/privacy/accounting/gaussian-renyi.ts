import { logExpMinusOne, logOnePlusExp, logSumExp } from '../arithmetic/log-space.ts'
import { requireMultiplier, requireOrder } from './requirements.ts'

/** Rényi divergence of order α of one Gaussian mechanism: α / 2z² (Mironov 2017, Proposition 7). */
export const gaussianRenyi = ({ order, multiplier }: { order: number; multiplier: number }): number => {
  requireOrder(order)
  requireMultiplier(multiplier)
  return order / (2 * multiplier ** 2)
}

/**
 * Rényi divergence of order α of one Gaussian mechanism on a Poisson sample, neighbours by adding or removing one
 * (Mironov, Talwar and Zhang 2019): ln A(α) / (α−1), where A(α) = E_{x∼N(0,z²)} [(1 − q + q e^{(2x−1)/2z²})^α] bounds both
 * directions at every order (their Theorem 5). `rate`: q in [0, 1]; 1 is no sampling.
 */
export const sampledGaussianRenyi = (mechanism: {
  order: number
  multiplier: number
  rate: number
}): number => {
  const { order, multiplier, rate } = mechanism
  requireOrder(order)
  requireMultiplier(multiplier)
  if (!(rate >= 0 && rate <= 1)) throw new RangeError(`a sampling rate is between 0 and 1, not ${rate}`)
  if (rate === 0) return 0
  if (rate === 1) return gaussianRenyi(mechanism)
  const log = Number.isInteger(order) ? logMomentOfWhole(mechanism) : logMomentByQuadrature(mechanism)
  return logOnePlusExp(log) / (order - 1)
}

type Mechanism = { order: number; multiplier: number; rate: number }

/**
 * ln(A(α) − 1) at a whole order: their equation 3, Σᵢ C(α,i) (1−q)^{α−i} qⁱ e^{(i²−i)/2z²}, less the Σ without the last factor,
 * which is 1. Every term left is positive, so no digit is lost however small A − 1.
 */
const logMomentOfWhole = ({ order, multiplier, rate }: Mechanism): number => {
  const [logRate, logRest] = [Math.log(rate), Math.log1p(-rate)]
  const terms: number[] = []
  let logBinomial = Math.log(order)
  for (let i = 2; i <= order; i++) {
    logBinomial += Math.log((order - i + 1) / i)
    const gain = logExpMinusOne((i * i - i) / (2 * multiplier ** 2))
    terms.push(logBinomial + i * logRate + (order - i) * logRest + gain)
  }
  return logSumExp(terms)
}

/**
 * ln(A(α) − 1) at any order, by the trapezoidal rule. With r = q(e^{(2x−1)/2z²} − 1), E[r] = 0, so A − 1 = E[(1+r)^α − 1 − αr],
 * which is nowhere negative (Bernoulli): nothing cancels in the sum. The integrand is analytic for |Im x| < πz² and falls off as a
 * normal density, where the rule converges as e^{−2π·πz²/h} (Trefethen and Weideman 2014): h = min(z², z)/3 leaves under 1e-16 of it.
 * (Their series for fractional orders alternates and loses digits where this does not.)
 */
const logMomentByQuadrature = ({ order, multiplier, rate }: Mechanism): number => {
  const variance = multiplier ** 2
  const step = Math.min(variance, multiplier) / 3
  const reach = 12 * multiplier
  const first = Math.floor(-reach / step)
  const last = Math.ceil((order + reach) / step)
  const logs: number[] = []
  for (let i = first; i <= last; i++) {
    const x = i * step
    const log = logExcess(order, rate, (2 * x - 1) / (2 * variance))
    logs.push(log - (x * x) / (2 * variance))
  }
  return logSumExp(logs) + Math.log(step) - Math.log(2 * Math.PI * variance) / 2
}

/** ln((1+r)^α − 1 − αr) for r = q(e^u − 1). */
const logExcess = (order: number, rate: number, u: number): number => {
  const r = rate * Math.expm1(u)
  if (Math.abs(r) < 1e-3) {
    // By its own power series, since the difference would cancel.
    let term = (order * (order - 1) * r * r) / 2
    let sum = term
    for (let k = 3; k < 9; k++) {
      term *= ((order - k + 1) * r) / k
      sum += term
    }
    if (sum > 0) return Math.log(sum)
  }
  const logBase = u > 700 ? u + Math.log(rate) : Math.log1p(r)
  const logPower = order * logBase
  if (logPower <= 40) return Math.log(Math.max(0, Math.expm1(logPower) - order * r))
  const logLess = u > 700 ? Math.log(order) + logBase : Math.log1p(order * r)
  return logPower + Math.log1p(-Math.exp(logLess - logPower))
}
