import { seededRandom } from '../../runtime/index.ts'
import { rotatedLength } from './rotated-length.ts'

/**
 * The randomized Hadamard transform, H D x / √N: random signs and then the Walsh-Hadamard matrix (Ailon and Chazelle 2009; as
 * Kairouz, Liu and Steinke 2021 use it). Keeps every length and makes the coordinates of any vector near normal and alike, so that few
 * leave the range they are counted in. The seed is public, the same for all clients of a round; privacy does not rest on it.
 */
export const rotate = (vector: Float32Array, seed: string): Float32Array => {
  const rotated = new Float32Array(rotatedLength(vector.length))
  rotated.set(vector)
  flipSigns(rotated, seed)
  hadamard(rotated)
  return rotated
}

/** The inverse of `rotate`, D H y / √N, for a vector that was `length` long. */
export const rotateBack = (
  rotated: Float32Array,
  { length, seed }: { length: number; seed: string },
): Float32Array => {
  if (rotated.length !== rotatedLength(length))
    throw new RangeError(`rotateBack: ${rotated.length} values, not ${rotatedLength(length)}`)
  const vector = rotated.slice()
  hadamard(vector)
  flipSigns(vector, seed)
  return vector.slice(0, length)
}

function flipSigns(vector: Float32Array, seed: string): void {
  const bits = seededRandom(seed)
    .fork('rotation')
    .bytes(Math.ceil(vector.length / 8))
  for (let i = 0; i < vector.length; i++)
    if (((bits[i >> 3] ?? 0) >> (i & 7)) & 1) vector[i] = -(vector[i] ?? 0)
}

/** The fast Walsh-Hadamard transform in place, over √N. */
function hadamard(values: Float32Array): void {
  const { length } = values
  for (let half = 1; half < length; half *= 2)
    for (let start = 0; start < length; start += 2 * half)
      for (let at = start; at < start + half; at++) {
        const [a, b] = [values[at] ?? 0, values[at + half] ?? 0]
        values[at] = a + b
        values[at + half] = a - b
      }
  const scale = 1 / Math.sqrt(length)
  for (let i = 0; i < length; i++) values[i] = (values[i] ?? 0) * scale
}
