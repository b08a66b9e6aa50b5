/** Training of small sequential models on our own SIMD WebAssembly kernels. See `/tfjs` for every other model. */
import type { Examples } from '../examples.ts'
import { inTurns } from '../in-turns.ts'
import { withInitialLoss } from '../initial-loss.ts'
import type { Evaluator, Predictor, Trainer } from '../trainer.ts'
import { type CompactEngine, createCompactEngine } from './compact-engine.ts'

export type { Examples } from '../examples.ts'
export type { CompactJob } from './body.ts'
export { type CompactEngine, createCompactEngine } from './compact-engine.ts'
export { type CompactModel, compactModel } from './compact-model.ts'

export type CompactTrainerOptions = {
  /** This client's own examples, or what gives them: it is asked anew for every training and judgement. */
  examples: Examples | (() => Examples | Promise<Examples>)
  /** An engine that is shared with other trainers. Left out, the trainer has its own. */
  engine?: CompactEngine
}

/** Takes row-major inputs of any number of examples and gives row-major outputs, activated as the topology says. */
export type CompactTrainer = Trainer & Evaluator & Predictor<Float32Array, Float32Array>

/**
 * A trainer for tasks whose model is a `tfjs-layers` Sequential of dense, conv2d, maxPooling2d, embedding, lstm, dropout, batch
 * normalization, activation, reshape and flatten layers. It carries plans out as the tfjs trainer does, and gives the same bytes for
 * the same seed on every machine. Its errors: TributaryError `no-backend`, `unsupported-model`, `model-mismatch`, `bad-examples`.
 */
export const createCompactTrainer = ({ examples, engine }: CompactTrainerOptions): CompactTrainer => {
  const own = engine ?? createCompactEngine()
  const load = async () => (typeof examples === 'function' ? examples() : examples)
  return {
    train: async (job) => {
      const mine = await load()
      const { assignment, signal } = job
      return own.withModel(
        assignment,
        (model) =>
          withInitialLoss(
            assignment,
            async () => model.evaluate({ ...job, examples: mine }),
            () => inTurns(model.steps({ ...job, examples: mine }), job),
          ),
        signal,
      )
    },
    evaluate: async (given) => {
      const mine = await load()
      return own.withModel(given.assignment, (model) => model.evaluate({ ...given, examples: mine }))
    },
    predict: (given, inputs) =>
      own.withModel(given.assignment, (model) => model.predict({ ...given, inputs })),
  }
}
