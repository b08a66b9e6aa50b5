import type { Kernels } from '../kernels.ts'

/**
 * Kernels that see the vectors of a whole cohort at once: what robust rules are made of. They are a module of their own, that
 * clients never load; conventions and promises are those of `Kernels`.
 */
export type RowKernels = {
  /**
   * Coordinate-wise median of the rows (Yin et al. 2018): the middle value in ascending order, or the mean of the middle
   * two. Order is total: -0 before 0, NaN beyond infinity by its sign. Sums are float64 in ascending order.
   */
  coordinateMedian(rows: readonly Float32Array[], out: Float32Array): void
  /** The mean of what is left after dropping the `trim` smallest and `trim` largest values; 0 ≤ 2 * trim < rows. */
  trimmedMean(rows: readonly Float32Array[], trim: number, out: Float32Array): void
  /**
   * Inner products of all pairs of rows, K × K, row-major: what Krum (Blanchard et al. 2017) takes distances from, as
   * ‖a − b‖² = ⟨a, a⟩ − 2⟨a, b⟩ + ⟨b, b⟩. That difference cancels when rows are alike, so give it deltas, never weights.
   * float32 within tiles of 1,024 values, float64 across them: relative error near 1e-7; overflows above about 1e18.
   */
  gram(rows: readonly Float32Array[]): Float64Array
}

/** All that a coordinator computes with. */
export type CohortKernels = Kernels & RowKernels
