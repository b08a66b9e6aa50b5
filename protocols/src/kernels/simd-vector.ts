import { float32Weight, requireQuantization, requireSameLength } from './checks.ts'
import type { VectorKernels } from './kernels.ts'
import { laneCount, sumLanes } from './lanes.ts'
import type { ClientExports } from './simd-module.ts'
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

type Elementwise = Pick<VectorKernels, 'scale' | 'norm' | 'firstNonFinite' | 'quantize'>

/** The elementwise kernels over JavaScript memory: a tile in, the kernel, the tile out. */
export function simdVectorKernels(workspace: Workspace<ClientExports>): Elementwise {
  const { simd, arena, tiles } = workspace
  const [a, b, c] = tiles
  return {
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
  }
}

/** Clears the lanes, lets `sum` add squares to them, and takes the root of their sum. */
export function normOverLanes({ arena, lanes }: Pick<Workspace, 'arena' | 'lanes'>, sum: () => void): number {
  const values = arena
    .doubles()
    .subarray(lanes / 8, lanes / 8 + laneCount)
    .fill(0)
  sum()
  return Math.sqrt(sumLanes(values))
}
