import { completeMask } from './checks.ts'
import type { ChaCha20Mask } from './kernels.ts'
import type { ClientExports } from './simd-module.ts'
import { copyWordsIn, copyWordsOut, eachTile, type Workspace } from './workspace.ts'

export type Chacha20 = {
  /** Adds the mask to `length` words that lie in WebAssembly memory. */
  addResident(address: number, length: number, mask: ChaCha20Mask): void
  /** Adds the mask to words in JavaScript memory, a tile at a time. */
  add(acc: Uint32Array, mask: ChaCha20Mask): void
}

const wordsPerBlock = 16
/** The kernel works on four blocks at once. */
const wordsPerStep = 4 * wordsPerBlock
/** "expand 32-byte k", RFC 8439 section 2.3. */
const constants = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const

export function createChacha20(workspace: Workspace<ClientExports>): Chacha20 {
  const { simd, arena } = workspace
  const [tile, rest] = workspace.tiles
  const state = arena.allocate(wordsPerBlock * 4)

  /** Runs `expand` with the initial state in place, and leaves nothing of the key behind. */
  function withState(mask: Required<ChaCha20Mask>, expand: () => void): void {
    const words = arena.words().subarray(state / 4, state / 4 + wordsPerBlock)
    words.set(constants)
    words.set(littleEndianWords(mask.key), 4)
    words[12] = mask.counter
    words.set(littleEndianWords(mask.nonce), 13)
    try {
      expand()
    } finally {
      words.fill(0)
    }
  }

  /** Adds the next blocks of the stream and moves the counter on. */
  function addBlocks(address: number, blocks: number, sign: number): void {
    simd.chacha20Add(address, blocks, state, sign)
    const words = arena.words()
    words[state / 4 + 12] = (words[state / 4 + 12] ?? 0) + blocks
  }

  function addWords(address: number, length: number, sign: number): void {
    const whole = length - (length % wordsPerStep)
    addBlocks(address, whole / wordsPerBlock, sign)
    if (whole === length) return
    // The last step is made beside the vector: it writes more words than are left.
    const words = arena.words().subarray(rest / 4, rest / 4 + wordsPerStep)
    words.fill(0)
    addBlocks(rest, wordsPerStep / wordsPerBlock, sign)
    simd.addMod32(address + whole * 4, rest, length - whole)
    words.fill(0)
  }

  return {
    addResident(address, length, mask) {
      const complete = completeMask(mask, length)
      withState(complete, () => addWords(address, length, complete.sign))
    },
    add(acc, mask) {
      const complete = completeMask(mask, acc.length)
      withState(complete, () => {
        // A tile is a whole number of steps, so each begins where the stream stands.
        eachTile(acc.length, (from, to) => {
          copyWordsIn(arena, tile, acc, from, to)
          addWords(tile, to - from, complete.sign)
          copyWordsOut(arena, tile, acc, from, to)
        })
      })
    },
  }
}

function littleEndianWords(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Uint32Array.from({ length: bytes.byteLength / 4 }, (_, i) => view.getUint32(i * 4, true))
}
