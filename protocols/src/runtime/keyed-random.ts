import { chacha20 } from '@noble/ciphers/chacha.js'
import type { Random } from './random.ts'

const BLOCK_BYTES = 65_536

/**
 * A cryptographic source that gives the same bytes for the same 32-byte secret key: its ChaCha20 keystream (RFC 8439, zero
 * nonce). For what has to come out the same when it is made again, and be unknown to whoever has not the key. A key is for one
 * stream, of at most 256 GiB.
 */
export const keyedRandom = (key: Uint8Array): Random => {
  if (key.length !== 32) throw new RangeError(`a key has 32 bytes, not ${key.length}`)
  const own = key.slice()
  const nonce = new Uint8Array(12)
  let block = new Uint8Array(0)
  let used = 0
  let counter = 0
  return {
    bytes(length) {
      const bytes = new Uint8Array(length)
      for (let filled = 0; filled < length; ) {
        if (used === block.length) {
          block = chacha20(own, nonce, new Uint8Array(BLOCK_BYTES), undefined, counter)
          counter += BLOCK_BYTES / 64
          used = 0
        }
        const take = Math.min(length - filled, block.length - used)
        bytes.set(block.subarray(used, used + take), filled)
        filled += take
        used += take
      }
      return bytes
    },
  }
}
