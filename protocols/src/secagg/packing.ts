/** Vectors of whole numbers modulo 2^bits as bytes, one after the other from the lowest bit of the first byte on. */
import { plainKernels } from '../kernels/plain.ts'
import { packedBytes } from './packed-bytes.ts'

/**
 * The lowest `bits` bits (1 to 32) of each word. 26 bits take 0.8125 of what 32 do.
 * @throws RangeError for another width.
 */
export const packWords = (words: Uint32Array, bits: number): Uint8Array => {
  requireBits(bits)
  const bytes = new Uint8Array(4 * Math.ceil((words.length * bits) / 32))
  const view = new DataView(bytes.buffer)
  const keep = lowBits(bits)
  let held = 0
  let used = 0
  let at = 0
  for (let i = 0; i < words.length; i++) {
    const word = (words[i] ?? 0) & keep
    held |= word << used
    used += bits
    if (used < 32) continue
    view.setUint32(at, held, true)
    at += 4
    used -= 32
    // A shift by 32 would be one by 0.
    held = used === 0 ? 0 : word >>> (bits - used)
  }
  if (used > 0) view.setUint32(at, held, true)
  return bytes.subarray(0, packedBytes(words.length, bits))
}

/** Whether these bytes are so many values of so many bits, and nothing is set after the last. */
export const isPacked = (bytes: Uint8Array, length: number, bits: number): boolean => {
  requireBits(bits)
  const used = (length * bits) % 8
  return (
    bytes.length === packedBytes(length, bits) && (used === 0 || (bytes[bytes.length - 1] ?? 0) >> used === 0)
  )
}

/** The words, or `undefined` when these are not the bytes of so many: too many, too few, or bits set after the last. */
export const unpackWords = (bytes: Uint8Array, length: number, bits: number): Uint32Array | undefined => {
  if (!isPacked(bytes, length, bits)) return undefined
  const words = plainKernels.modularAccumulator(length)
  words.addPacked(bytes, bits)
  return words.read()
}

const lowBits = (bits: number): number => (bits === 32 ? -1 : (1 << bits) - 1)

const requireBits = (bits: number): void => {
  if (!Number.isInteger(bits) || bits < 1 || bits > 32)
    throw new RangeError(`a value has 1 to 32 bits, not ${bits}`)
}
