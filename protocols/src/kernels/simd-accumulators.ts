import { float32Weight, requireLength, requirePacked, requireSameLength } from './checks.ts'
import { createHoldings, type Holding } from './holdings.ts'
import type { Accumulator, ModularAccumulator } from './kernels.ts'
import type { Chacha20 } from './simd-chacha20.ts'
import { normOverLanes } from './simd-vector.ts'
import { copyIn, copyWordsIn, eachTile, type Workspace } from './workspace.ts'

type Accumulators = {
  accumulator(length: number): Accumulator
  modularAccumulator(length: number): ModularAccumulator
}

/** Accumulators that live in WebAssembly memory: only what is added to them is copied in, a tile at a time. */
export function simdAccumulators(workspace: Workspace, chacha20: Chacha20): Accumulators {
  const { simd, arena } = workspace
  const [tile] = workspace.tiles
  const hold = createHoldings(arena)
  const residents = new WeakMap<Accumulator, Holding['address']>()

  function accumulator(length: number): Accumulator {
    requireLength('accumulator', length)
    const { address, release } = hold(length * 4)
    const record: Accumulator = {
      length,
      addScaled(x, weight) {
        const acc = address('addScaled')
        requireSameLength('addScaled', length, x.length)
        const w = float32Weight('addScaled', weight)
        const resident = 'read' in x ? residents.get(x) : undefined
        if (resident) return simd.addScaled(acc, resident('addScaled'), length, w)
        const values = 'read' in x ? x.read() : x
        eachTile(length, (from, to) => {
          copyIn(arena, tile, values, from, to)
          simd.addScaled(acc + from * 4, tile, to - from, w)
        })
      },
      scale: (factor) => simd.scale(address('scale'), length, float32Weight('scale', factor)),
      assign(x) {
        const acc = address('assign')
        requireSameLength('assign', length, x.length)
        copyIn(arena, acc, x, 0, length)
      },
      norm() {
        const acc = address('norm')
        return normOverLanes(workspace, () => simd.sumSquares(acc, length, workspace.lanes))
      },
      firstNonFinite() {
        const index = simd.firstNonFinite(address('firstNonFinite'), length)
        return index === length ? -1 : index
      },
      read() {
        const from = address('read') / 4
        return arena.floats().slice(from, from + length)
      },
      release,
    }
    residents.set(record, address)
    return record
  }

  function modularAccumulator(length: number): ModularAccumulator {
    requireLength('modularAccumulator', length)
    const { address, release } = hold(length * 4)

    function combine(operation: 'add' | 'subtract', x: Uint32Array): void {
      const acc = address(operation)
      requireSameLength(operation, length, x.length)
      const kernel = operation === 'add' ? simd.addMod32 : simd.subtractMod32
      eachTile(length, (from, to) => {
        copyWordsIn(arena, tile, x, from, to)
        kernel(acc + from * 4, tile, to - from)
      })
    }

    return {
      length,
      add: (x) => combine('add', x),
      addPacked(packed, bits) {
        const acc = address('addPacked')
        requirePacked('addPacked', packed, { length, bits })
        eachTile(length, (from, to) => {
          // A tile holds whole bytes of numbers of any width: its length is a multiple of eight.
          const bytes = packed.subarray((from * bits) / 8, Math.ceil((to * bits) / 8))
          arena.bytes().set(bytes, tile)
          simd.addPacked(acc + from * 4, tile, to - from, bits)
        })
      },
      subtract: (x) => combine('subtract', x),
      addMask: (mask) => chacha20.addResident(address('addMask'), length, mask),
      assign(x) {
        const acc = address('assign')
        requireSameLength('assign', length, x.length)
        copyWordsIn(arena, acc, x, 0, length)
      },
      read() {
        const from = address('read') / 4
        return arena.words().slice(from, from + length)
      },
      release,
    }
  }

  return { accumulator, modularAccumulator }
}
