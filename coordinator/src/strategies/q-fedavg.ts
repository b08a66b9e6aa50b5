import { combined, isFactor, notFinite, stepped, tooFew } from './combined.ts'
import { brought } from './extras.ts'
import type { FoldStrategy } from './strategy.ts'

/** So that a loss of 0 to a negative power is a number; the authors' own program adds the same. */
const LEAST_LOSS = 1e-10

/**
 * q-FedAvg (Li, Sanjabi, Beirami and Smith 2020, Algorithm 2): clients whose loss Fₖ under the old weights is higher count for more, so that accuracy is
 * spread more evenly,
 *
 *   w' = w + Σ Fₖ^q L Δₖ / Σ hₖ        hₖ = q Fₖ^(q−1) ‖L Δₖ‖² + L Fₖ^q
 *
 * with L = `lipschitz`, the reciprocal of the clients' learning rate. q = 0 is the mean of the deltas, each client alike. It believes what clients say of their loss.
 */
export const qFedavg = ({ q, lipschitz }: { q: number; lipschitz: number }): FoldStrategy => ({
  kind: 'fold',
  takes: 'updates',
  least: 1,
  needs: ['initialLoss'],
  start(beginning) {
    const { kernels, base } = beginning
    const sum = kernels.accumulator(base.length)
    let [clients, total] = [0, 0]
    return {
      add(update) {
        const loss = brought(update, 'initialLoss') + LEAST_LOSS
        const weight = lipschitz * loss ** q
        clients++
        if (isFactor(weight)) sum.addScaled(update.delta, weight)
        else total = Number.NaN
        total += q * loss ** (q - 1) * (lipschitz * kernels.norm(update.delta)) ** 2 + weight
      },
      finish() {
        if (clients === 0) return tooFew('there are no updates')
        if (total === 0 || !isFactor(1 / total))
          return notFinite('losses or deltas are so far from 1 that their powers are no float32 numbers')
        sum.scale(1 / total)
        return combined(kernels, { weights: stepped(beginning, sum.read(), 1) })
      },
      release: () => sum.release(),
    }
  },
})
