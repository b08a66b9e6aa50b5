/** Training of small sequential models on our own SIMD WebAssembly kernels. See `/tfjs` for every other model. */
import { seededRandom } from '@tributary/protocols/runtime'
import { exampleDoor, type SourceOptions } from '../example-source.ts'
import { inTurns } from '../in-turns.ts'
import { withInitialLoss } from '../initial-loss.ts'
import type { Inputs } from '../inputs.ts'
import { withOpened } from '../opened.ts'
import type { Evaluator, Predictor, Trainer } from '../trainer.ts'
import { requireSlice } from '../turns.ts'
import { type CompactEngine, createCompactEngine } from './compact-engine.ts'

export type { ExampleSource } from '../example-source.ts'
export type { Examples } from '../examples.ts'
export type { Inputs } from '../inputs.ts'
export type { CompactJob } from './body.ts'
export { type CompactEngine, createCompactEngine } from './compact-engine.ts'
export { type CompactModel, compactModel } from './compact-model.ts'

export type CompactTrainerOptions = SourceOptions & {
  /** An engine that is shared with other trainers. Left out, the trainer has its own. */
  engine?: CompactEngine
  /** Milliseconds of work after which everything else on this thread has its turn, or one batch where that takes longer; 8 where it is left out. */
  sliceMs?: number
}

/** Takes inputs of any number of examples, row-major or an array for each, and gives row-major outputs, activated as the topology says. */
export type CompactTrainer = Trainer & Evaluator & Predictor<Inputs, Float32Array>

/**
 * A trainer for tasks whose model is a `tfjs-layers` Sequential of dense, conv2d, maxPooling2d, embedding, lstm, dropout, batch
 * normalization, activation, reshape and flatten layers. It carries plans out as the tfjs trainer does, and gives the same bytes for
 * the same seed on every machine. Its errors: TributaryError `no-backend`, `unsupported-model`, `model-mismatch`, `bad-examples`,
 * `bad-options`.
 */
export const createCompactTrainer = ({
  engine,
  sliceMs,
  ...source
}: CompactTrainerOptions): CompactTrainer => {
  requireSlice(sliceMs)
  const own = engine ?? createCompactEngine()
  const open = exampleDoor(source)
  return {
    train: (job) => {
      const { assignment, plan, seed, signal, onProgress } = job
      return withOpened(open(assignment, signal), (mine) =>
        own.withModel(
          assignment,
          (model) =>
            withInitialLoss(
              assignment,
              () =>
                mine.judged((examples) =>
                  inTurns(model.evaluateSteps({ ...job, examples }), { sliceMs, signal }),
                ),
              () => {
                const feed = mine.supply({ plan, sizes: model.sizes, random: seededRandom(seed) })
                return inTurns(model.steps({ ...job, feed }), { sliceMs, signal, onProgress })
              },
            ),
          signal,
        ),
      )
    },
    evaluate: (given) =>
      withOpened(open(given.assignment), (mine) =>
        own.withModel(given.assignment, (model) =>
          mine.judged((examples) => inTurns(model.evaluateSteps({ ...given, examples }), { sliceMs })),
        ),
      ),
    predict: (given, inputs) =>
      own.withModel(given.assignment, (model) =>
        inTurns(model.predictSteps({ ...given, inputs }), { sliceMs }),
      ),
  }
}
