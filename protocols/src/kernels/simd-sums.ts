import { float32Weight, requireSameLength, requireStep } from './checks.ts'
import type { Kernels } from './kernels.ts'
import { asWords, copyIn, copyOut, copyWordsIn, copyWordsOut, eachTile, type Workspace } from './workspace.ts'

type Sums = Pick<Kernels, 'axpy' | 'addMod32' | 'subtractMod32' | 'dequantize'>

/** The kernels that add vectors up, over JavaScript memory: a tile in, the kernel, the tile out. */
export function simdSumKernels(workspace: Workspace): Sums {
  const { simd, arena, tiles } = workspace
  const [a, b] = tiles
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
    addMod32(acc, x) {
      requireSameLength('addMod32', acc.length, x.length)
      combineWords(workspace, simd.addMod32, acc, x)
    },
    subtractMod32(acc, x) {
      requireSameLength('subtractMod32', acc.length, x.length)
      combineWords(workspace, simd.subtractMod32, acc, x)
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
