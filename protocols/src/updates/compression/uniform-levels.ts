import type { Random } from '../../runtime/random.ts'
import { CompressionFormatError } from './format-error.ts'
import { LEVELS_HEADER_BYTES, levelBytes } from './sizes.ts'

const LEVELS = 255

/**
 * Each value as one of 256 evenly spaced levels from the least of them to the greatest, up or down by chance so that its expectation is
 * the value (stochastic rounding: Suresh et al. 2017, arXiv:1611.00429, section 3; QSGD, Alistarh et al. 2017, arXiv:1610.02132,
 * takes the norm for the range). A value is off by less than a step, and with variance at most step²/4.
 * @returns float32 low, float32 step, little-endian, and a byte for each value.
 * @throws RangeError when a value is not finite.
 */
export const toLevels = (vector: Float32Array, { random }: { random: Random }): Uint8Array => {
  let [low, high] = [vector[0] ?? 0, vector[0] ?? 0]
  for (const value of vector) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const step = stepAbove((high - low) / LEVELS)
  if (!Number.isFinite(step)) throw new RangeError('only finite values have levels')
  const bytes = new Uint8Array(levelBytes(vector.length))
  const header = new DataView(bytes.buffer)
  header.setFloat32(0, low, true)
  header.setFloat32(4, step, true)
  const chances = new DataView(random.bytes(4 * vector.length).buffer)
  for (let i = 0; i < vector.length; i++) {
    const exact = step === 0 ? 0 : Math.min(LEVELS, ((vector[i] ?? 0) - low) / step)
    const below = Math.floor(exact)
    const up = chances.getUint32(4 * i, true) < (exact - below) * 2 ** 32
    bytes[LEVELS_HEADER_BYTES + i] = up ? below + 1 : below
  }
  return bytes
}

/** What bytes of `toLevels` stand for: low + level · step. */
export const valuesOfLevels = (bytes: Uint8Array): Float32Array => {
  const { low, step } = scaleOf(bytes)
  return Float32Array.from(bytes.subarray(LEVELS_HEADER_BYTES), (level) => low + step * level)
}

/**
 * The inverse of `toLevels`, up to its rounding, of bytes from elsewhere.
 * @throws CompressionFormatError when the bytes are not `length` values' levels, or give values that no float32 holds.
 */
export const fromLevels = (bytes: Uint8Array, length: number): Float32Array => {
  if (bytes.length !== levelBytes(length))
    throw new CompressionFormatError(
      'wrong-length',
      `${length} values in levels are ${levelBytes(length)} bytes, not ${bytes.length}`,
    )
  const { low, step } = scaleOf(bytes)
  if (!(step >= 0 && Number.isFinite(Math.fround(low + LEVELS * step))))
    throw new CompressionFormatError('bad-levels', `levels from ${low} by ${step} are not finite values`)
  return valuesOfLevels(bytes)
}

const scaleOf = (bytes: Uint8Array) => {
  const header = new DataView(bytes.buffer, bytes.byteOffset, LEVELS_HEADER_BYTES)
  return { low: header.getFloat32(0, true), step: header.getFloat32(4, true) }
}

/** The least float32 that is not below `step`: a step rounded down would leave the highest values out of reach. */
const stepAbove = (step: number): number => {
  const nearest = Math.fround(step)
  if (!(nearest < step)) return nearest
  const bits = new Uint32Array([0])
  const value = new Float32Array(bits.buffer)
  value[0] = nearest
  bits[0] = (bits[0] ?? 0) + 1
  return value[0] ?? 0
}
