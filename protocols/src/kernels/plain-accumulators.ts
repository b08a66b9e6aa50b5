import { releasedError, requireLength, requirePacked, requireSameLength } from './checks.ts'
import type { Accumulator, Kernels, ModularAccumulator } from './kernels.ts'
import { plainChacha20Add } from './plain-chacha20.ts'
import { addMod32, addPacked, addScaled, subtractMod32 } from './plain-sums.ts'
import { firstNonFinite, norm, scale } from './plain-vector.ts'

export const plainAccumulators = { accumulator, modularAccumulator } satisfies Partial<Kernels>

function accumulator(length: number): Accumulator {
  requireLength('accumulator', length)
  const { live, release } = releasable(new Float32Array(length))
  return {
    length,
    addScaled: (x, weight) => addScaled('addScaled', live('addScaled'), 'read' in x ? x.read() : x, weight),
    scale: (factor) => scale(live('scale'), factor),
    assign: (x) => assign(live('assign'), x),
    norm: () => norm(live('norm')),
    firstNonFinite: () => firstNonFinite(live('firstNonFinite')),
    read: () => live('read').slice(),
    release,
  }
}

function modularAccumulator(length: number): ModularAccumulator {
  requireLength('modularAccumulator', length)
  const { live, release } = releasable(new Uint32Array(length))
  return {
    length,
    add: (x) => addMod32('add', live('add'), x),
    addPacked(packed, bits) {
      const acc = live('addPacked')
      requirePacked('addPacked', packed, { length, bits })
      addPacked(acc, packed, bits)
    },
    subtract: (x) => subtractMod32('subtract', live('subtract'), x),
    addMask: (mask) => plainChacha20Add(live('addMask'), mask),
    assign: (x) => assign(live('assign'), x),
    read: () => live('read').slice(),
    release,
  }
}

/** A value until it is released, an error from then on. */
function releasable<T>(value: T): { live(operation: string): T; release(): void } {
  let held: { value: T } | undefined = { value }
  return {
    live(operation) {
      if (!held) throw releasedError(operation)
      return held.value
    },
    release() {
      held = undefined
    },
  }
}

function assign<T extends Float32Array | Uint32Array>(acc: T, x: T): void {
  requireSameLength('assign', acc.length, x.length)
  acc.set(x)
}
