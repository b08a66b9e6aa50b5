import { notFinite } from './combined.ts'
import { distancesTo } from './distances-to.ts'
import { heap } from './heap.ts'
import { meanOfRows } from './mean-of-rows.ts'

/**
 * Robust federated aggregation (Pillutla, Kakade and Harchaoui 2019): the point with the smallest sum of distances to all deltas, by smoothed Weiszfeld
 * steps from their mean,
 *
 *   z' = Σ wᵢ Δᵢ / Σ wᵢ        wᵢ = 1 / max(ν, ‖z − Δᵢ‖)
 *
 * Stands fewer than half of the clients in the limit. A few steps from the mean still feel one delta that is many times longer than the others: bound
 * norms (the plan's `clipNorm`) as well.
 */
export const geometricMedian = ({
  serverLearningRate,
  iterations,
  nu,
}: {
  serverLearningRate: number
  iterations: number
  nu: number
}) =>
  heap({
    serverLearningRate,
    least: 1,
    rule({ kernels, rows }) {
      let z = meanOfRows(kernels, rows)
      for (let step = 0; step < iterations; step++) {
        const weights = distancesTo(kernels, rows, z).map((distance) => 1 / Math.max(nu, distance))
        const sum = weights.reduce((total, weight) => total + weight, 0)
        if (!(sum > 0)) return notFinite('the sum of the deltas is no float32 number')
        z = meanOfRows(
          kernels,
          rows,
          weights.map((weight) => weight / sum),
        )
      }
      return { delta: z }
    },
  })
