import { plainVectors, type VectorKernels } from '../../kernels/index.ts'
import type { Random } from '../../runtime/index.ts'
import { requireMultiplier } from '../accounting/requirements.ts'
import { fillRoundedGaussian, greatestRoundedBits } from '../noise/rounded-gaussian.ts'

/** A sum of clipped vectors that is noised once, when it is finished. */
export type CentralSum = {
  /** Clips to the norm, cuts to the grid and adds; what a client adds does not depend on any other. */
  add(delta: Float32Array): void
  /** The sum with its noise, divided by nothing. Once: the same sum with two noises would be charged twice. */
  finish(random: Random): Float32Array
  /** The same under noise that was drawn elsewhere, in steps of which σ is 2²⁴: that of a tree (`treeNoise`). */
  finishUnder(noise: Float64Array): Float32Array
}

export type CentralSumSettings = {
  /** Values of a delta. */
  length: number
  /** C: what a client adds is at most this long (L2). */
  clipNorm: number
  /** z: the noise's standard deviation in units of C, on the sum. */
  noiseMultiplier: number
  kernels?: VectorKernels
}

/** Below this a million clients could carry the sum beyond the whole numbers that float64 holds; and it protects nobody. */
const leastMultiplier = 2 ** -8

/**
 * The Gaussian mechanism on a sum of clipped vectors, by the coordinator (DP-FedAvg, McMahan et al. 2018), free of floating point
 * where privacy rests on it. The grid is so fine that σ = zC is 2²⁴ steps; each clipped delta is cut to it towards zero, which makes no
 * vector longer; sums of whole numbers are exact in any order, so one client moves the sum by at most C and not by a rounding more
 * (Casacuberta et al. 2022); the noise is a rounded Gaussian on the same grid, to which every claim for multiplier z applies.
 * Divide what `finish` gives by a number fixed beforehand, never by how many came: that would be a second release.
 * @throws RangeError where the grid would swallow the deltas, z above 2²⁴ / 8√length, or z is below 2⁻⁸.
 */
export const createCentralSum = (settings: CentralSumSettings): CentralSum => {
  const { length, clipNorm, noiseMultiplier, kernels = plainVectors } = settings
  requireMultiplier(noiseMultiplier)
  if (noiseMultiplier < leastMultiplier)
    throw new RangeError(`a noise multiplier is at least ${leastMultiplier}, not ${noiseMultiplier}`)
  if (!(clipNorm > 0 && Number.isFinite(clipNorm)))
    throw new RangeError(`a clip norm is finite and above 0, not ${clipNorm}`)
  const most = 2 ** greatestRoundedBits / noiseMultiplier
  if (most < 8 * Math.sqrt(length))
    throw new RangeError(
      `a noise multiplier of ${noiseMultiplier} drowns ${length} values: nothing of a delta would be left on the grid`,
    )
  const sum = new Float64Array(length)
  const whole = new Float64Array(length)
  let finished = false
  return {
    add(delta) {
      if (finished) throw new Error('add: this sum was finished')
      if (delta.length !== length) throw new RangeError(`add: ${delta.length} values, not ${length}`)
      if (kernels.firstNonFinite(delta) !== -1) throw new RangeError('add: a value is not finite')
      const steps = stepsOf(kernels.norm(delta), { clipNorm, most })
      // Longer than C by a rounding of `steps` alone: shorten it a little, then more, and cut again.
      for (let less = 0; cut(delta, steps * (1 - less), whole) > most * most; less = 2 * less + 2 ** -45);
      for (let i = 0; i < length; i++) sum[i] = (sum[i] ?? 0) + (whole[i] ?? 0)
    },
    finish(random) {
      const noise = new Int32Array(length)
      fillRoundedGaussian(noise, { bits: greatestRoundedBits, random })
      return under(noise)
    },
    finishUnder: under,
  }

  function under(noise: ArrayLike<number>): Float32Array {
    if (finished) throw new Error('finish: this sum was finished')
    if (noise.length !== length)
      throw new RangeError(`finish: ${noise.length} values of noise, not ${length}`)
    finished = true
    const step = clipNorm / most
    return Float32Array.from(sum, (value, i) => (value + (noise[i] ?? 0)) * step)
  }
}

/** Grid steps a unit of a delta of this norm, so that it ends no longer than `most` steps. */
const stepsOf = (norm: number, { clipNorm, most }: { clipNorm: number; most: number }): number =>
  most / Math.max(clipNorm, norm)

/** Fills `whole` and gives its squared length. */
function cut(delta: Float32Array, steps: number, whole: Float64Array): number {
  let squared = 0
  for (let i = 0; i < whole.length; i++) {
    const value = Math.trunc((delta[i] ?? 0) * steps)
    whole[i] = value
    squared += value * value
  }
  // Above the rounding of the sum itself.
  return squared * (1 + whole.length * 2 ** -52)
}
