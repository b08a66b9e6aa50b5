import type { RandomWords } from './random-words.ts'

/**
 * True with probability exactly e^{−γ}, γ = numerator / denominator in [0, 1] (Canonne, Kamath and Steinke 2020, Algorithm 1):
 * the first k at which a coin of γ/k fails is odd with that probability (von Neumann 1951).
 * Whole numbers; the denominator at most 2⁴⁸, so that it can be multiplied by any k that is ever reached.
 */
export const chanceOfExp = (words: RandomWords, numerator: number, denominator: number): boolean => {
  for (let k = 1; ; k++) if (!words.chance(numerator, k * denominator)) return k % 2 === 1
}

/** The same for any γ ≥ 0: e^{−1} for each whole one, then what is left. */
export const chanceOfExpBeyond = (words: RandomWords, numerator: number, denominator: number): boolean => {
  let left = numerator
  for (; left > denominator; left -= denominator) if (!chanceOfExp(words, 1, 1)) return false
  return chanceOfExp(words, left, denominator)
}
