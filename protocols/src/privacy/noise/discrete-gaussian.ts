import type { Random } from '../../runtime/index.ts'
import { chanceOfExp, chanceOfExpBeyond } from './exponential-chance.ts'
import { type RandomWords, randomWords } from './random-words.ts'

/** Beyond this the sampler's whole numbers would leave the 53 bits that float64 holds exactly. */
export const greatestDiscreteStd = 2 ** 20

/**
 * Fills `out` with independent samples of the discrete Gaussian, P(x) ∝ e^{−x²/2σ²} over whole x (Canonne, Kamath and Steinke
 * 2020, Algorithm 3), exactly: only whole numbers are drawn and compared, no logarithm or exponential is ever rounded.
 * `std`: σ, a whole number from 1 to 2²⁰; choose the grid so. Values beyond 64σ, e^{−2048} of them, are not given.
 *
 * A discrete Laplace of scale σ is accepted with probability e^{−(|x|−σ)²/2σ²} (their t = σ, which makes the fraction short).
 */
export const fillDiscreteGaussian = (
  out: Int32Array,
  { std, random }: { std: number; random: Random },
): void => {
  if (!Number.isInteger(std) || std < 1 || std > greatestDiscreteStd)
    throw new RangeError(`a discrete Gaussian's std is a whole number from 1 to 2^20 grid steps, not ${std}`)
  const words = randomWords(random)
  for (let i = 0; i < out.length; i++) out[i] = discreteGaussian(words, std)
}

const discreteGaussian = (words: RandomWords, std: number): number => {
  for (;;) {
    const candidate = discreteLaplace(words, std)
    const off = Math.abs(candidate) - std
    if (off > 63 * std) continue // its square would pass 2⁵³
    if (chanceOfExpBeyond(words, off * off, 2 * std * std)) return candidate
  }
}

/** P(x) ∝ e^{−|x|/scale} (their Algorithm 2). */
const discreteLaplace = (words: RandomWords, scale: number): number => {
  for (;;) {
    const rest = words.below(scale)
    if (!chanceOfExp(words, rest, scale)) continue
    let whole = 0
    while (chanceOfExp(words, 1, 1)) whole++
    const size = rest + whole * scale
    const negative = words.word() >= 2 ** 31
    if (negative && size === 0) continue
    return negative ? -size : size
  }
}
