/** Some coordinates of a vector of `length`, the others being 0. `at` ascends. */
export type SparseVector = { length: number; at: Uint32Array; values: Float32Array }

/**
 * The `k` coordinates of largest magnitude of `vector` + `residual` (of equal ones those that come first), and the new residual: what
 * was left out, to be added the next time (sparsified SGD with memory: Stich et al. 2018, arXiv:1809.07599, algorithm 1; error feedback:
 * Karimireddy et al. 2019, arXiv:1901.09847). Biased: only with its memory does every coordinate get through in the end. What
 * is left out of one vector is at most (1 − k/d) of its squared length. Each client has coordinates of its own, which says something
 * of its data and does not go through a secure sum.
 * @throws RangeError when k is not a whole number from 1 to the vector's length, the residual has another length, or a value is not finite.
 */
export const topK = (
  vector: Float32Array,
  { k, residual }: { k: number; residual?: Float32Array },
): { sparse: SparseVector; residual: Float32Array } => {
  const { length } = vector
  if (!Number.isInteger(k) || k < 1 || k > length)
    throw new RangeError(`of ${length} coordinates 1 to ${length} can be kept, not ${k}`)
  if (residual && residual.length !== length)
    throw new RangeError(`a residual of ${residual.length} values is not one of ${length}`)
  const left = Float32Array.from(vector, (value, i) => value + (residual?.[i] ?? 0))
  const magnitudes = left.map(Math.abs)
  for (let i = 0; i < length; i++)
    if (!Number.isFinite(magnitudes[i]))
      throw new RangeError(`value ${i} is ${left[i]}: only finite ones are ranked`)
  const least = magnitudes.slice().sort()[length - k] ?? 0
  const larger = magnitudes.reduce((count, magnitude) => (magnitude > least ? count + 1 : count), 0)
  let equals = k - larger
  const at = new Uint32Array(k)
  const values = new Float32Array(k)
  for (let i = 0, kept = 0; kept < k; i++) {
    const magnitude = magnitudes[i] ?? 0
    if (magnitude < least || (magnitude === least && equals-- <= 0)) continue
    at[kept] = i
    values[kept++] = left[i] ?? 0
    left[i] = 0
  }
  return { sparse: { length, at, values }, residual: left }
}

/** The whole vector, 0 where nothing was kept: the inverse of `topK` but for its residual. */
export const fromSparse = ({ length, at, values }: SparseVector): Float32Array => {
  const vector = new Float32Array(length)
  for (let i = 0; i < at.length; i++) vector[at[i] ?? 0] = values[i] ?? 0
  return vector
}
