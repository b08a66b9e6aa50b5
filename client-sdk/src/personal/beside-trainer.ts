import type { Trainer, TrainingProgress } from '../training/trainer.ts'
import { TributaryError } from '../tributary-error.ts'

/**
 * Ditto (Li et al. 2021, algorithm 1): after the shared model, trained as ever, the client's own v by ∇F(v) + λ(v − w), w being the
 * weights received. A plan's proximal term pulls to where training begins, v₀; the rest, λ(v₀ − w), is the same for every step.
 */
export const besideTrainer = (
  trainer: Trainer,
  {
    lambda,
    epochs,
    own,
    keep,
  }: {
    lambda: number
    epochs?: number | undefined
    own: Float32Array
    keep(own: Float32Array): Promise<void>
  },
): Trainer => ({
  async train(job) {
    const { strategy: _, ...assignment } = job.assignment
    const { plan } = assignment
    const mine = epochs ?? plan.epochs
    const share = job.plan.epochs / (job.plan.epochs + mine)
    const told = (from: number, of: number) => (progress: TrainingProgress) =>
      job.onProgress({ ...progress, fraction: from + of * progress.fraction })
    const result = await trainer.train({ ...job, onProgress: told(0, share) })
    if (result.examples === 0 || job.signal.aborted) return result
    const trained = await trainer.train({
      ...job,
      assignment,
      plan: { ...plan, epochs: mine, proximal: lambda },
      weights: own,
      correction: own.map((value, i) => lambda * (value - (job.weights[i] ?? 0))),
      seed: (job.seed ^ OWN_SEED) >>> 0,
      onProgress: told(share, 1 - share),
    })
    if (trained.corrected !== true)
      throw new TributaryError({
        code: 'trainer-incomplete',
        problem:
          'the task has clients train a model of their own, and the trainer’s result does not say that it `corrected` every gradient',
        remedy:
          'Have the trainer add the job’s correction, or train with one of @tributary/client-sdk/compact or /tfjs, which do',
      })
    if (trained.weights.length !== own.length || !trained.weights.every(Number.isFinite))
      throw new RangeError('this client’s own model has parameters that are no finite numbers after training')
    if (!job.signal.aborted) await keep(trained.weights)
    return result
  },
})

/** So that the two trainings of a round shuffle apart. */
const OWN_SEED = 0x9e3779b9
