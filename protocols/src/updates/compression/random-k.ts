import { type SeededRandom, seededRandom } from '../../runtime/seeded-random.ts'
import { CompressionFormatError } from './format-error.ts'

/** Which coordinates travel: the same `seed` gives all clients of a round the same ones, so that their sum can be taken. */
export type RandomK = { k: number; seed: string }

/**
 * `k` coordinates of a vector, drawn by the public seed, in ascending order (random mask: Konečný et al. 2016, arXiv:1610.05492,
 * section 2; random sparsification: Stich et al. 2018, arXiv:1809.07599). Linear, so it goes through a secure sum. The values are sent
 * as they are; `fromRandomK` scales them.
 * @throws RangeError when k is not a whole number from 1 to the vector's length.
 */
export const randomK = (vector: Float32Array, choice: RandomK): Float32Array => {
  const chosen = coordinatesOf(vector.length, choice)
  return Float32Array.from(chosen, (at) => vector[at] ?? 0)
}

/**
 * The vector that `randomK` was given, in expectation over seeds: its coordinates times d/k, the others 0. Its mean squared error
 * is (d/k − 1) ‖x‖². Without `rescale` the coordinates are as they were: k/d of the vector in expectation, and never longer.
 * @throws CompressionFormatError when there are not k values.
 */
export const fromRandomK = (
  values: Float32Array,
  { length, rescale = true, ...choice }: RandomK & { length: number; rescale?: boolean },
): Float32Array => {
  const chosen = coordinatesOf(length, choice)
  if (values.length !== chosen.length)
    throw new CompressionFormatError(
      'wrong-length',
      `${chosen.length} coordinates were asked for, not ${values.length}`,
    )
  const vector = new Float32Array(length)
  const scale = rescale ? length / chosen.length : 1
  for (let i = 0; i < chosen.length; i++) vector[chosen[i] ?? 0] = scale * (values[i] ?? 0)
  return vector
}

/** Of the last call: a coordinator reads one update after the other of the same round. */
let last: { of: string; coordinates: Uint32Array } | undefined

/** k distinct coordinates, all sets of k equally likely, in ascending order. Not to be written to. */
const coordinatesOf = (length: number, choice: RandomK): Uint32Array => {
  const of = `${length} ${choice.k} ${choice.seed}`
  if (last?.of !== of) last = { of, coordinates: drawn(length, choice) }
  return last.coordinates
}

/** The head of a Fisher-Yates shuffle, sorted. */
const drawn = (length: number, { k, seed }: RandomK): Uint32Array => {
  if (!Number.isInteger(k) || k < 1 || k > length)
    throw new RangeError(`of ${length} coordinates 1 to ${length} can be drawn, not ${k}`)
  const below = wordsBelow(seededRandom(seed).fork('random k'))
  const coordinates = new Uint32Array(length)
  for (let i = 0; i < length; i++) coordinates[i] = i
  for (let i = 0; i < k; i++) {
    const j = i + below(length - i)
    const chosen = coordinates[j] ?? 0
    coordinates[j] = coordinates[i] ?? 0
    coordinates[i] = chosen
  }
  return coordinates.slice(0, k).sort()
}

/** As `integerBelow`, a block at a time. */
const wordsBelow = (random: SeededRandom): ((bound: number) => number) => {
  const blockBytes = 4_096
  let block = new DataView<ArrayBufferLike>(new ArrayBuffer(0))
  let used = 0
  return (bound) => {
    const limit = 2 ** 32 - (2 ** 32 % bound)
    for (;;) {
      if (used === block.byteLength) {
        block = new DataView(random.bytes(blockBytes).buffer)
        used = 0
      }
      const word = block.getUint32(used, true)
      used += 4
      if (word < limit) return word % bound
    }
  }
}
