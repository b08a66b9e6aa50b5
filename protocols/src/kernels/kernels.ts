/**
 * Vector kernels: the arithmetic over whole models, d values long, that every upload and every round pays for.
 *
 * Two implementations keep this contract, a SIMD WebAssembly module and plain TypeScript, and they agree bit for bit:
 * every operation below fixes its roundings and its order of summation. So a round gives the same model version on
 * whatever machine it runs.
 *
 * Conventions: `length` and indices count values; arrays are read and written in place; `weight` and `factor` are
 * rounded to float32 before use; arrays of one call must have one length and must not overlap unless they are the same.
 * Wrong lengths, counts or weights throw a `RangeError` that names the operation.
 */
export type Kernels = {
  readonly name: 'simd' | 'plain'

  /** A float32 vector of zeros that lives where the kernels reach it fastest. Release it when done. */
  accumulator(length: number): Accumulator

  /** acc[i] = f32(acc[i] + f32(weight * x[i])): two roundings, never a fused multiply-add. */
  axpy(acc: Float32Array, x: Float32Array, weight: number): void
  /** x[i] = f32(factor * x[i]) */
  scale(x: Float32Array, factor: number): void
  /** Euclidean length, summed in float64 over eight lanes (value i goes to lane i mod 8), then the lanes pairwise. */
  norm(x: Float32Array): number
  /** Index of the first NaN or infinity, or -1. */
  firstNonFinite(x: Float32Array): number
}

/**
 * A running float32 sum. The SIMD implementation keeps it in WebAssembly memory, which is returned by `release` and
 * never shrinks below its peak; a forgotten accumulator is freed some time after the garbage collector finds it.
 */
export type Accumulator = {
  readonly length: number
  /** acc[i] = f32(acc[i] + f32(weight * x[i])): two roundings, never a fused multiply-add. */
  addScaled(x: Float32Array, weight: number): void
  /** acc[i] = f32(factor * acc[i]) */
  scale(factor: number): void
  /** acc[i] = x[i] */
  assign(x: Float32Array): void
  /** Euclidean length of the sum so far, as `Kernels.norm`. */
  norm(): number
  /** Index of the first NaN or infinity, or -1: sums of finite values can overflow. */
  firstNonFinite(): number
  /** A copy. */
  read(): Float32Array
  /** Gives the memory back. Any later use throws; releasing twice is harmless. */
  release(): void
}

/** The memory of the SIMD module could not grow; release accumulators, use smaller models or the plain kernels. */
export class KernelMemoryError extends Error {
  override name = 'KernelMemoryError'
}
