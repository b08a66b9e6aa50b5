import type { CohortKernels } from '@tributary/protocols/cohort-kernels'

/** Σ wᵢ xᵢ in float32, in the order of the rows; each wᵢ is 1/n where no weights are given: a sum scaled once. */
export const meanOfRows = (
  kernels: CohortKernels,
  rows: readonly Float32Array[],
  weights?: readonly number[],
): Float32Array => {
  const sum = kernels.accumulator(rows[0]?.length ?? 0)
  try {
    rows.forEach((row, i) => {
      sum.addScaled(row, weights ? (weights[i] ?? 0) : 1)
    })
    if (!weights) sum.scale(1 / rows.length)
    return sum.read()
  } finally {
    sum.release()
  }
}
