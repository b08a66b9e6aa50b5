import type { Random } from '../../runtime/index.ts'
import { poissonTable } from './poisson-table.ts'
import { randomWords } from './random-words.ts'

/** In grid steps squared; a standard deviation of 16,384. */
export const greatestSkellamVariance = 2 ** 28

/** For each value that `fillSkellam` gives, its distance in total variation from true Skellam noise is at most this. */
export const skellamDistance = 2 ** -75

/**
 * Fills `out` with independent samples of the symmetric Skellam distribution: the difference of two Poisson variables of mean
 * `variance` / 2 (Agarwal, Kairouz and Liu 2021). `variance` is a whole number from 1 to 2²⁸. The sum of several is Skellam again,
 * so shares of many clients add up to one noise.
 */
export const fillSkellam = (
  out: Int32Array,
  { variance, random }: { variance: number; random: Random },
): void => {
  if (!Number.isInteger(variance) || variance < 1 || variance > greatestSkellamVariance)
    throw new RangeError(`a Skellam variance is a whole number from 1 to 2^28, not ${variance}`)
  const table = poissonTable(variance / 2)
  const words = randomWords(random)
  for (let i = 0; i < out.length; i++) out[i] = table.sample(words) - table.sample(words)
}
