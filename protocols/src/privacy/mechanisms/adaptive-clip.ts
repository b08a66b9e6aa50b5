import type { Random } from '../../runtime/index.ts'
import { requireCount, requireMultiplier } from '../accounting/requirements.ts'
import { fillRoundedGaussian } from '../noise/rounded-gaussian.ts'

/** Andrew, Thakkar, McMahan and Ramaswamy 2021: the clip norm follows a quantile of the deltas' norms. */
export type AdaptiveClip = {
  /** γ: the share of clients whose delta should be within the norm. */
  quantile: number
  /** η of the geometric step. */
  learningRate: number
  /** σ_b: standard deviation of the noise on the count of clients within the norm. */
  countNoise: number
}

/** What a norm that follows the clients never leaves: where all of their deltas are zeros it would shrink for ever. */
const leastNorm = 1e-9
const greatestNorm = 1e6

/**
 * The norm of the next round: C · e^{−η(b̃ − γ)}, b̃ the noised fraction of clients whose delta was within C. A fraction beyond −1 or 2 is
 * one that no cohort of honest votes is likely to have, and counts as these: one client can move the norm no further.
 */
export const nextClipNorm = (
  clipNorm: number,
  { fraction, quantile, learningRate }: { fraction: number } & Omit<AdaptiveClip, 'countNoise'>,
): number => {
  const held = Math.min(2, Math.max(-1, fraction))
  const next = clipNorm * Math.exp(-learningRate * (held - quantile))
  return Math.min(greatestNorm, Math.max(leastNorm, next))
}

/**
 * The multiplier that is left for the values when a round of `multiplier` in all also releases the count:
 * (z^{−2} − (2σ_b)^{−2})^{−1/2} (their Theorem 1: bits less ½ have sensitivity ½).
 * @throws RangeError where the count alone costs as much as the round: σ_b ≤ z / 2.
 */
export const valueMultiplier = ({
  multiplier,
  countNoise,
}: {
  multiplier: number
  countNoise: number
}): number => {
  requireMultiplier(multiplier)
  requireMultiplier(countNoise)
  if (multiplier >= 2 * countNoise)
    throw new RangeError(
      `a count noise of ${countNoise} is too little for a multiplier of ${multiplier}: it must be above half of it`,
    )
  return (multiplier ** -2 - (2 * countNoise) ** -2) ** -0.5
}

/** σ_b is 2²⁰ grid steps, so for noise up to 10 the grid shortens a vote by 2e-5 of it at the most. */
const countBits = 20

/**
 * The fraction of clients whose delta was within the norm, under Gaussian noise of σ_b on the count. A client votes ½ where its delta was `within`
 * and −½ where it was `beyond`, so that one client moves the sum by ½; `clients` is a number that is no secret, fixed beforehand or told
 * beside the sum in any case. Rounded Gaussian on a grid on which votes are whole. May lie outside [0, 1].
 */
export const noisedFraction = (
  { within, beyond }: { within: number; beyond: number },
  { clients, countNoise, random }: { clients: number; countNoise: number; random: Random },
): number => {
  requireMultiplier(countNoise)
  for (const [what, count] of Object.entries({ within, beyond })) requireCount(what, count)
  if (!(Number.isInteger(clients) && clients > 0))
    throw new RangeError(`clients is a whole number from 1, not ${clients}`)
  const step = countNoise / 2 ** countBits
  const vote = Math.floor(0.5 / step)
  if (vote < 1) throw new RangeError(`a count noise of ${countNoise} is more than the grid can hold`)
  const noise = new Int32Array(1)
  fillRoundedGaussian(noise, { bits: countBits, random })
  return (((within - beyond) * vote + (noise[0] ?? 0)) * step) / clients + 0.5
}
