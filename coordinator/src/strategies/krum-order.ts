import type { CohortKernels } from '@tributary/protocols/cohort-kernels'

/**
 * Squared distances of all pairs of rows, n × n, row-major. What overflows is infinitely far from everything: a client that sends 10³⁰ must not
 * turn the distances of others into NaN.
 */
export const squaredDistances = (kernels: CohortKernels, rows: readonly Float32Array[]): Float64Array => {
  const n = rows.length
  const gram = kernels.gram(rows)
  const at = (i: number, j: number) => gram[i * n + j] ?? Number.NaN
  return gram.map((product, place) => {
    const [i, j] = [Math.floor(place / n), place % n]
    if (i === j) return 0
    const squared = at(i, i) + at(j, j) - 2 * product // the same for (j, i), so that ties are ties
    return Number.isNaN(squared) ? Number.POSITIVE_INFINITY : Math.max(0, squared)
  })
}

/**
 * Krum's scores (Blanchard, El Mhamdi, Guerraoui and Stainer 2017): for each of these rows the sum of its squared distances to the
 * n − f − 2 others that are nearest to it, at least one; in the order of `among`.
 */
export const krumScores = (
  distances: Float64Array,
  { among, byzantine }: { among: readonly number[]; byzantine: number },
): number[] => {
  const n = Math.sqrt(distances.length)
  const nearest = Math.max(1, among.length - byzantine - 2)
  return among.map((i) => {
    const others = among.filter((j) => j !== i).map((j) => distances[i * n + j] ?? 0)
    return Float64Array.from(others)
      .sort()
      .subarray(0, nearest)
      .reduce((sum, squared) => sum + squared, 0)
  })
}

/** These rows by their scores, the best first; of equal ones the earlier row, which is that of the smaller client id. */
export const krumOrder = (
  distances: Float64Array,
  { among, byzantine }: { among: readonly number[]; byzantine: number },
): number[] => {
  const scores = krumScores(distances, { among, byzantine })
  return among
    .map((row, i) => ({ row, score: scores[i] ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => (a.score < b.score ? -1 : a.score > b.score ? 1 : a.row - b.row))
    .map(({ row }) => row)
}
