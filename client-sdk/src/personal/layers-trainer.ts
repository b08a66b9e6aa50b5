import type { Assignment, Cut } from '@tributary/protocols/task'
import type { Trainer } from '../training/trainer.ts'

/**
 * Trains the whole model where the caller has the part of it that travels (Arivazhagan et al. 2019, algorithm 1: all layers by the same
 * steps). It begins from the client's own layers, and gives them to `keep` when they have been trained.
 */
export const layersTrainer = (
  trainer: Trainer,
  {
    assignment,
    cut,
    own,
    keep,
  }: {
    assignment: Assignment
    cut: Cut
    own: Float32Array
    keep(own: Float32Array): Promise<void>
  },
): Trainer => ({
  async train(job) {
    const weights = cut.joined({ shared: job.weights, own })
    const result = await trainer.train({ ...job, assignment, weights })
    if (result.weights.length !== weights.length)
      throw new RangeError(
        `the trainer gave ${result.weights.length} parameters where the model has ${weights.length}`,
      )
    const trained = cut.own(result.weights)
    if (!trained.every(Number.isFinite))
      throw new RangeError('a parameter of this client’s own layers is not a finite number after training')
    if (result.examples > 0 && !job.signal.aborted) await keep(trained)
    return { ...result, weights: cut.shared(result.weights) }
  },
})
