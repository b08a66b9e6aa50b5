import { float32Weight, requireQuantization, requireSameLength, requireStep } from './checks.ts'
import type { Kernels } from './kernels.ts'
import { laneCount, sumLanes } from './lanes.ts'
import {
  asWords,
  copyIn,
  copyOut,
  copyWordsIn,
  copyWordsOut,
  eachTile,
  tileLength,
  type Workspace,
} from './workspace.ts'

type VectorKernels = Pick<
  Kernels,
  'axpy' | 'scale' | 'norm' | 'firstNonFinite' | 'addMod32' | 'subtractMod32' | 'quantize' | 'dequantize'
>

/** The elementwise kernels over JavaScript memory: a tile in, the kernel, the tile out. */
export function simdVectorKernels(workspace: Workspace): VectorKernels {
  const { simd, arena, tiles } = workspace
  const [a, b, c] = tiles
  return {
    axpy(acc, x, weight) {
      requireSameLength('axpy', acc.length, x.length)
      const w = float32Weight('axpy', weight)
      eachTile(acc.length, (from, to) => {
        copyIn(arena, a, acc, from, to)
        copyIn(arena, b, x, from, to)
        simd.addScaled(a, b, to - from, w)
        copyOut(arena, a, acc, from, to)
      })
    },
    scale(x, factor) {
      const f = float32Weight('scale', factor)
      eachTile(x.length, (from, to) => {
        copyIn(arena, a, x, from, to)
        simd.scale(a, to - from, f)
        copyOut(arena, a, x, from, to)
      })
    },
    norm: (x) =>
      normOverLanes(workspace, () => {
        eachTile(x.length, (from, to) => {
          copyIn(arena, a, x, from, to)
          simd.sumSquares(a, to - from, workspace.lanes)
        })
      }),
    firstNonFinite(x) {
      for (let from = 0; from < x.length; from += tileLength) {
        const to = Math.min(from + tileLength, x.length)
        copyIn(arena, a, x, from, to)
        const index = simd.firstNonFinite(a, to - from)
        if (index < to - from) return from + index
      }
      return -1
    },
    addMod32(acc, x) {
      requireSameLength('addMod32', acc.length, x.length)
      combineWords(workspace, simd.addMod32, acc, x)
    },
    subtractMod32(acc, x) {
      requireSameLength('subtractMod32', acc.length, x.length)
      combineWords(workspace, simd.subtractMod32, acc, x)
    },
    quantize(x, quantization, out) {
      requireQuantization(quantization, x.length)
      requireSameLength('quantize', x.length, out.length)
      const { scale, limit, randoms } = quantization
      const words = asWords(out)
      eachTile(x.length, (from, to) => {
        copyIn(arena, a, x, from, to)
        copyWordsIn(arena, b, randoms, from, to)
        simd.quantize(a, b, c, to - from, scale, limit)
        copyWordsOut(arena, c, words, from, to)
      })
    },
    dequantize(levels, step, out) {
      requireSameLength('dequantize', levels.length, out.length)
      requireStep(step)
      const words = asWords(levels)
      eachTile(levels.length, (from, to) => {
        copyWordsIn(arena, a, words, from, to)
        simd.dequantize(a, b, to - from, step)
        copyOut(arena, b, out, from, to)
      })
    },
  }
}

/** Clears the lanes, lets `sum` add squares to them, and takes the root of their sum. */
export function normOverLanes({ arena, lanes }: Workspace, sum: () => void): number {
  const values = arena
    .doubles()
    .subarray(lanes / 8, lanes / 8 + laneCount)
    .fill(0)
  sum()
  return Math.sqrt(sumLanes(values))
}

type WordKernel = (acc: number, x: number, length: number) => void

function combineWords(
  { arena, tiles: [a, b] }: Workspace,
  combine: WordKernel,
  acc: Uint32Array,
  x: Uint32Array,
): void {
  eachTile(acc.length, (from, to) => {
    copyWordsIn(arena, a, acc, from, to)
    copyWordsIn(arena, b, x, from, to)
    combine(a, b, to - from)
    copyWordsOut(arena, a, acc, from, to)
  })
}
