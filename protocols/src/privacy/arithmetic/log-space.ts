/** Sums of numbers too large or too small for float64, held by their natural logarithms; -Infinity holds zero. */

/** ln Σ exp(x), of at least one x; relative error about 1e-16 a term. */
export const logSumExp = (logs: readonly number[]): number => {
  const largest = logs.reduce((most, log) => Math.max(most, log), Number.NEGATIVE_INFINITY)
  if (!Number.isFinite(largest)) return largest
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0))
}

/** ln(1 + exp(x)), without overflow and exact to the last places where exp(x) is tiny. */
export const logOnePlusExp = (x: number): number => (x > 40 ? x : Math.log1p(Math.exp(x)))

/** ln(exp(x) - 1) for x ≥ 0. */
export const logExpMinusOne = (x: number): number => (x > 40 ? x : Math.log(Math.expm1(x)))
