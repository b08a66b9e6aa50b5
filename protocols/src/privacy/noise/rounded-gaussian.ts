import type { Random } from '../../runtime/index.ts'
import { type RandomWords, randomWords } from './random-words.ts'

/** σ is 2 to this power in grid steps at most. */
export const greatestRoundedBits = 24

/**
 * Fills `out` with independent samples of a normal deviate of standard deviation 2^`bits`, each rounded to the nearest whole
 * number, exactly (Karney 2016, Algorithm N): uniform deviates are compared digit by digit as far as it takes, and
 * nothing is ever computed in floating point.
 *
 * Added to whole numbers it is the Gaussian mechanism followed by rounding, which is post-processing: every claim that holds of
 * continuous Gaussian noise holds of this, ε for ε, with or without sampling. And all that is released are whole numbers,
 * so no digit betrays how they came about (Mironov 2012).
 */
export const fillRoundedGaussian = (
  out: Int32Array,
  { bits, random }: { bits: number; random: Random },
): void => {
  if (!Number.isInteger(bits) || bits < 0 || bits > greatestRoundedBits)
    throw new RangeError(`bits is a whole number from 0 to ${greatestRoundedBits}, not ${bits}`)
  const words = randomWords(random)
  for (let i = 0; i < out.length; i++) out[i] = roundedGaussian(words, bits)
}

/** A uniform deviate in (0, 1) of which so many 32-bit digits are known. */
type Deviate = number[]

const roundedGaussian = (words: RandomWords, bits: number): number => {
  for (;;) {
    // Steps N1 and N2: k with probability ∝ e^{−k²/2}.
    let k = 0
    while (chanceOfHalf(words)) k++
    if (!repeated(k * (k - 1), () => chanceOfHalf(words))) continue
    // Steps N3 and N4: x uniform, kept with probability e^{−x(2k+x)/2}.
    const x = [words.word()]
    if (!repeated(k + 1, () => chanceOfFraction(words, k, x))) continue
    const halves = (k + (x[0] ?? 0) * 2 ** -32) * 2 ** (bits + 1)
    const size = Math.floor((Math.floor(halves) + 1) / 2)
    return words.word() >= 2 ** 31 ? -size : size
  }
}

const repeated = (times: number, chance: () => boolean): boolean => {
  for (let i = 0; i < times; i++) if (!chance()) return false
  return true
}

/** True with probability e^{−1/2}: the length of a falling run of deviates from 1/2 is even (von Neumann 1951). */
const chanceOfHalf = (words: RandomWords): boolean => {
  const first = words.word()
  if (first >= 2 ** 31) return true
  let last: Deviate = [first]
  for (let run = 1; ; run++) {
    const next = [words.word()]
    if (!isBelow(words, next, last)) return run % 2 === 0
    last = next
  }
}

/** True with probability e^{−x(2k+x)/(2k+2)} (Karney's Algorithm B). */
const chanceOfFraction = (words: RandomWords, k: number, x: Deviate): boolean => {
  let last = x
  for (let run = 0; ; run++) {
    const next = [words.word()]
    if (!isBelow(words, next, last)) return run % 2 === 0
    // Goes on with probability (2k + x) / (2k + 2).
    const choice = words.below(2 * k + 2)
    if (choice === 2 * k + 1) return run % 2 === 0
    if (choice === 2 * k && !isBelow(words, [words.word()], x)) return run % 2 === 0
    last = next
  }
}

/** Compares digit by digit; where all known digits are alike, both are drawn one further, and keep it. */
const isBelow = (words: RandomWords, a: Deviate, b: Deviate): boolean => {
  for (let i = 0; ; i++) {
    if (i === a.length) a.push(words.word())
    if (i === b.length) b.push(words.word())
    const [digitA, digitB] = [a[i] ?? 0, b[i] ?? 0]
    if (digitA !== digitB) return digitA < digitB
  }
}
