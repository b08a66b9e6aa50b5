/** A client's values as levels on the scale that all clients share, and the sum's levels as values again. */
import type { Kernels, VectorKernels } from '../kernels/kernels.ts'
import type { Random } from '../runtime/random.ts'
import { largestLevel, segmentSpans, type VectorLayout, vectorLength, weightScale } from './vector-layout.ts'

export type QuantizedVector = {
  /** Levels modulo 2³², to be masked. */
  words: Uint32Array
  /** Values that were beyond their segment's bound and were held to it. */
  clamped: number
}

/**
 * A client's vector as levels, by unbiased stochastic rounding. A segment averaged by examples is scaled by weight / maxWeight.
 * @param input.clients The most that may be summed: `cohort.most` of the manifest.
 * @param input.weight Examples, at least 1; more than maxWeight count as maxWeight.
 * @param input.values One float32 array for every segment of the layout, finite.
 * @param input.random The platform's cryptographic source: rounding that can be guessed tells of the values rounded.
 * @throws RangeError for segments that do not fit the layout, values that are not finite, or a cohort too large for the bits.
 */
export const quantizeVector = (input: {
  layout: VectorLayout
  clients: number
  weight: number
  values: Readonly<Record<string, Float32Array>>
  kernels: VectorKernels
  random: Random
}): QuantizedVector => {
  const { layout, clients, values, kernels, random } = input
  const limit = requireLevels(layout, clients)
  if (!Number.isInteger(input.weight) || input.weight < 1)
    throw new RangeError(`a weight is a whole number of examples from 1, not ${input.weight}`)
  const weight = Math.min(input.weight, layout.maxWeight)
  const names = Object.keys(values)
  if (names.length !== layout.segments.length)
    throw new RangeError(`the layout has ${layout.segments.length} segments, not ${names.length}`)
  const levels = new Int32Array(vectorLength(layout))
  const randoms = randomWords(random, kernels, levels.length)
  levels[0] = roundedBy(weight * weightScale(layout, clients), randoms[0] ?? 0)
  let clamped = 0
  for (const { name, start, end, bound, averagedBy } of segmentSpans(layout)) {
    const given = values[name]
    if (given?.length !== end - start)
      throw new RangeError(`segment ${name} has ${end - start} values, not ${given?.length ?? 'none'}`)
    if (kernels.firstNonFinite(given) >= 0)
      throw new RangeError(`segment ${name} has a value that is not finite`)
    clamped += beyond(given, bound)
    const share = averagedBy === 'examples' ? weight / layout.maxWeight : 1
    kernels.quantize(
      held(given, bound),
      { scale: (limit / bound) * share, limit, randoms: randoms.subarray(start, end) },
      levels.subarray(start, end),
    )
  }
  randoms.fill(0)
  return { words: new Uint32Array(levels.buffer), clamped }
}

/** What a cohort's vectors sum up to. */
export type VectorSum = {
  /** Examples of all survivors together, each client's at most maxWeight. */
  examples: number
  /** For each segment Σ wᵢxᵢ (or Σ xᵢ) and Σ wᵢ (or the number of clients): their quotient is the mean. */
  segments: Record<string, { sum: Float32Array; divisor: number }>
}

export type SumRefusal = { kind: 'out-of-range'; segment: string }

/**
 * The sum of `survivors` vectors, unmasked; or where it lies outside what so many honest ones can add up to, which segment.
 * Only the whole sum can be looked at: a client that lies within the range is not seen here.
 */
export const dequantizeSum = (input: {
  layout: VectorLayout
  clients: number
  survivors: number
  sum: Uint32Array
  kernels: Kernels
}): ({ kind: 'sum' } & VectorSum) | SumRefusal => {
  const { layout, clients, survivors, sum, kernels } = input
  const limit = requireLevels(layout, clients)
  if (sum.length !== vectorLength(layout))
    throw new RangeError(`the sum has ${sum.length} values, its layout ${vectorLength(layout)}`)
  const levels = signedLevels(sum, layout.bits)
  const scale = weightScale(layout, clients)
  const weight = levels[0] ?? 0
  if (weight < (scale === 1 ? survivors : 1) || weight > survivors * Math.ceil(scale * layout.maxWeight))
    return { kind: 'out-of-range', segment: 'weight' }
  const examples = weight / scale
  const segments: VectorSum['segments'] = {}
  for (const { name, start, end, bound, averagedBy } of segmentSpans(layout)) {
    const own = levels.subarray(start, end)
    if (own.some((level) => Math.abs(level) > survivors * limit))
      return { kind: 'out-of-range', segment: name }
    const summed = new Float32Array(own.length)
    kernels.dequantize(own, bound / limit, summed)
    segments[name] = {
      sum: summed,
      divisor: averagedBy === 'examples' ? examples / layout.maxWeight : survivors,
    }
  }
  return { kind: 'sum', examples, segments }
}

const requireLevels = (layout: VectorLayout, clients: number): number => {
  const limit = largestLevel(layout.bits, clients)
  if (!(limit >= 1)) throw new RangeError(`${layout.bits} bits do not hold a sum over ${clients} clients`)
  return limit
}

/** The residues modulo 2^bits that lie nearest to zero. */
const signedLevels = (words: Uint32Array, bits: number): Int32Array => {
  const levels = new Int32Array(words.length)
  const shift = 32 - bits
  for (let i = 0; i < words.length; i++) levels[i] = ((words[i] ?? 0) << shift) >> shift
  return levels
}

/** One uniform word for each value: a ChaCha20 stream under a fresh key, which is faster than asking for each. */
const randomWords = (random: Random, kernels: VectorKernels, length: number): Uint32Array => {
  const words = new Uint32Array(length)
  const key = random.bytes(32)
  kernels.chacha20Add(words, { key, sign: 1 })
  key.fill(0)
  return words
}

const roundedBy = (value: number, random: number): number =>
  Math.floor(value) + (random / 2 ** 32 < value - Math.floor(value) ? 1 : 0)

const beyond = (x: Float32Array, bound: number): number =>
  x.reduce((count, value) => (Math.abs(value) > bound ? count + 1 : count), 0)

/** The values held to ±bound; the same array where all are within. */
const held = (x: Float32Array, bound: number): Float32Array =>
  beyond(x, bound) === 0 ? x : x.map((value) => Math.max(-bound, Math.min(value, bound)))
