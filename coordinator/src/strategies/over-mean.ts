import { combined, tooFew } from './combined.ts'
import type { Beginning, FoldStrategy, StrategyState } from './strategy.ts'

/**
 * A strategy that needs nothing but the mean delta, Σ nₖ Δₖ / Σ nₖ by examples nₖ: what secure aggregation gives too. Sums are
 * float32, rounded after each product and each addition, so they depend on nothing but the order of the updates.
 */
export const overMean = (
  move: (needs: Beginning & { mean: Float32Array }) => { weights: Float32Array; state?: StrategyState },
): FoldStrategy => ({
  kind: 'fold',
  takes: 'means',
  least: 1,
  needs: [],
  start(beginning) {
    const { kernels, base } = beginning
    const sum = kernels.accumulator(base.length)
    let examples = 0
    return {
      add(update) {
        sum.addScaled(update.delta, update.examples)
        examples += update.examples
      },
      finish() {
        if (examples === 0) return tooFew('a mean needs at least one example')
        sum.scale(1 / examples)
        return combined(kernels, move({ ...beginning, mean: sum.read() }))
      },
      release: () => sum.release(),
    }
  },
})
