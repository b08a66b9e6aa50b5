import type { ChaCha20Mask, Quantization } from './kernels.ts'

// What every kernel checks at its door, in the same words for both implementations.

export function requireSameLength(operation: string, expected: number, actual: number): void {
  if (expected !== actual)
    throw new RangeError(
      `${operation}: lengths differ, ${expected} and ${actual} values; all vectors of one model have one length`,
    )
}

/** Accumulators hold at most 2^30 - 1 values: WebAssembly addresses are 32 bits wide. */
export function requireLength(operation: string, length: number): void {
  if (!Number.isInteger(length) || length < 0 || length >= 2 ** 30)
    throw new RangeError(`${operation}: length must be a whole number from 0 to 2^30 - 1, not ${length}`)
}

export function requirePacked(
  operation: string,
  packed: Uint8Array,
  { length, bits }: { length: number; bits: number },
): void {
  if (!Number.isInteger(bits) || bits < 1 || bits > 32)
    throw new RangeError(`${operation}: a whole number has 1 to 32 bits, not ${bits}`)
  const expected = Math.ceil((length * bits) / 8)
  if (packed.length !== expected)
    throw new RangeError(
      `${operation}: ${length} whole numbers of ${bits} bits are ${expected} bytes, not ${packed.length}`,
    )
}

/** Returns the weight as the float32 it is used as. */
export function float32Weight(operation: string, weight: number): number {
  const rounded = Math.fround(weight)
  if (!Number.isFinite(rounded))
    throw new RangeError(`${operation}: weight must be a finite float32 number, not ${weight}`)
  return rounded
}

export function requireQuantization({ scale, limit, randoms }: Quantization, length: number): void {
  requireSameLength('quantize', length, randoms.length)
  if (!(scale > 0) || !Number.isFinite(scale))
    throw new RangeError(`quantize: scale must be finite and above zero, not ${scale}`)
  if (!Number.isInteger(limit) || limit < 1 || limit > 2 ** 31 - 1)
    throw new RangeError(`quantize: limit must be a whole number from 1 to 2^31 - 1, not ${limit}`)
}

export function requireStep(step: number): void {
  if (!Number.isFinite(step)) throw new RangeError(`dequantize: step must be finite, not ${step}`)
}

/** Checks a mask and fills in what was left out. Names sizes alone: the key is secret. */
export function completeMask(mask: ChaCha20Mask, words: number): Required<ChaCha20Mask> {
  const { key, sign, nonce = new Uint8Array(12), counter = 0 } = mask
  if (key.length !== 32) throw new RangeError(`chacha20: the key must have 32 bytes, not ${key.length}`)
  if (nonce.length !== 12) throw new RangeError(`chacha20: the nonce must have 12 bytes, not ${nonce.length}`)
  if (sign !== 1 && sign !== -1) throw new RangeError(`chacha20: sign must be 1 or -1, not ${sign}`)
  if (!Number.isInteger(counter) || counter < 0)
    throw new RangeError(`chacha20: counter must be a whole number from 0, not ${counter}`)
  if (counter + Math.ceil(words / 16) > 2 ** 32 - 1)
    throw new RangeError(`chacha20: ${words} words from block ${counter} run past block 2^32 - 2`)
  return { key, sign, nonce, counter }
}

/** Thrown when an accumulator is used after its release. */
export function releasedError(operation: string): Error {
  return new Error(`${operation}: this accumulator was released; take a new one from the kernels`)
}
