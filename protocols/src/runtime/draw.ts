/** Numbers and samples drawn from a `Random`. Each consumes the source in a fixed way, so a seed repeats. */
import type { Random } from './random.ts'

/** Uniform in [0, 1), with 53 random bits. */
export const uniform = (random: Random): number => {
  const [high = 0, low = 0] = words(random, 2)
  return ((high >>> 5) * 0x4000000 + (low >>> 6)) / 0x20000000000000
}

/** A uniform integer in [0, bound), unbiased; `bound` in 1..2^32. */
export const integerBelow = (random: Random, bound: number): number => {
  if (!Number.isInteger(bound) || bound < 1 || bound > 0x1_0000_0000)
    throw new RangeError(`bound must be an integer in 1..2^32, not ${bound}`)
  const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound)
  for (;;) {
    const word = oneWord(random)
    if (word < limit) return word % bound
  }
}

/** A standard normal deviate (Box and Muller 1958). Not for privacy noise: see `privacy/`. */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - uniform(random))) * Math.cos(2 * Math.PI * uniform(random))

/** `count` distinct elements in random order (a partial Fisher-Yates shuffle); all of them when there are fewer. */
export const sample = <T>(random: Random, population: readonly T[], count: number): T[] => {
  if (!Number.isInteger(count) || count < 0)
    throw new RangeError(`a sample has a whole number of elements, not ${count}`)
  const pool = population.slice()
  const take = Math.min(count, pool.length)
  for (let i = 0; i < take; i++) {
    const j = i + integerBelow(random, pool.length - i)
    const chosen = pool[j] as T
    pool[j] = pool[i] as T
    pool[i] = chosen
  }
  return pool.slice(0, take)
}

/** A random permutation of the whole population. */
export const shuffle = <T>(random: Random, population: readonly T[]): T[] =>
  sample(random, population, population.length)

/** As `words`, without its views: shuffling draws one for every example of every epoch. */
const oneWord = (random: Random): number => {
  const bytes = random.bytes(4)
  return ((bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8) | ((bytes[2] ?? 0) << 16) | ((bytes[3] ?? 0) << 24)) >>> 0
}

const words = (random: Random, count: number): Uint32Array => {
  const bytes = random.bytes(count * 4)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const drawn = new Uint32Array(count)
  for (let i = 0; i < count; i++) drawn[i] = view.getUint32(4 * i, true)
  return drawn
}
