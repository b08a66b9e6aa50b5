import type { CohortKernels } from '@tributary/protocols/cohort-kernels'

/** Euclidean distances of each row to one point; differences are float32, their squares summed in float64. */
export const distancesTo = (
  kernels: CohortKernels,
  rows: readonly Float32Array[],
  point: Float32Array,
): number[] => {
  const difference = kernels.accumulator(point.length)
  try {
    return rows.map((row) => {
      difference.assign(row)
      difference.addScaled(point, -1)
      return difference.norm()
    })
  } finally {
    difference.release()
  }
}
