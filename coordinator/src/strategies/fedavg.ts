import type { Strategy } from './strategy.ts'

/**
 * Federated averaging (McMahan, Moore, Ramage, Hampson and Agüera y Arcas 2017, Algorithm 1), on deltas:
 *
 *   w' = w + η · Σ nₖ Δₖ / Σ nₖ
 *
 * With η = `serverLearningRate` = 1 this is the average of the clients' weights by their examples nₖ. Sums are float32,
 * rounded after each product and each addition, so they depend on nothing but the order of the updates.
 */
export const fedavg = ({ serverLearningRate }: { serverLearningRate: number }): Strategy => ({
  start({ kernels, base }) {
    const sum = kernels.accumulator(base.length)
    let examples = 0
    return {
      add(update) {
        sum.addScaled(update.delta, update.examples)
        examples += update.examples
      },
      finish() {
        if (examples === 0) throw new Error('a fold needs at least one example')
        sum.scale(1 / examples)
        const weights = base.slice()
        kernels.axpy(weights, sum.read(), serverLearningRate)
        return weights
      },
      release: () => sum.release(),
    }
  },
})
