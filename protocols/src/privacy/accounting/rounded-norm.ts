/** What rounding to whole numbers may do to the length of a vector, and so to the sensitivity of a sum of such vectors. */

/** `norm` in grid steps, `dimension` the number of coordinates, `probability` β of one rounding passing the bound, in [0, 1). */
export type RoundedNorm = { norm: number; dimension: number; probability: number }

/** e^{−1/2}: a rounding is drawn again with at most this probability, and the bias of drawing again stays small. */
export const retryProbability = Math.exp(-0.5)

/**
 * An L2 bound on a stochastically rounded vector: min{(c + √d)², c² + d/4 + √(2 ln(1/β)) (c + √d/2)}^½
 * (Kairouz, Liu and Steinke 2021, on randomized rounding). At β = 0 it holds always; at β > 0 with probability above 1 − β,
 * and a rounding that passes it is to be drawn again (`roundWithin`).
 */
export const roundedNormBound = ({ norm, dimension, probability }: RoundedNorm): number => {
  if (
    !(norm >= 0) ||
    !(probability >= 0 && probability < 1) ||
    !(Number.isInteger(dimension) && dimension > 0)
  )
    throw new RangeError('roundedNormBound: norm ≥ 0, dimension ≥ 1 and a probability in [0, 1)')
  const always = norm + Math.sqrt(dimension)
  if (probability === 0) return always
  const spread = Math.sqrt(-2 * Math.log(probability)) * (norm + Math.sqrt(dimension) / 2)
  return Math.min(always, Math.sqrt(norm * norm + dimension / 4 + spread))
}

/** ‖x‖₁ ≤ √d ‖x‖₂, and ≤ ‖x‖₂² where x is whole. */
export const wholeL1Bound = ({ l2, dimension }: { l2: number; dimension: number }): number =>
  Math.min(Math.sqrt(dimension) * l2, l2 * l2)
