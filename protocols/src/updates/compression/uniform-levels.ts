import type { Random } from '../../runtime/random.ts'
import { CompressionFormatError } from './format-error.ts'

/** What the 256 levels span. Of a secure sum all clients name the same, before they have seen their values. */
export type LevelRange = { low: number; high: number }

const HEADER_BYTES = 8
const LEVELS = 255

/** Bytes of `length` values in levels: a quarter of float32. */
export const levelBytes = (length: number): number => HEADER_BYTES + length

/**
 * Each value as one of 256 evenly spaced levels between `range.low` and `range.high`, up or down by chance so that its expectation is
 * the value (stochastic rounding: Suresh et al. 2017, arXiv:1611.00429, section 3; QSGD, Alistarh et al. 2017, arXiv:1610.02132,
 * takes the norm for the range). A value of the range is off by less than a step, and with variance at most step²/4; one beyond is held
 * to the range, which is a bias: clip first. Without a range it is the vector's own least and greatest value.
 * @returns float32 low, float32 step, little-endian, and a byte for each value.
 * @throws RangeError when a value is not finite, or the range has no width for values that do.
 */
export const toLevels = (
  vector: Float32Array,
  { random, range = rangeOf(vector) }: { random: Random; range?: LevelRange },
): Uint8Array => {
  const low = Math.fround(range.low)
  const step = stepAbove((range.high - low) / LEVELS)
  if (!(step >= 0 && Number.isFinite(step) && Number.isFinite(low)))
    throw new RangeError(`a range of levels goes up, not from ${range.low} to ${range.high}`)
  const bytes = new Uint8Array(levelBytes(vector.length))
  const header = new DataView(bytes.buffer)
  header.setFloat32(0, low, true)
  header.setFloat32(4, step, true)
  const chances = new DataView(random.bytes(4 * vector.length).buffer)
  for (let i = 0; i < vector.length; i++) {
    const value = vector[i] ?? 0
    if (!Number.isFinite(value))
      throw new RangeError(`value ${i} is ${value}: only finite values have levels`)
    const exact = step === 0 ? 0 : Math.min(LEVELS, Math.max(0, (value - low) / step))
    const below = Math.floor(exact)
    const up = chances.getUint32(4 * i, true) < (exact - below) * 2 ** 32
    bytes[HEADER_BYTES + i] = up ? below + 1 : below
  }
  return bytes
}

/**
 * The inverse of `toLevels`, up to its rounding: low + level · step.
 * @throws CompressionFormatError when the bytes are not `length` values' levels, or give values that no float32 holds.
 */
export const fromLevels = (bytes: Uint8Array, length: number): Float32Array => {
  if (bytes.length !== levelBytes(length))
    throw new CompressionFormatError(
      'wrong-length',
      `${length} values in levels are ${levelBytes(length)} bytes, not ${bytes.length}`,
    )
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES)
  const [low, step] = [header.getFloat32(0, true), header.getFloat32(4, true)]
  if (!(step >= 0 && Number.isFinite(Math.fround(low + LEVELS * step))))
    throw new CompressionFormatError('bad-levels', `levels from ${low} by ${step} are not finite values`)
  return Float32Array.from({ length }, (_, i) => low + step * (bytes[HEADER_BYTES + i] ?? 0))
}

const rangeOf = (vector: Float32Array): LevelRange => {
  let [low, high] = [vector[0] ?? 0, vector[0] ?? 0]
  for (const value of vector) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return { low, high }
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
