import { unreachable } from '@tributary/protocols'
import * as z from 'zod'
import type { Attack } from './attack.ts'
import { momentsOf } from './moments.ts'

/**
 * Min-max and min-sum: send m = μ + γ p, as far from the mean of the updates seen as hides among them. Shejwalkar and Houmansadr 2021,
 * "Manipulating the Byzantine", NDSS, section IV-C. p is −μ/‖μ‖, −σ or −sign(μ). The greatest γ such that, for min-max, m is no farther
 * from any update than the two farthest are from each other; for min-sum, Σ ‖m − g_i‖² is no more than the greatest Σ_j ‖g_i − g_j‖². The
 * paper halves its way to γ; both have closed forms: with a_i = μ − g_i, ‖m − g_i‖² = ‖a_i‖² + 2 γ a_i·p + γ² ‖p‖², and Σ a_i = 0.
 */
const fields = {
  sees: z.enum(['colluders', 'honest']).default('honest'),
  /** p; the paper's best on most sets is the standard deviation. */
  along: z.enum(['unit', 'deviation', 'sign']).default('deviation'),
}
export const MinMaxSpec = z.strictObject({ kind: z.literal('min-max'), ...fields })
export const MinSumSpec = z.strictObject({ kind: z.literal('min-sum'), ...fields })
type Spec = z.infer<typeof MinMaxSpec> | z.infer<typeof MinSumSpec>

export const minMax = (spec: Spec): Attack => ({
  kind: spec.kind,
  sees: spec.sees,
  sends: 'the same',
  remembers: 0,
  craft({ honest }) {
    const { mean, deviation } = momentsOf(honest)
    const direction = directionOf(spec.along, mean, deviation)
    const gamma = greatestGamma(spec.kind, honest, mean, direction)
    return Float32Array.from(mean, (value, i) => value + gamma * (direction[i] ?? 0))
  },
})

const greatestGamma = (
  kind: Spec['kind'],
  updates: readonly Float32Array[],
  mean: Float64Array,
  direction: Float64Array,
): number => {
  const length = dot(direction, direction)
  if (length === 0) return 0
  const pairs = squaredDistances(updates)
  const fromMean = updates.map((update) => mean.map((value, i) => value - (update[i] ?? 0)))
  switch (kind) {
    case 'min-max': {
      const bound = Math.max(...pairs.map((row) => Math.max(...row)))
      const gammas = fromMean.map((apart) => {
        const slope = dot(apart, direction)
        const room = Math.max(0, bound - dot(apart, apart))
        return (Math.sqrt(slope * slope + length * room) - slope) / length
      })
      return Math.min(...gammas)
    }
    case 'min-sum': {
      const bound = Math.max(...pairs.map((row) => row.reduce((sum, squared) => sum + squared, 0)))
      const spread = fromMean.reduce((sum, apart) => sum + dot(apart, apart), 0)
      return Math.sqrt(Math.max(0, bound - spread) / (updates.length * length))
    }
    default:
      return unreachable(kind)
  }
}

const directionOf = (along: Spec['along'], mean: Float64Array, deviation: Float64Array): Float64Array => {
  switch (along) {
    case 'unit': {
      const norm = Math.sqrt(dot(mean, mean))
      return mean.map((value) => (norm === 0 ? 0 : -value / norm))
    }
    case 'deviation':
      return deviation.map((value) => -value)
    case 'sign':
      return mean.map((value) => -Math.sign(value))
    default:
      return unreachable(along)
  }
}

const squaredDistances = (updates: readonly Float32Array[]): number[][] =>
  updates.map((a) =>
    updates.map((b) => {
      let sum = 0
      for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2
      return sum
    }),
  )

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0)
  return sum
}
