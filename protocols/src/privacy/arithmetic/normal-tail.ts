/**
 * ln P(Z > z) of a standard normal Z, to about 1e-15 of the logarithm however far out.
 * Below 2 by the series erf(x) = 2/√π · e^{-x²} · Σ 2ⁿ x^{2n+1} / (1·3·…·(2n+1)), whose terms are all of one sign
 * (Abramowitz and Stegun 7.1.6); beyond by the continued fraction of erfc (7.1.14), evaluated by Lentz's method.
 */
export const logNormalTail = (z: number): number => {
  if (Number.isNaN(z)) throw new RangeError('logNormalTail: not a number')
  if (z === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY
  const x = Math.abs(z) / Math.SQRT2
  const logUpper = x < 2 ? Math.log(0.5 - 0.5 * erfBySeries(x)) : logErfcByFraction(x) - Math.LN2
  return z >= 0 ? logUpper : Math.log1p(-Math.exp(logUpper))
}

/** P(Z > z) of a standard normal Z. */
export const normalTail = (z: number): number => Math.exp(logNormalTail(z))

const erfBySeries = (x: number): number => {
  let term = x
  let sum = x
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

/** erfc(x) = e^{-x²}/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))) */
const logErfcByFraction = (x: number): number => {
  let fraction = x
  let c = x
  let d = 0
  for (let n = 1; n < 500; n++) {
    d = 1 / (x + (n / 2) * d)
    c = x + n / 2 / c
    fraction *= c * d
    if (Math.abs(c * d - 1) < 1e-16) break
  }
  return -x * x - Math.log(fraction) - Math.log(Math.PI) / 2
}
