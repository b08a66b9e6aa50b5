import { float32Weight, requireSameLength, requireStep } from './checks.ts'
import type { Kernels } from './kernels.ts'

// As in plain-vector.ts, every step is the operation that the SIMD module performs.

export function addScaled(operation: string, acc: Float32Array, x: Float32Array, weight: number): void {
  requireSameLength(operation, acc.length, x.length)
  const w = float32Weight(operation, weight)
  const { length } = acc
  for (let i = 0; i < length; i++) acc[i] = (acc[i] ?? 0) + Math.fround(w * (x[i] ?? 0))
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

function dequantize(levels: Int32Array, step: number, out: Float32Array): void {
  requireSameLength('dequantize', levels.length, out.length)
  requireStep(step)
  const { length } = levels
  for (let i = 0; i < length; i++) out[i] = (levels[i] ?? 0) * step
}

/** Kernels that add vectors up. */
export const plainSumKernels = {
  axpy: (acc, x, weight) => addScaled('axpy', acc, x, weight),
  addMod32: (acc, x) => addMod32('addMod32', acc, x),
  subtractMod32: (acc, x) => subtractMod32('subtractMod32', acc, x),
  dequantize,
} satisfies Partial<Kernels>
