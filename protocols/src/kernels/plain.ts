import { float32Weight, releasedError, requireLength, requireSameLength } from './checks.ts'
import type { Accumulator, Kernels } from './kernels.ts'
import { laneCount, sumLanes } from './lanes.ts'

/** The kernels in plain TypeScript, for engines without WebAssembly SIMD and as the readable definition of each. */
export const plainKernels: Kernels = {
  name: 'plain',
  accumulator: plainAccumulator,
  axpy(acc, x, weight) {
    requireSameLength('axpy', acc.length, x.length)
    addScaled(acc, x, float32Weight('axpy', weight))
  },
  scale: (x, factor) => scale(x, float32Weight('scale', factor)),
  norm,
  firstNonFinite,
}

function plainAccumulator(length: number): Accumulator {
  requireLength('accumulator', length)
  let sum: Float32Array | undefined = new Float32Array(length)
  const live = (operation: string): Float32Array => {
    if (!sum) throw releasedError(operation)
    return sum
  }
  return {
    length,
    addScaled(x, weight) {
      const acc = live('addScaled')
      requireSameLength('addScaled', length, x.length)
      addScaled(acc, x, float32Weight('addScaled', weight))
    },
    scale: (factor) => scale(live('scale'), float32Weight('scale', factor)),
    assign(x) {
      const acc = live('assign')
      requireSameLength('assign', length, x.length)
      acc.set(x)
    },
    norm: () => norm(live('norm')),
    firstNonFinite: () => firstNonFinite(live('firstNonFinite')),
    read: () => live('read').slice(),
    release() {
      sum = undefined
    },
  }
}

// Math.fround, and storing into a Float32Array, keep every step the float32 operation that the SIMD module performs:
// the product and the sum of two float32 numbers, taken in float64 and rounded once, are the float32 product and sum.

function addScaled(acc: Float32Array, x: Float32Array, weight: number): void {
  const { length } = acc
  for (let i = 0; i < length; i++) acc[i] = (acc[i] ?? 0) + Math.fround(weight * (x[i] ?? 0))
}

function scale(x: Float32Array, factor: number): void {
  const { length } = x
  for (let i = 0; i < length; i++) x[i] = factor * (x[i] ?? 0)
}

function norm(x: Float32Array): number {
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

function firstNonFinite(x: Float32Array): number {
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
