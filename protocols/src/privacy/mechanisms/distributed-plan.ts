import type { RoundNoise } from '../accounting/noise.ts'
import { requireMultiplier } from '../accounting/requirements.ts'
import { retryProbability, roundedNormBound, wholeL1Bound } from '../accounting/rounded-norm.ts'
import { greatestSkellamVariance } from '../noise/skellam.ts'
import { rotatedLength } from './rotated-length.ts'

/** Everything that clients and coordinator of a round must agree on for noise that the clients add in shares. */
export type DistributedPlan = {
  readonly noise: 'skellam' | 'discrete-gaussian'
  /** Values of a delta. */
  readonly length: number
  /** C, before rotation and rounding. */
  readonly clipNorm: number
  /** Grid steps a unit. */
  readonly scale: number
  /** The most that a client's whole vector is long, in grid steps. */
  readonly norm: number
  /** Variance of one client's share, a coordinate, in grid steps squared; for the discrete Gaussian a square of a whole number. */
  readonly shareVariance: number
  /** Shares that are sure to be in the sum: what accounting rests on. */
  readonly survivors: number
  /** Sums are taken modulo 2 to this power. */
  readonly modulusBits: number
}

export type DistributedSettings = {
  noise: 'skellam' | 'discrete-gaussian'
  length: number
  clipNorm: number
  /** z: standard deviation of the survivors' noise together over the sensitivity of the sum. */
  noiseMultiplier: number
  /** Clients invited: the most whose vectors may be in the sum. */
  clients: number
  /** Honest clients without which no sum is released: the quorum less those that may cheat. */
  survivors: number
  /** 32 unless given: the ring of the masks. */
  modulusBits?: number
}

/** Standard deviations of the sum that the modulus must hold (Agarwal, Kairouz and Liu 2021 use 3, Kairouz et al. 2021 4). */
const spread = 4

/**
 * Sizes grid and noise shares (after Kairouz, Liu and Steinke 2021; Agarwal, Kairouz and Liu 2021):
 * scale = √(2^{2b} − nk²) / 2k√(C²n²/d + nσ²), the finest grid on which a rotated sum stays within 2^b for k standard deviations. Each share has
 * variance (z · norm)² / survivors, rounded up: whoever drops out up to the quorum, the noise that was claimed is there.
 * @throws RangeError where so few bits cannot hold so many clients, or the sampler so much noise.
 */
export const distributedPlan = (settings: DistributedSettings): DistributedPlan => {
  const { noise, length, clipNorm, noiseMultiplier, clients, survivors, modulusBits = 32 } = settings
  requireMultiplier(noiseMultiplier)
  if (!(clipNorm > 0 && Number.isFinite(clipNorm)))
    throw new RangeError(`a clip norm is finite and above 0, not ${clipNorm}`)
  if (!(Number.isInteger(survivors) && survivors > 0 && Number.isInteger(clients) && clients >= survivors))
    throw new RangeError(`survivors is a whole number from 1 to clients, not ${survivors} of ${clients}`)
  if (!(Number.isInteger(modulusBits) && modulusBits >= 8 && modulusBits <= 32))
    throw new RangeError(`modulusBits is a whole number from 8 to 32, not ${modulusBits}`)
  const dimension = rotatedLength(length)
  const shareStd = (noiseMultiplier * clipNorm) / Math.sqrt(survivors)
  const room = 2 ** (2 * modulusBits) - clients * spread ** 2
  const sumStd = Math.sqrt((clipNorm * clients) ** 2 / dimension + clients * shareStd ** 2)
  const tooSmall = `${modulusBits} bits cannot hold ${clients} clients and their noise: rounding would be longer than a delta`
  if (room <= 0) throw new RangeError(tooSmall)
  const finest = Math.sqrt(room) / (2 * spread * sumStd)
  const scale = Math.min(finest, fineEnough(dimension, noiseMultiplier / Math.sqrt(survivors)) / shareStd)
  const norm = roundedNormBound({ norm: scale * clipNorm, dimension, probability: retryProbability })
  if (norm > 2 * scale * clipNorm) throw new RangeError(tooSmall)
  const needed = (noiseMultiplier * norm) ** 2 / survivors
  const shareVariance =
    noise === 'skellam' ? Math.max(1, Math.ceil(needed)) : Math.ceil(Math.sqrt(needed)) ** 2
  return { noise, length, clipNorm, scale, norm, shareVariance, survivors, modulusBits }
}

/**
 * Grid steps that a share's standard deviation is, where the ring has room for them: 2,048, or as many as make a delta 16 times as long
 * as rounding could; finer ones would add nothing but time, since a Skellam sampler's grows with them.
 */
const fineEnough = (dimension: number, shareMultiplier: number): number => {
  const most = Math.sqrt(greatestSkellamVariance) / 2
  return Math.min(most, Math.max(2_048, 8 * Math.sqrt(dimension) * shareMultiplier))
}

/** The same plan for deltas of another norm: as many grid steps to the norm and as much noise in grid steps, so that it costs the same. */
export const planAtNorm = (plan: DistributedPlan, clipNorm: number): DistributedPlan => ({
  ...plan,
  clipNorm,
  scale: (plan.scale * plan.clipNorm) / clipNorm,
})

/** What a round of this plan costs. */
export const noiseOfPlan = (plan: DistributedPlan): RoundNoise => {
  const dimension = rotatedLength(plan.length)
  return {
    kind: plan.noise,
    variance: plan.shareVariance,
    clients: plan.survivors,
    l2: plan.norm,
    l1: wholeL1Bound({ l2: plan.norm, dimension }),
    dimension,
  }
}
