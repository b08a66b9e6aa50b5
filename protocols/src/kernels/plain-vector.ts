import { float32Weight, requireQuantization, requireSameLength, requireStep } from './checks.ts'
import type { Kernels, Quantization } from './kernels.ts'
import { laneCount, sumLanes } from './lanes.ts'

// Math.fround, and storing into a Float32Array, keep every step the float32 operation that the SIMD module performs:
// the product and the sum of two float32 numbers, taken in float64 and rounded once, are the float32 product and sum.
// Loops are top-level functions over typed arrays, the shape V8 compiles best.

export function addScaled(operation: string, acc: Float32Array, x: Float32Array, weight: number): void {
  requireSameLength(operation, acc.length, x.length)
  const w = float32Weight(operation, weight)
  const { length } = acc
  for (let i = 0; i < length; i++) acc[i] = (acc[i] ?? 0) + Math.fround(w * (x[i] ?? 0))
}

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

// A Uint32Array stores modulo 2³², and sums of two uint32 are exact in float64.

export function addMod32(operation: string, acc: Uint32Array, x: Uint32Array): void {
  requireSameLength(operation, acc.length, x.length)
  const { length } = acc
  for (let i = 0; i < length; i++) acc[i] = ((acc[i] ?? 0) + (x[i] ?? 0)) | 0
}

export function subtractMod32(operation: string, acc: Uint32Array, x: Uint32Array): void {
  requireSameLength(operation, acc.length, x.length)
  const { length } = acc
  for (let i = 0; i < length; i++) acc[i] = ((acc[i] ?? 0) - (x[i] ?? 0)) | 0
}

/** `packed` has been checked to hold one whole number for each value of `acc`. */
export function addPacked(acc: Uint32Array, packed: Uint8Array, bits: number): void {
  const padded = new Uint8Array(4 * Math.ceil(packed.length / 4))
  padded.set(packed)
  const view = new DataView(padded.buffer)
  const keep = bits === 32 ? -1 : (1 << bits) - 1
  const { length } = acc
  let held = 0
  let left = 0
  let at = 0
  for (let i = 0; i < length; i++) {
    if (left >= bits) {
      acc[i] = ((acc[i] ?? 0) + (held & keep)) | 0
      held >>>= bits
      left -= bits
      continue
    }
    const next = view.getUint32(at, true)
    at += 4
    acc[i] = ((acc[i] ?? 0) + ((held | (next << left)) & keep)) | 0
    const taken = bits - left
    // A shift by 32 would be one by 0.
    held = taken === 32 ? 0 : next >>> taken
    left = 32 - taken
  }
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

function dequantize(levels: Int32Array, step: number, out: Float32Array): void {
  requireSameLength('dequantize', levels.length, out.length)
  requireStep(step)
  const { length } = levels
  for (let i = 0; i < length; i++) out[i] = (levels[i] ?? 0) * step
}

export const plainVectorKernels = {
  axpy: (acc, x, weight) => addScaled('axpy', acc, x, weight),
  scale,
  norm,
  firstNonFinite,
  addMod32: (acc, x) => addMod32('addMod32', acc, x),
  subtractMod32: (acc, x) => subtractMod32('subtractMod32', acc, x),
  quantize,
  dequantize,
} satisfies Partial<Kernels>
