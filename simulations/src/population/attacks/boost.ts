import * as z from 'zod'

/** `full`: what makes one update outvote all others. */
export const Boost = z.union([z.number().positive('must be above 0').max(1e9), z.literal('full')])
export type Boost = z.infer<typeof Boost>

/** Of the task's strategy: the step that the server takes along the mean. */
export const ServerLearningRate = z.number().positive().max(100).default(1)

/**
 * Model replacement, γ = n/η. Bagdasaryan et al. 2020, "How to backdoor federated learning", arXiv:1807.00459, section 4.2: the server
 * makes G + η_s Σ w_i δ_i, so an attacker of weight w that sends δ/(η_s w) alone moves it to G + δ, while the others have converged.
 */
export const boosted = (
  update: Float32Array,
  { boost, share, serverLearningRate }: { boost: Boost; share: number; serverLearningRate: number },
): Float32Array => {
  const factor = boost === 'full' ? 1 / (serverLearningRate * share) : boost
  return update.map((value) => factor * value)
}
