import { carriedVector } from './carried.ts'
import { overMean } from './over-mean.ts'

export type Adaptive = {
  /** η: about how far a weight moves in a round. */
  serverLearningRate: number
  beta1: number
  /** τ: how adaptive it is not. v begins at τ². */
  tau: number
}

/**
 * Adaptive federated optimisation (Reddi, Charles, Zaheer, Garrett, Rush, Konečný, Kumar and McMahan 2021, Algorithm 2) over the
 * mean delta Δ, without bias correction:
 *
 *   m' = β₁ m + (1 − β₁) Δ        v' = `secondMoment`(v, Δ²)        w' = w + η m' / (√v' + τ)
 *
 * m and v are float32; each value is worked out in float64 and rounded once.
 */
export const adaptive = (
  { serverLearningRate, beta1, tau }: Adaptive,
  secondMoment: (v: number, squared: number) => number,
) =>
  overMean((round) => {
    const m = carriedVector(round, 'm')
    const v = carriedVector(round, 'v', tau ** 2)
    const weights = round.base.slice()
    for (let i = 0; i < weights.length; i++) {
      const delta = round.mean[i] ?? 0
      m[i] = beta1 * (m[i] ?? 0) + (1 - beta1) * delta
      v[i] = secondMoment(v[i] ?? 0, delta * delta)
      weights[i] = (weights[i] ?? 0) + (serverLearningRate * (m[i] ?? 0)) / (Math.sqrt(v[i] ?? 0) + tau)
    }
    return { weights, state: { vectors: { m, v }, numbers: {} } }
  })
