import type { PrivacyLoss } from './privacy-loss.ts'
import { requireDelta } from './requirements.ts'

/** δ(ε) = p(∞) + Σ over losses ℓ > ε of (1 − e^{ε−ℓ}) p(ℓ) (Sommer, Meiser and Mohammadi 2019). */
export const deltaOfLoss = ({ step, lowest, masses, infinite }: PrivacyLoss, epsilon: number): number => {
  let delta = infinite
  for (let i = Math.max(0, Math.floor(epsilon / step) - lowest); i < masses.length; i++) {
    const loss = (lowest + i) * step
    if (loss > epsilon) delta += -Math.expm1(epsilon - loss) * (masses[i] ?? 0)
  }
  return delta
}

/**
 * The least ε ≥ 0 at which δ(ε) is at most `delta`; Infinity where the infinite loss alone exceeds it.
 * Between grid points δ is Σp − e^ε Σ p e^{−ℓ} over the losses above, which is solved for ε.
 */
export const epsilonOfLoss = (loss: PrivacyLoss, delta: number): number => {
  requireDelta(delta)
  const { step, lowest, masses, infinite } = loss
  if (infinite > delta) return Number.POSITIVE_INFINITY
  if (deltaOfLoss(loss, 0) <= delta) return 0
  let mass = infinite
  let discounted = 0
  for (let i = masses.length - 1; i >= 0; i--) {
    const at = (lowest + i) * step
    // e^ε ≥ (mass − δ) / discounted is where δ is kept on the stretch below the losses counted so far.
    const epsilon =
      mass > delta && discounted > 0 ? Math.log((mass - delta) / discounted) : Number.NEGATIVE_INFINITY
    if (epsilon > at) return Math.max(0, epsilon)
    mass += masses[i] ?? 0
    discounted += (masses[i] ?? 0) * Math.exp(-at)
  }
  return Math.max(0, Math.log((mass - delta) / discounted))
}
