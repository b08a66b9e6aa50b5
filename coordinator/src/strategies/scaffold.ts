import { carriedVector } from './carried.ts'
import { combined, stepped, tooFew } from './combined.ts'
import { brought } from './extras.ts'
import type { FoldStrategy } from './strategy.ts'

/**
 * The server of SCAFFOLD (Karimireddy, Kale, Mohri, Reddi, Stich and Suresh 2020, Algorithm 1): with the change dcₖ that each client made to its control
 * variate, of |S| clients out of N = `population`,
 *
 *   w' = w + η mean(Δ)        c' = c + (|S| / N) mean(dc)
 *
 * Means are by examples, as elsewhere here; with equal examples they are the paper's. c is what clients correct their gradients by, so they need it with the weights.
 */
export const scaffold = ({
  serverLearningRate,
  population,
}: {
  serverLearningRate: number
  population: number
}): FoldStrategy => ({
  kind: 'fold',
  takes: 'means',
  least: 1,
  needs: ['control'],
  start(beginning) {
    const { kernels, base } = beginning
    const deltas = kernels.accumulator(base.length)
    const controls = kernels.accumulator(base.length)
    let [examples, clients] = [0, 0]
    return {
      add(update) {
        deltas.addScaled(update.delta, update.examples)
        controls.addScaled(brought(update, 'control'), update.examples)
        examples += update.examples
        clients += update.clients ?? 1
      },
      finish() {
        if (examples === 0) return tooFew('a mean needs at least one example')
        deltas.scale(1 / examples)
        controls.scale(1 / examples)
        const c = carriedVector(beginning, 'c')
        kernels.axpy(c, controls.read(), clients / population)
        const weights = stepped(beginning, deltas.read(), serverLearningRate)
        return combined(kernels, { weights, state: { vectors: { c }, numbers: {} } })
      },
      release() {
        deltas.release()
        controls.release()
      },
    }
  },
})
