/** Whether a version that a secure round made is the mean of the updates that the round counted. */
import { totalElements } from '@tributary/protocols/tensors'
import type { PlainUpdate } from '../fleet/reference-fedavg.ts'
import { clientsOf, FIXED_TENSORS, MOST_EXAMPLES, RANGE } from './fixed-clients.ts'
import { LEAST, NOISE } from './fixed-task.ts'
import type { Privacy } from './plan.ts'

type Made = {
  base: Float32Array
  weights: Float32Array
  /** Of the clients that the round counted, as they were before anything was done to protect them. */
  updates: readonly PlainUpdate[]
  privacy: Extract<Privacy, { mode: 'secure-aggregation' }>
}

/** Nothing where it is their mean, else what it is not. It shares no code with what it judges. */
export const objectionToSum = ({ base, weights, updates, privacy }: Made): string | undefined => {
  const moved = Float64Array.from(weights, (weight, i) => weight - (base[i] ?? Number.NaN))
  return privacy.noise === 'none'
    ? objectionToMean(moved, updates, clientsOf(privacy))
    : objectionToNoised(moved, updates)
}

/** Rounding of float32 numbers between 1 and 8, a few times over. */
const FLOAT_ERROR = 1.5e-6

/**
 * Σ nᵢΔᵢ / Σ nᵢ in double precision. Each client's values were rounded to levels, of which 2³¹ are shared by the whole cohort.
 */
const objectionToMean = (moved: Float64Array, updates: readonly PlainUpdate[], cohort: number) => {
  const examples = updates.reduce((sum, update) => sum + update.examples, 0)
  const level = (RANGE * MOST_EXAMPLES) / Math.floor((2 ** 31 - 1) / cohort)
  const bound = (updates.length * level) / examples + FLOAT_ERROR
  for (const [i, by] of moved.entries()) {
    const mean =
      updates.reduce((sum, update) => sum + update.examples * (update.delta[i] ?? Number.NaN), 0) / examples
    if (!(Math.abs(by - mean) <= bound)) return `value ${i} moved by ${by}, and by their mean ${mean}`
  }
  return undefined
}

/**
 * The sum of clipped deltas over the quorum, under everyone's share of the noise. A client that is missing, or in it twice, shows along
 * its own delta, a length of `clipNorm` against a deviation of less than a tenth of that; that the noise is of its size shows over all values together.
 */
const objectionToNoised = (moved: Float64Array, updates: readonly PlainUpdate[]) => {
  const clipped = updates.map(({ delta }) => {
    const length = norm(delta)
    return delta.map((value) => value * Math.min(1, NOISE.clipNorm / length))
  })
  const off = moved.map(
    (by, i) => by * LEAST - clipped.reduce((sum, delta) => sum + (delta[i] ?? Number.NaN), 0),
  )
  const deviation = NOISE.noiseMultiplier * NOISE.clipNorm * Math.sqrt(updates.length / LEAST)
  const seen = norm(off) / Math.sqrt(totalElements(FIXED_TENSORS))
  if (!(seen > 0.9 * deviation && seen < 1.2 * deviation))
    return `the noise has a deviation of ${seen}, and of ${deviation} by the shares of ${updates.length} clients`
  for (const [n, delta] of clipped.entries()) {
    const along = delta.reduce((sum, value, i) => sum + value * (off[i] ?? 0), 0) / norm(delta)
    if (Math.abs(along) > NOISE.clipNorm / 2)
      return `along the delta of ${updates[n]?.client} the sum is off by ${along}, of ${NOISE.clipNorm}`
  }
  return undefined
}

const norm = (values: Float32Array | Float64Array): number => {
  let squares = 0
  for (const value of values) squares += value * value
  return Math.sqrt(squares)
}
