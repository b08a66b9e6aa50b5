/** The kernels that this browser loads against the plain ones, on vectors drawn from a seed. */
import {
  type CohortKernels,
  loadCohortKernels,
  plainCohortKernels,
} from '@tributary/protocols/cohort-kernels'
import { integerBelow, type SeededRandom, seededRandom, uniform } from '@tributary/protocols/runtime'

type Vector = Float32Array | Float64Array | Int32Array | Uint32Array

/** What kernels make of what is drawn; the same draws for both. */
type Trial = (kernels: CohortKernels, draw: Draw) => readonly (Vector | number)[]

type Draw = {
  floats(): Float32Array
  words(): Uint32Array
  rows(): Float32Array[]
  weight(): number
  key(): Uint8Array
  length: number
}

/** Around every boundary of lanes, blocks and tiles. */
const LENGTHS = [0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 33, 63, 64, 65, 1_023, 1_024, 1_025, 16_384, 16_385]
const REPEATS = 3

/** `disagreements`: each is an operation, a length and the number of the repetition. `trials`: how many were held. */
export const tryKernels = async (
  seed: string,
): Promise<{ name: CohortKernels['name']; trials: number; disagreements: string[] }> => {
  const kernels = await loadCohortKernels()
  const disagreements: string[] = []
  let held = 0
  for (const [operation, trial] of Object.entries(trials))
    for (const length of LENGTHS)
      for (let repeat = 0; repeat < REPEATS; repeat++) {
        const label = `${operation} of ${length} values, ${repeat}`
        const outcome = (of: CohortKernels) => trial(of, drawFrom(seededRandom(seed).fork(label), length))
        if (!same(outcome(kernels), outcome(plainCohortKernels))) disagreements.push(label)
        held++
      }
  return { name: kernels.name, trials: held, disagreements }
}

const trials: Record<string, Trial> = {
  axpy(kernels, { floats, weight }) {
    const sum = floats()
    kernels.axpy(sum, floats(), weight())
    return [sum]
  },
  scale(kernels, { floats, weight }) {
    const x = floats()
    kernels.scale(x, weight())
    return [x]
  },
  norm: (kernels, { floats }) => [kernels.norm(floats())],
  firstNonFinite(kernels, { floats, length }) {
    const x = floats()
    if (length > 0) x[length >> 1] = Number.NaN
    return [kernels.firstNonFinite(floats()), kernels.firstNonFinite(x)]
  },
  addMod32(kernels, { words }) {
    const sum = words()
    kernels.addMod32(sum, words())
    kernels.subtractMod32(sum, words())
    return [sum]
  },
  chacha20Add(kernels, { words, key }) {
    const sum = words()
    kernels.chacha20Add(sum, { key: key(), sign: 1 })
    kernels.chacha20Add(sum, { key: key(), sign: -1, nonce: key().slice(0, 12), counter: 7 })
    return [sum]
  },
  quantize(kernels, { floats, words, length }) {
    const [levels, values] = [new Int32Array(length), new Float32Array(length)]
    kernels.quantize(floats(), { scale: 1_000.5, limit: 32_767, randoms: words() }, levels)
    kernels.dequantize(levels, 1 / 1_000.5, values)
    return [levels, values]
  },
  coordinateMedian(kernels, { rows, length }) {
    const out = new Float32Array(length)
    kernels.coordinateMedian(rows(), out)
    return [out]
  },
  trimmedMean(kernels, { rows, length }) {
    const out = new Float32Array(length)
    const all = rows()
    kernels.trimmedMean(all, (all.length - 1) >> 1, out)
    return [out]
  },
  gram: (kernels, { rows }) => [kernels.gram(rows())],
  accumulator(kernels, { floats, weight, length }) {
    const [sum, other] = [kernels.accumulator(length), kernels.accumulator(length)]
    sum.assign(floats())
    other.assign(floats())
    sum.addScaled(floats(), weight())
    sum.addScaled(other, weight())
    sum.scale(weight())
    const outcome = [sum.read(), sum.norm(), sum.firstNonFinite()]
    sum.release()
    other.release()
    return outcome
  },
  modularAccumulator(kernels, { words, key, length }) {
    const sum = kernels.modularAccumulator(length)
    sum.assign(words())
    sum.add(words())
    sum.subtract(words())
    sum.addMask({ key: key(), sign: -1 })
    const outcome = [sum.read()]
    sum.release()
    return outcome
  },
}

const drawFrom = (random: SeededRandom, length: number): Draw => {
  const words = () => new Uint32Array(random.bytes(4 * length).slice().buffer)
  const floats = () => {
    // A view at an odd offset, as slices of a larger buffer are.
    const offset = integerBelow(random, 4)
    const values = new Float32Array(4 + length).subarray(offset, offset + length)
    for (const [i, word] of words().entries()) values[i] = floatOf(word)
    return values
  }
  return {
    length,
    words,
    floats,
    rows: () => Array.from({ length: 1 + integerBelow(random, 9) }, floats),
    weight: () => Math.fround(2_000 * uniform(random) - 1_000),
    key: () => random.bytes(32).slice(),
  }
}

const AWKWARD = [0, -0, 1.4e-45, -1.4e-45, 1.17e-38, -5e-39, 1e15, -1e15, 1, -1, 16_777_217, 0.1]

/** Zeros of both signs, denormals and large values among ordinary ones. */
const floatOf = (word: number): number =>
  word % 8 === 0
    ? (AWKWARD[(word >>> 8) % AWKWARD.length] ?? 0)
    : (word / 2 ** 31 - 1) * 10 ** ((word % 7) - 3)

/** To the bit, so that 0 and -0 differ. */
const same = (a: readonly (Vector | number)[], b: readonly (Vector | number)[]): boolean =>
  a.length === b.length &&
  a.every((one, i) => {
    const other = b[i]
    if (typeof one === 'number' || typeof other === 'number' || !other) return Object.is(one, other)
    return (
      one.length === other.length && one.every((value: number, at: number) => Object.is(value, other[at]))
    )
  })
