import { KernelMemoryError } from './kernels.ts'

/**
 * Blocks of one WebAssembly memory: first fit over a sorted free list, neighbours merged on release. WebAssembly memory
 * can grow but not shrink, so the arena keeps its peak and reuses it.
 */
export type Arena = {
  /** Address of a zeroed block, 64-byte aligned. Throws `KernelMemoryError` when the memory cannot grow. */
  allocate(bytes: number): number
  /** Throws when the address is not that of a live block. */
  free(address: number): void
  /** The whole memory. Ask again after every `allocate`: growth detaches older views. */
  floats(): Float32Array
  words(): Uint32Array
  bytes(): Uint8Array
  doubles(): Float64Array
}

type Block = { address: number; bytes: number }

const alignment = 64
const pageBytes = 65536

export function createArena(memory: WebAssembly.Memory, base: number): Arena {
  const start = roundUp(base, alignment)
  if (memory.buffer.byteLength <= start) memory.grow(Math.floor(start / pageBytes) + 1)
  const live = new Map<number, number>()
  let free: Block[] = [{ address: start, bytes: memory.buffer.byteLength - start }]
  // Above this address nothing was ever written: fresh pages are zero and need no clearing (nor touching).
  let touched = start
  let floats = new Float32Array(memory.buffer)
  let words = new Uint32Array(memory.buffer)
  let bytes = new Uint8Array(memory.buffer)
  let doubles = new Float64Array(memory.buffer)

  function refreshViews(): void {
    if (floats.buffer === memory.buffer) return
    floats = new Float32Array(memory.buffer)
    words = new Uint32Array(memory.buffer)
    bytes = new Uint8Array(memory.buffer)
    doubles = new Float64Array(memory.buffer)
  }

  function grow(bytes: number): void {
    const end = memory.buffer.byteLength
    const last = free.at(-1)
    const spare = last && last.address + last.bytes === end ? last.bytes : 0
    const pages = Math.ceil((bytes - spare) / pageBytes)
    try {
      memory.grow(pages)
    } catch (cause) {
      throw new KernelMemoryError(
        `no room for ${bytes} more bytes beside the ${end} in use; release accumulators or use the plain kernels`,
        { cause },
      )
    }
    refreshViews()
    release({ address: end, bytes: pages * pageBytes })
  }

  function release(block: Block): void {
    const at = free.findIndex((other) => other.address > block.address)
    free.splice(at < 0 ? free.length : at, 0, block)
    free = free.reduce<Block[]>((merged, next) => {
      const previous = merged.at(-1)
      if (previous && previous.address + previous.bytes === next.address) previous.bytes += next.bytes
      else merged.push(next)
      return merged
    }, [])
  }

  return {
    allocate(wanted) {
      // An empty block still gets an address of its own.
      const bytes = roundUp(Math.max(wanted, 1), alignment)
      let index = free.findIndex((block) => block.bytes >= bytes)
      if (index < 0) {
        grow(bytes)
        index = free.length - 1
      }
      const block = free[index]
      if (!block || block.bytes < bytes) throw new Error('arena: growth left no block large enough')
      const { address } = block
      block.address += bytes
      block.bytes -= bytes
      if (block.bytes === 0) free.splice(index, 1)
      live.set(address, bytes)
      refreshViews()
      words.fill(0, address / 4, Math.max(address, Math.min(address + bytes, touched)) / 4)
      touched = Math.max(touched, address + bytes)
      return address
    },
    free(address) {
      const bytes = live.get(address)
      if (bytes === undefined) throw new Error(`arena: no live block at ${address}`)
      live.delete(address)
      release({ address, bytes })
    },
    floats: () => floats,
    words: () => words,
    bytes: () => bytes,
    doubles: () => doubles,
  }
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple
}
