import { chacha20 } from '@noble/ciphers/chacha.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { Random } from './random.ts'

export type SeededRandom = Random & {
  /** An independent stream that depends on the seed and `label`, one line of text, not on what was drawn before. */
  fork(label: string): SeededRandom
}

const BLOCK_BYTES = 4_096

/**
 * A repeatable source: the ChaCha20 keystream (RFC 8439, zero nonce) under SHA-256 of the seed, one line of text.
 * For simulation, sampling and tests. Keys of a deployed system never come from here.
 */
export const seededRandom = (seed: string | number): SeededRandom => sourceOf(oneLine(String(seed)))

/** `path`: the seed and the labels of its forks, a line each; a line break within one would make two paths alike. */
const sourceOf = (path: string): SeededRandom => {
  const key = sha256(utf8ToBytes(`tributary seed v1\n${path}`))
  const nonce = new Uint8Array(12)
  let block = new Uint8Array(0)
  let used = 0
  let counter = 0
  const refill = () => {
    block = chacha20(key, nonce, new Uint8Array(BLOCK_BYTES), undefined, counter)
    counter += BLOCK_BYTES / 64
    used = 0
  }
  return {
    bytes(length) {
      if (used + length <= block.length) {
        used += length
        return block.slice(used - length, used)
      }
      const bytes = new Uint8Array(length)
      for (let filled = 0; filled < length; ) {
        if (used === block.length) refill()
        const take = Math.min(length - filled, block.length - used)
        bytes.set(block.subarray(used, used + take), filled)
        filled += take
        used += take
      }
      return bytes
    },
    fork: (label) => sourceOf(`${path}\n${oneLine(label)}`),
  }
}

const oneLine = (text: string): string => {
  if (text.includes('\n')) throw new RangeError('a seed or label is one line of text')
  return text
}
