/** Training of small sequential models on our own SIMD WebAssembly kernels. See `/tfjs` for every other model. */
import { seededRandom } from '@tributary/protocols/runtime'
import { exampleDoor, type SourceOptions } from '../example-source.ts'
import type { Supply } from '../feed.ts'
import { withInitialLoss } from '../initial-loss.ts'
import { withOpened } from '../opened.ts'
import type { Evaluator, Predictor, Trainer, TrainingJob, TrainingResult } from '../trainer.ts'
import { createTurns } from '../turns.ts'
import { type CompactEngine, createCompactEngine } from './compact-engine.ts'
import type { CompactModel } from './compact-model.ts'

export type { ExampleSource } from '../example-source.ts'
export type { Examples } from '../examples.ts'
export type { CompactJob } from './body.ts'
export { type CompactEngine, createCompactEngine } from './compact-engine.ts'
export { type CompactModel, compactModel } from './compact-model.ts'

export type CompactTrainerOptions = SourceOptions & {
  /** An engine that is shared with other trainers. Left out, the trainer has its own. */
  engine?: CompactEngine
}

/** Takes row-major inputs of any number of examples and gives row-major outputs, activated as the topology says. */
export type CompactTrainer = Trainer & Evaluator & Predictor<Float32Array, Float32Array>

/** Everything else waits no longer than this, or than one batch. */
const TURN_MS = 8

/**
 * A trainer for tasks whose model is a `tfjs-layers` Sequential of dense, conv2d, maxPooling2d, embedding, lstm, dropout, batch
 * normalization, activation, reshape and flatten layers. It carries plans out as the tfjs trainer does, and gives the same bytes for
 * the same seed on every machine. Its errors: TributaryError `no-backend`, `unsupported-model`, `model-mismatch`, `bad-examples`.
 */
export const createCompactTrainer = ({ engine, ...source }: CompactTrainerOptions): CompactTrainer => {
  const own = engine ?? createCompactEngine()
  const open = exampleDoor(source)
  return {
    train: (job) => {
      const { assignment, weights, signal } = job
      return withOpened(open(assignment, signal), (mine) =>
        own.withModel(
          assignment,
          (model) =>
            withInitialLoss(
              assignment,
              () => mine.judged((examples) => model.evaluate({ weights, examples })),
              () => trainInTurns(model, mine.supply, job),
            ),
          signal,
        ),
      )
    },
    evaluate: ({ assignment, weights }) =>
      withOpened(open(assignment), (mine) =>
        own.withModel(assignment, (model) =>
          mine.judged((examples) => model.evaluate({ weights, examples })),
        ),
      ),
    predict: ({ assignment, weights }, inputs) =>
      own.withModel(assignment, (model) => model.predict({ weights, inputs })),
  }
}

/** @throws the signal's reason once it has aborted. */
const trainInTurns = async (
  model: CompactModel,
  supply: Supply,
  { weights, plan, correction, seed, signal, onProgress }: TrainingJob,
): Promise<TrainingResult> => {
  const turns = createTurns()
  const feed = supply({ plan, sizes: model.sizes, random: seededRandom(seed) })
  const steps = model.steps({ weights, feed, plan, seed, ...(correction && { correction }) })
  try {
    for (let since = performance.now(); ; ) {
      signal.throwIfAborted()
      const filling = feed.fill()
      if (filling) await filling
      const { done, value } = steps.next()
      if (done) return value
      if (value) onProgress(value)
      if (performance.now() - since < TURN_MS) continue
      await turns.take()
      since = performance.now()
    }
  } finally {
    turns.end()
  }
}
