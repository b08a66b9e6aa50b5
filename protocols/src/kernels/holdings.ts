import type { Arena } from './arena.ts'
import { releasedError } from './checks.ts'

/** A block of WebAssembly memory that its owner may release, or forget. */
export type Holding = {
  /** The block's address; throws when it was released. */
  address(operation: string): number
  release(): void
}

/**
 * Hands out blocks and frees those whose owner was garbage collected. The registry watches `block`, which the functions
 * below hold and so does everything built on them: a method taken from its record keeps the memory alive.
 */
export function createHoldings(arena: Arena): (bytes: number) => Holding {
  const forgotten = new FinalizationRegistry<number>((address) => arena.free(address))
  return (bytes) => {
    const address = arena.allocate(bytes)
    const block = { released: false }
    forgotten.register(block, address, block)
    return {
      address(operation) {
        if (block.released) throw releasedError(operation)
        return address
      },
      release() {
        if (block.released) return
        block.released = true
        forgotten.unregister(block)
        arena.free(address)
      },
    }
  }
}
