/**
 * Vector kernels: the arithmetic over whole models, d values long, that every upload and every round pays for.
 *
 * Two implementations keep this contract, a SIMD WebAssembly module and plain TypeScript, and they agree bit for bit:
 * every operation below fixes its roundings and its order of summation. So a round gives the same model version on
 * whatever machine it runs.
 *
 * Conventions: lengths and indices count values; results are written in place or into `out`; `weight` and `factor` are
 * rounded to float32 before use; arrays of one call must have one length and must not overlap unless they are the same.
 * Wrong lengths, counts or weights throw a `RangeError` that names the operation. Nothing here looks for NaN or
 * infinity unless it says so: reject an update with `firstNonFinite` before it meets any other kernel.
 */
export type Kernels = VectorKernels & {
  /** A float32 vector of zeros that lives where the kernels reach it fastest. Release it when done. */
  accumulator(length: number): Accumulator
  /** The same for sums of uint32 modulo 2³², the group that secure aggregation masks in. */
  modularAccumulator(length: number): ModularAccumulator

  /** acc[i] = f32(acc[i] + f32(weight * x[i])): two roundings, never a fused multiply-add. */
  axpy(acc: Float32Array, x: Float32Array, weight: number): void
  /** acc[i] = acc[i] + x[i] mod 2³² */
  addMod32(acc: Uint32Array, x: Uint32Array): void
  /** acc[i] = acc[i] - x[i] mod 2³² */
  subtractMod32(acc: Uint32Array, x: Uint32Array): void
  /** out[i] = f32(levels[i] * step), the product in float64. */
  dequantize(levels: Int32Array, step: number, out: Float32Array): void
}

/** What a client computes with: its own vector, and its masks. Those that add vectors up are the coordinator's. */
export type VectorKernels = {
  readonly name: 'simd' | 'plain'

  /** x[i] = f32(factor * x[i]) */
  scale(x: Float32Array, factor: number): void
  /** Euclidean length, summed in float64 over eight lanes (value i goes to lane i mod 8), then the lanes pairwise. */
  norm(x: Float32Array): number
  /** Index of the first NaN or infinity, or -1. */
  firstNonFinite(x: Float32Array): number

  /** acc[i] = acc[i] ± mask[i] mod 2³², where the mask is never held in memory as a whole. */
  chacha20Add(acc: Uint32Array, mask: ChaCha20Mask): void

  /**
   * Stochastic rounding, unbiased: out[i] is the whole level below x[i] * scale, or the one above when randoms[i] / 2³²
   * is less than the fraction between; then held to ±limit. NaN gives 0.
   */
  quantize(x: Float32Array, quantization: Quantization, out: Int32Array): void
}

/**
 * A running float32 sum; or one update that several kernels are to see, assigned once and copied no more: check it, take
 * its norm, scale it, and add it to the sum, each at the speed of memory. The SIMD implementation keeps it in WebAssembly memory, which never shrinks below its peak but
 * takes a released accumulator's place again; a forgotten one is freed some time after the garbage collector finds it.
 */
export type Accumulator = {
  readonly length: number
  /**
   * acc[i] = f32(acc[i] + f32(weight * x[i])): two roundings, never a fused multiply-add. Fastest when x is an
   * accumulator of the same kernels: adding an array costs a copy of it besides.
   */
  addScaled(x: Float32Array | Accumulator, weight: number): void
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

/** A running sum of uint32 modulo 2³²; memory as for `Accumulator`. */
export type ModularAccumulator = {
  readonly length: number
  add(x: Uint32Array): void
  /** Adds as many whole numbers of `bits` bits (1 to 32), one after the other from the lowest bit of the first byte on. */
  addPacked(packed: Uint8Array, bits: number): void
  subtract(x: Uint32Array): void
  /** acc[i] = acc[i] ± mask[i] mod 2³² */
  addMask(mask: ChaCha20Mask): void
  /** acc[i] = x[i] */
  assign(x: Uint32Array): void
  /** A copy. */
  read(): Uint32Array
  release(): void
}

/** A ChaCha20 keystream (RFC 8439) read as little-endian uint32, added or subtracted. */
export type ChaCha20Mask = {
  /** 32 secret bytes. */
  key: Uint8Array
  /** 1 adds, -1 subtracts: the two ends of a pair differ in this alone. */
  sign: 1 | -1
  /** 12 bytes, zeros unless given: right for a key that makes one mask only. */
  nonce?: Uint8Array
  /** First block of 64 bytes, 0 unless given; the last must stay below 2³² - 1. */
  counter?: number
}

export type Quantization = {
  /** Levels per unit: the reciprocal of `dequantize`'s step. Finite, above zero. */
  scale: number
  /** The largest level, a whole number from 1 to 2³¹ - 1. Values beyond it are held to it, so clip first. */
  limit: number
  /** One uniform uint32 for each value, used once; cryptographic where privacy rests on it. */
  randoms: Uint32Array
}

/** The memory of the SIMD module could not grow; release accumulators, use smaller models or the plain kernels. */
export class KernelMemoryError extends Error {
  override name = 'KernelMemoryError'
}
