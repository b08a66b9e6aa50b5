import { chacha20 } from '@noble/ciphers/chacha.js'
import { completeMask } from './checks.ts'
import type { ChaCha20Mask } from './kernels.ts'

/** Words of keystream made at a time; a whole number of 64-byte blocks. */
const pieceLength = 4096

/** acc[i] = acc[i] ± keystream[i] mod 2³², on the audited ChaCha20 of @noble/ciphers. */
export function plainChacha20Add(acc: Uint32Array, mask: ChaCha20Mask): void {
  const { key, sign, nonce, counter } = completeMask(mask, acc.length)
  const zeros = new Uint8Array(pieceLength * 4)
  const keystream = new Uint8Array(pieceLength * 4)
  const words = new DataView(keystream.buffer)
  for (let from = 0; from < acc.length; from += pieceLength) {
    const to = Math.min(from + pieceLength, acc.length)
    const bytes = (to - from) * 4
    chacha20(key, nonce, zeros.subarray(0, bytes), keystream.subarray(0, bytes), counter + from / 16)
    for (let i = from; i < to; i++)
      acc[i] = ((acc[i] ?? 0) + sign * words.getUint32((i - from) * 4, true)) | 0
  }
  keystream.fill(0)
}
