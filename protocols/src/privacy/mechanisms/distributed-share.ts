import { plainVectors, type VectorKernels } from '../../kernels/index.ts'
import type { Random } from '../../runtime/index.ts'
import { fillDiscreteGaussian } from '../noise/discrete-gaussian.ts'
import { fillSkellam } from '../noise/skellam.ts'
import type { DistributedPlan } from './distributed-plan.ts'
import { rotatedLength } from './rotated-length.ts'
import { rotate, rotateBack } from './rotation.ts'
import { roundWithin } from './round-within.ts'

/** `rotation`: the round's public seed, one line of text. */
type Agreed = { plan: DistributedPlan; rotation: string; kernels?: VectorKernels }

/**
 * What a client adds to the secure sum: clipped, rotated, rounded on the grid, its share of the noise added, modulo 2^bits
 * (the client procedure of Kairouz, Liu and Steinke 2021 and of Agarwal, Kairouz and Liu 2021).
 * `random` must be cryptographic and nobody else's. As many values as `rotatedLength(plan.length)`.
 */
export const encodeShare = (
  delta: Float32Array,
  { plan, rotation, random, kernels = plainVectors }: Agreed & { random: Random },
): Uint32Array => {
  if (delta.length !== plan.length)
    throw new RangeError(`encodeShare: ${delta.length} values, not ${plan.length}`)
  if (kernels.firstNonFinite(delta) !== -1) throw new RangeError('encodeShare: a value is not finite')
  const rotated = rotate(delta, rotation)
  const length = kernels.norm(rotated)
  if (length > plan.clipNorm) kernels.scale(rotated, plan.clipNorm / length)
  const whole = roundWithin(rotated, { scale: plan.scale, norm: plan.norm, kernels, random })
  const noise = new Int32Array(whole.length)
  if (plan.noise === 'skellam') fillSkellam(noise, { variance: plan.shareVariance, random })
  else fillDiscreteGaussian(noise, { std: Math.sqrt(plan.shareVariance), random })
  const mask = 2 ** plan.modulusBits - 1
  return Uint32Array.from(whole, (value, i) => ((value + (noise[i] ?? 0)) & mask) >>> 0)
}

/** The sum of the clients' deltas under the noise of all their shares, from the sum of what they encoded modulo 2^bits. */
export const decodeSum = (sum: Uint32Array, { plan, rotation }: Agreed): Float32Array => {
  if (sum.length !== rotatedLength(plan.length))
    throw new RangeError(`decodeSum: ${sum.length} values, not ${rotatedLength(plan.length)}`)
  const unused = 32 - plan.modulusBits
  const rotated = Float32Array.from(sum, (value) => ((value << unused) >> unused) / plan.scale)
  return rotateBack(rotated, { length: plan.length, seed: rotation })
}
