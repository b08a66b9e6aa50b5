import type { RandomWords } from './random-words.ts'

/** A sampler of a Poisson variable of one mean, from a table of its probabilities to 2⁻⁹⁶. */
export type PoissonTable = {
  sample(words: RandomWords): number
  /** Total variation distance from the true distribution is at most this, for each sample. */
  readonly distance: number
}

/** What may lie outside the table, each side. */
const tailBits = 80
/** Fixed point of the probabilities while they are computed. */
const workBits = 160n

/**
 * The table of mean `mean`, a multiple of ½ up to 2²⁷. Probabilities follow from the mode by p(k+1) = p(k) μ/(k+1) in whole numbers of
 * 160 bits, each rounded down, and are cut where fewer than 2⁻⁸⁰ remain (Chernoff); sampling inverts their sum with 96 random
 * bits, the later ones drawn only where the first do not decide. So the distance from a true Poisson variable is at most 2 · 2⁻⁸⁰ for the cut, the
 * entries · 2⁻⁹⁶ for the thresholds, and less than that for the recurrence: below 2⁻⁷⁶.
 * Takes time and memory in proportion to √mean: 25 standard deviations.
 */
export const poissonTable = (mean: number): PoissonTable => {
  if (!(mean > 0 && mean <= 2 ** 27 && Number.isInteger(2 * mean)))
    throw new RangeError(`a Poisson mean is a multiple of 1/2, above 0 and at most 2^27, not ${mean}`)
  const { from, weights } = weightsAround(mean)
  const total = weights.reduce((sum, weight) => sum + weight, 0n)
  // Three 32-bit digits of each cumulative probability: a draw below the first threshold above it takes that place.
  const digits = [0, 1, 2].map(() => new Uint32Array(weights.length))
  let sum = 0n
  weights.forEach((weight, i) => {
    sum += weight
    const threshold = (sum << 96n) / total
    // The last is 1, which no draw reaches; its digits are the greatest there are.
    const held = threshold >= 1n << 96n ? (1n << 96n) - 1n : threshold
    digits.forEach((digit, place) => {
      digit[i] = Number((held >> BigInt(64 - 32 * place)) & 0xffff_ffffn)
    })
  })
  const guide = guideOf(digits)
  return { sample: (words) => from + inverted(words, digits, guide), distance: 2 ** -76 }
}

const weightsAround = (mean: number): { from: number; weights: bigint[] } => {
  const mode = Math.floor(mean)
  const doubled = BigInt(2 * mean)
  // P(|X − μ| ≥ x) ≤ e^{−x²/2(μ+x/3)} each side (Bernstein).
  const bits = tailBits * Math.LN2
  const reach = Math.ceil(bits / 3 + Math.sqrt((bits / 3) ** 2 + 2 * bits * mean)) + 1
  const above = [1n << workBits]
  for (let k = mode + 1; k <= mode + reach; k++) above.push(((above.at(-1) ?? 0n) * doubled) / BigInt(2 * k))
  const below: bigint[] = []
  let weight = 1n << workBits
  for (let k = mode; k > Math.max(0, mode - reach); k--) {
    weight = (weight * BigInt(2 * k)) / doubled
    below.push(weight)
  }
  return { from: mode - below.length, weights: [...below.reverse(), ...above] }
}

const guideBits = 12

/** Where the thresholds of each first 12 bits begin. */
const guideOf = ([first = new Uint32Array()]: readonly Uint32Array[]): Uint32Array => {
  const guide = new Uint32Array(2 ** guideBits)
  let at = 0
  for (let start = 0; start < guide.length; start++) {
    while (at < first.length - 1 && (first[at] ?? 0) < start * 2 ** (32 - guideBits)) at++
    guide[start] = at
  }
  return guide
}

const inverted = (words: RandomWords, digits: readonly Uint32Array[], guide: Uint32Array): number => {
  const [first = new Uint32Array(), second = first, third = first] = digits
  const draw = words.word()
  let at = guide[draw >>> (32 - guideBits)] ?? 0
  while (at < first.length - 1 && (first[at] ?? 0) < draw) at++
  if ((first[at] ?? 0) > draw) return at
  // The first digits are alike: the next are drawn once and decide among all that begin so.
  const [next, last] = [words.word(), words.word()]
  while (at < first.length - 1 && first[at] === draw) {
    if ((second[at] ?? 0) > next || ((second[at] ?? 0) === next && (third[at] ?? 0) > last)) return at
    at++
  }
  return at
}
