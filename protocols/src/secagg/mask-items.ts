/** Masks as a list of work: each a ChaCha20 key and a sign, added into the vector in any order, on any thread. */
import type { ChaCha20Mask, ModularAccumulator, VectorKernels } from '../kernels/kernels.ts'
import { packWords } from './packing.ts'

/** One mask: a 32-byte key that is used for this vector and nothing else, and its sign. */
export type MaskItem = Pick<ChaCha20Mask, 'key' | 'sign'>

/** The sign of the mask between two members in the vector of the first: the higher adds what the lower subtracts. */
export const pairSign = (member: number, other: number): 1 | -1 => (member > other ? 1 : -1)

/**
 * The levels under all masks, packed for the wire. The levels are overwritten and the keys erased: masks that hide two
 * vectors would give away their difference.
 */
export const maskVector = (input: {
  words: Uint32Array
  items: readonly MaskItem[]
  bits: number
  kernels: VectorKernels
}): Uint8Array => {
  const { words, items, bits, kernels } = input
  for (const item of items) kernels.chacha20Add(words, item)
  const packed = packWords(words, bits)
  words.fill(0)
  for (const { key } of items) key.fill(0)
  return packed
}

/** Adds the masks to a sum; with opposite signs to those of the vectors in it, they are gone. */
export const addMasks = (sum: ModularAccumulator, items: Iterable<MaskItem>): void => {
  for (const { key, sign } of items) sum.addMask({ key, sign })
}
