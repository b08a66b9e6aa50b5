import { carriedVector } from './carried.ts'
import { distancesTo } from './distances-to.ts'
import { heap } from './heap.ts'
import { meanOfRows } from './mean-of-rows.ts'

/**
 * Centered clipping (Karimireddy, He and Jaggi 2021): from the last round's aggregate v (zero at first),
 *
 *   v' = v + (1/n) Σ (Δᵢ − v) · min(1, ρ / ‖Δᵢ − v‖)
 *
 * `iterations` times, with ρ = `radius`. No client moves the aggregate by more than ρ/n a step from where it was, so attacks that are small in each round
 * and add up over many get no hold. Proven for up to about a tenth of the clients.
 */
export const centeredClipping = ({
  serverLearningRate,
  radius,
  iterations,
}: {
  serverLearningRate: number
  radius: number
  iterations: number
}) =>
  heap({
    serverLearningRate,
    least: 1,
    rule({ kernels, rows, ...beginning }) {
      const v = carriedVector({ kernels, ...beginning }, 'v')
      for (let step = 0; step < iterations; step++) {
        const factors = distancesTo(kernels, rows, v).map(
          (distance) => Math.min(1, radius / distance) / rows.length,
        )
        const kept = 1 - factors.reduce((sum, factor) => sum + factor, 0)
        const pulled = meanOfRows(kernels, rows, factors)
        kernels.scale(v, kept)
        kernels.axpy(v, pulled, 1)
      }
      return { delta: v.slice(), state: { vectors: { v }, numbers: {} } }
    },
  })
