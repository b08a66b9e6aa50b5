/** Training of small sequential models on our own SIMD WebAssembly kernels. See `/tfjs` for every other model. */
import { seededRandom } from '@tributary/protocols/runtime'
import { exampleDoor, type SourceOptions } from '../example-source.ts'
import type { Examples } from '../examples.ts'
import type { Supply } from '../feed.ts'
import { withInitialLoss } from '../initial-loss.ts'
import { withOpened } from '../opened.ts'
import type { Evaluator, Predictor, Trainer, TrainingJob, TrainingResult } from '../trainer.ts'
import { createTurns, requireSlice } from '../turns.ts'
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
  /** Milliseconds of work after which everything else on this thread has its turn, or one batch where that takes longer; 8 where it is left out. */
  sliceMs?: number
}

/** Takes row-major inputs of any number of examples and gives row-major outputs, activated as the topology says. */
export type CompactTrainer = Trainer & Evaluator & Predictor<Float32Array, Float32Array>

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
      const { assignment, weights, signal } = job
      const judge = (model: CompactModel) => (examples: Examples) =>
        inTurns(model.evaluateSteps({ weights, examples }), { sliceMs, signal })
      return withOpened(open(assignment, signal), (mine) =>
        own.withModel(
          assignment,
          (model) =>
            withInitialLoss(
              assignment,
              () => mine.judged(judge(model)),
              () => trainInTurns(model, mine.supply, job, sliceMs),
            ),
          signal,
        ),
      )
    },
    evaluate: ({ assignment, weights }) =>
      withOpened(open(assignment), (mine) =>
        own.withModel(assignment, (model) =>
          mine.judged((examples) => inTurns(model.evaluateSteps({ weights, examples }), { sliceMs })),
        ),
      ),
    predict: ({ assignment, weights }, inputs) =>
      own.withModel(assignment, (model) => inTurns(model.predictSteps({ weights, inputs }), { sliceMs })),
  }
}

/** @throws the signal's reason once it has aborted. */
const trainInTurns = (
  model: CompactModel,
  supply: Supply,
  { weights, plan, correction, seed, signal, onProgress }: TrainingJob,
  sliceMs: number | undefined,
): Promise<TrainingResult> => {
  const feed = supply({ plan, sizes: model.sizes, random: seededRandom(seed) })
  const steps = model.steps({ weights, feed, plan, seed, ...(correction && { correction }) })
  return inTurns(steps, { sliceMs, signal, told: onProgress, before: feed.fill })
}

/** @throws the signal's reason once it has aborted. */
const inTurns = async <Told, Outcome>(
  steps: Generator<Told | undefined, Outcome, void>,
  {
    sliceMs,
    signal,
    told,
    before,
  }: {
    sliceMs: number | undefined
    signal?: AbortSignal
    told?: (told: Told) => void
    /** What each step waits for, where there is something. */
    before?: () => Promise<unknown> | undefined
  },
): Promise<Outcome> => {
  const turns = createTurns({ sliceMs })
  try {
    for (;;) {
      signal?.throwIfAborted()
      const waiting = before?.()
      if (waiting) await waiting
      const { done, value } = steps.next()
      if (done) return value
      if (value !== undefined) told?.(value)
      if (turns.due()) await turns.take()
    }
  } finally {
    turns.end()
  }
}
