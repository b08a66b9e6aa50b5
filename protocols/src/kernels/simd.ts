import { createArena } from './arena.ts'
import { float32Weight, releasedError, requireLength, requireSameLength } from './checks.ts'
import type { Accumulator, Kernels } from './kernels.ts'
import { laneCount, sumLanes } from './lanes.ts'
import type { SimdExports } from './simd-module.ts'

/** Values copied into WebAssembly memory at a time: 64 KiB, which is still in the second-level cache when it is read. */
const tileLength = 16 * 1024

/** The kernels on one instance of the SIMD module. */
export function createSimdKernels(simd: SimdExports): Kernels {
  const arena = createArena(simd.memory, simd.heapBase())
  const tileA = arena.allocate(tileLength * 4)
  const tileB = arena.allocate(tileLength * 4)
  const lanes = arena.allocate(laneCount * 8)
  // Frees what was never released. The address is held, not the accumulator, and every method of the accumulator holds
  // `life`: a method taken from its record keeps the memory alive.
  const forgotten = new FinalizationRegistry<number>((address) => arena.free(address))

  /** Calls `visit` for each tile of x once its values lie at `address`. */
  function copyIn(x: Float32Array, address: number, from: number, to: number): void {
    arena.floats().set(x.subarray(from, to), address / 4)
  }

  function copyOut(address: number, x: Float32Array, from: number, to: number): void {
    x.set(arena.floats().subarray(address / 4, address / 4 + to - from), from)
  }

  function addScaledAt(acc: number, x: Float32Array, weight: number): void {
    for (let from = 0; from < x.length; from += tileLength) {
      const to = Math.min(from + tileLength, x.length)
      copyIn(x, tileA, from, to)
      simd.addScaled(acc + from * 4, tileA, to - from, weight)
    }
  }

  function normOfLanes(): number {
    return Math.sqrt(sumLanes(arena.doubles().subarray(lanes / 8, lanes / 8 + laneCount)))
  }

  function clearLanes(): void {
    arena.doubles().fill(0, lanes / 8, lanes / 8 + laneCount)
  }

  function accumulator(length: number): Accumulator {
    requireLength('accumulator', length)
    const life: { address: number | undefined } = { address: arena.allocate(length * 4) }
    const at = (operation: string): number => {
      if (life.address === undefined) throw releasedError(operation)
      return life.address
    }
    forgotten.register(life, at('accumulator'), life)
    return {
      length,
      addScaled(x, weight) {
        const address = at('addScaled')
        requireSameLength('addScaled', length, x.length)
        addScaledAt(address, x, float32Weight('addScaled', weight))
      },
      scale: (factor) => simd.scale(at('scale'), length, float32Weight('scale', factor)),
      assign(x) {
        const address = at('assign')
        requireSameLength('assign', length, x.length)
        arena.floats().set(x, address / 4)
      },
      norm() {
        const address = at('norm')
        clearLanes()
        simd.sumSquares(address, length, lanes)
        return normOfLanes()
      },
      firstNonFinite() {
        const index = simd.firstNonFinite(at('firstNonFinite'), length)
        return index === length ? -1 : index
      },
      read() {
        const from = at('read') / 4
        return arena.floats().slice(from, from + length)
      },
      release() {
        if (life.address === undefined) return
        forgotten.unregister(life)
        arena.free(life.address)
        life.address = undefined
      },
    }
  }

  return {
    name: 'simd',
    accumulator,
    axpy(acc, x, weight) {
      requireSameLength('axpy', acc.length, x.length)
      const w = float32Weight('axpy', weight)
      for (let from = 0; from < acc.length; from += tileLength) {
        const to = Math.min(from + tileLength, acc.length)
        copyIn(acc, tileA, from, to)
        copyIn(x, tileB, from, to)
        simd.addScaled(tileA, tileB, to - from, w)
        copyOut(tileA, acc, from, to)
      }
    },
    scale(x, factor) {
      const f = float32Weight('scale', factor)
      for (let from = 0; from < x.length; from += tileLength) {
        const to = Math.min(from + tileLength, x.length)
        copyIn(x, tileA, from, to)
        simd.scale(tileA, to - from, f)
        copyOut(tileA, x, from, to)
      }
    },
    norm(x) {
      clearLanes()
      for (let from = 0; from < x.length; from += tileLength) {
        const to = Math.min(from + tileLength, x.length)
        copyIn(x, tileA, from, to)
        simd.sumSquares(tileA, to - from, lanes)
      }
      return normOfLanes()
    },
    firstNonFinite(x) {
      for (let from = 0; from < x.length; from += tileLength) {
        const to = Math.min(from + tileLength, x.length)
        copyIn(x, tileA, from, to)
        const index = simd.firstNonFinite(tileA, to - from)
        if (index < to - from) return from + index
      }
      return -1
    },
  }
}
