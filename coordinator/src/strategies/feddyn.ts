import { carriedVector } from './carried.ts'
import { combined, tooFew } from './combined.ts'
import type { FoldStrategy } from './strategy.ts'

/**
 * The server of FedDyn (Acar, Zhao, Navarro, Mattina, Whatmough and Saligrama 2021, Algorithm 1): of |P| clients out of m = `population`,
 *
 *   h' = h − α (|P| / m) mean(Δ)        w' = w + mean(Δ) − h' / α
 *
 * Clients minimise their loss − ⟨hₖ, w⟩ + (α/2) ‖w − w_global‖² with the same α = `alpha`, and keep hₖ. The mean is by examples; with equal examples it is the
 * paper's.
 */
export const feddyn = ({ alpha, population }: { alpha: number; population: number }): FoldStrategy => ({
  kind: 'fold',
  takes: 'means',
  least: 1,
  needs: [],
  start(beginning) {
    const { kernels, base } = beginning
    const deltas = kernels.accumulator(base.length)
    let [examples, clients] = [0, 0]
    return {
      add(update) {
        deltas.addScaled(update.delta, update.examples)
        examples += update.examples
        clients += update.clients ?? 1
      },
      finish() {
        if (examples === 0) return tooFew('a mean needs at least one example')
        deltas.scale(1 / examples)
        const mean = deltas.read()
        const h = carriedVector(beginning, 'h')
        kernels.axpy(h, mean, (-alpha * clients) / population)
        const weights = base.slice()
        kernels.axpy(weights, mean, 1)
        kernels.axpy(weights, h, -1 / alpha)
        return combined(kernels, { weights, state: { vectors: { h }, numbers: {} } })
      },
      release: () => deltas.release(),
    }
  },
})
