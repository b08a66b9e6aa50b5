import { float32Weight, requireQuantization, requireSameLength } from './checks.ts'
import type { Quantization, VectorKernels } from './kernels.ts'
import { laneCount, sumLanes } from './lanes.ts'

// Math.fround, and storing into a Float32Array, keep every step the float32 operation that the SIMD module performs:
// the product and the sum of two float32 numbers, taken in float64 and rounded once, are the float32 product and sum.
// Loops are top-level functions over typed arrays, the shape V8 compiles best.

export function scale(x: Float32Array, factor: number): void {
  const f = float32Weight('scale', factor)
  const { length } = x
  for (let i = 0; i < length; i++) x[i] = f * (x[i] ?? 0)
}

export function norm(x: Float32Array): number {
  const lanes = new Float64Array(laneCount)
  let [l0, l1, l2, l3, l4, l5, l6, l7] = [0, 0, 0, 0, 0, 0, 0, 0]
  const whole = x.length - (x.length % laneCount)
  for (let i = 0; i < whole; i += laneCount) {
    l0 += (x[i] ?? 0) * (x[i] ?? 0)
    l1 += (x[i + 1] ?? 0) * (x[i + 1] ?? 0)
    l2 += (x[i + 2] ?? 0) * (x[i + 2] ?? 0)
    l3 += (x[i + 3] ?? 0) * (x[i + 3] ?? 0)
    l4 += (x[i + 4] ?? 0) * (x[i + 4] ?? 0)
    l5 += (x[i + 5] ?? 0) * (x[i + 5] ?? 0)
    l6 += (x[i + 6] ?? 0) * (x[i + 6] ?? 0)
    l7 += (x[i + 7] ?? 0) * (x[i + 7] ?? 0)
  }
  lanes.set([l0, l1, l2, l3, l4, l5, l6, l7])
  for (let i = whole; i < x.length; i++) {
    const value = x[i] ?? 0
    lanes[i - whole] = (lanes[i - whole] ?? 0) + value * value
  }
  return Math.sqrt(sumLanes(lanes))
}

const searchBlock = 1024

export function firstNonFinite(x: Float32Array): number {
  const { length } = x
  for (let from = 0; from < length; from += searchBlock) {
    const to = Math.min(from + searchBlock, length)
    // value * 0 is NaN for NaN and infinity alone: one multiply and add a value until there is something to find.
    let probe = 0
    for (let i = from; i < to; i++) probe += (x[i] ?? 0) * 0
    if (probe === 0) continue
    for (let i = from; i < to; i++) if (!Number.isFinite(x[i])) return i
  }
  return -1
}

/** An Int32Array stores NaN as 0. */
function quantize(x: Float32Array, quantization: Quantization, out: Int32Array): void {
  requireQuantization(quantization, x.length)
  requireSameLength('quantize', x.length, out.length)
  const { scale, limit, randoms } = quantization
  const { length } = x
  for (let i = 0; i < length; i++) {
    const exact = (x[i] ?? 0) * scale
    const below = Math.floor(exact)
    const level = (randoms[i] ?? 0) * 2 ** -32 < exact - below ? below + 1 : below
    out[i] = Math.max(-limit, Math.min(level, limit))
  }
}

export const plainVectorKernels = {
  scale,
  norm,
  firstNonFinite,
  quantize,
} satisfies Partial<VectorKernels>
