/** Coordinate-wise mean of vectors of one length, and their standard deviation about it (over n), in float64. */
export const momentsOf = (
  vectors: readonly Float32Array[],
): { mean: Float64Array; deviation: Float64Array } => {
  const mean = meanOf(vectors)
  const deviation = new Float64Array(mean.length)
  for (const vector of vectors)
    for (let i = 0; i < mean.length; i++)
      deviation[i] = (deviation[i] ?? 0) + ((vector[i] ?? 0) - (mean[i] ?? 0)) ** 2
  for (let i = 0; i < mean.length; i++) deviation[i] = Math.sqrt((deviation[i] ?? 0) / vectors.length)
  return { mean, deviation }
}

/** @throws RangeError when there is no vector, or one of another length. */
export const meanOf = (vectors: readonly Float32Array[]): Float64Array => {
  const length = vectors[0]?.length
  if (length === undefined) throw new RangeError('the mean of no vectors')
  const mean = new Float64Array(length)
  for (const vector of vectors) {
    if (vector.length !== length)
      throw new RangeError(`a vector of ${vector.length} among those of ${length}`)
    for (let i = 0; i < length; i++) mean[i] = (mean[i] ?? 0) + (vector[i] ?? 0)
  }
  for (let i = 0; i < length; i++) mean[i] = (mean[i] ?? 0) / vectors.length
  return mean
}
