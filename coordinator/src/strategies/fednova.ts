import { combined, stepped, tooFew } from './combined.ts'
import { brought } from './extras.ts'
import type { FoldStrategy } from './strategy.ts'

/**
 * FedNova (Wang, Liu, Liang, Joshi and Poor 2020): clients that take more local steps τₖ do not pull the model towards themselves for that,
 *
 *   w' = w + η · (Σ pₖ τₖ) · Σ pₖ Δₖ / τₖ        pₖ = nₖ / Σ n
 *
 * for clients that train by plain SGD, whose normaliser ‖aₖ‖₁ is their number of steps. It believes what clients say of their steps.
 */
export const fednova = ({ serverLearningRate }: { serverLearningRate: number }): FoldStrategy => ({
  kind: 'fold',
  takes: 'updates',
  least: 1,
  needs: ['steps'],
  start(beginning) {
    const { kernels, base } = beginning
    const directions = kernels.accumulator(base.length)
    let [examples, weightedSteps] = [0, 0]
    return {
      add(update) {
        const steps = brought(update, 'steps')
        directions.addScaled(update.delta, update.examples / steps)
        examples += update.examples
        weightedSteps += update.examples * steps
      },
      finish() {
        if (examples === 0) return tooFew('a mean needs at least one example')
        directions.scale(weightedSteps / examples / examples)
        return combined(kernels, { weights: stepped(beginning, directions.read(), serverLearningRate) })
      },
      release: () => directions.release(),
    }
  },
})
