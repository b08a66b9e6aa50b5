/** Training of small sequential models on our own SIMD WebAssembly kernels. See `/tfjs` for every other model. */
import type { Examples } from '../examples.ts'
import { withInitialLoss } from '../initial-loss.ts'
import type { Evaluator, Predictor, Trainer, TrainingJob, TrainingResult } from '../trainer.ts'
import { createTurns, requireSlice } from '../turns.ts'
import { type CompactEngine, createCompactEngine } from './compact-engine.ts'
import type { CompactModel } from './compact-model.ts'

export type { Examples } from '../examples.ts'
export type { CompactJob } from './body.ts'
export { type CompactEngine, createCompactEngine } from './compact-engine.ts'
export { type CompactModel, compactModel } from './compact-model.ts'

export type CompactTrainerOptions = {
  /** This client's own examples, or what gives them: it is asked anew for every training and judgement. */
  examples: Examples | (() => Examples | Promise<Examples>)
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
  examples,
  engine,
  sliceMs,
}: CompactTrainerOptions): CompactTrainer => {
  requireSlice(sliceMs)
  const own = engine ?? createCompactEngine()
  const load = async () => (typeof examples === 'function' ? examples() : examples)
  return {
    train: async (job) => {
      const mine = await load()
      const { assignment, weights, signal } = job
      return own.withModel(
        assignment,
        (model) =>
          withInitialLoss(
            assignment,
            () => inTurns(model.evaluateSteps({ weights, examples: mine }), { sliceMs, signal }),
            () => trainInTurns(model, mine, job, sliceMs),
          ),
        signal,
      )
    },
    evaluate: async ({ assignment, weights }) => {
      const mine = await load()
      return own.withModel(assignment, (model) =>
        inTurns(model.evaluateSteps({ weights, examples: mine }), { sliceMs }),
      )
    },
    predict: ({ assignment, weights }, inputs) =>
      own.withModel(assignment, (model) => inTurns(model.predictSteps({ weights, inputs }), { sliceMs })),
  }
}

/** @throws the signal's reason once it has aborted. */
const trainInTurns = (
  model: CompactModel,
  examples: Examples,
  { weights, plan, correction, seed, signal, onProgress }: TrainingJob,
  sliceMs: number | undefined,
): Promise<TrainingResult> => {
  const steps = model.steps({ weights, examples, plan, seed, ...(correction && { correction }) })
  return inTurns(steps, { sliceMs, signal, told: onProgress })
}

/** @throws the signal's reason once it has aborted. */
const inTurns = async <Told, Outcome>(
  steps: Generator<Told | undefined, Outcome, void>,
  {
    sliceMs,
    signal,
    told,
  }: { sliceMs: number | undefined; signal?: AbortSignal; told?: (told: Told) => void },
): Promise<Outcome> => {
  const turns = createTurns({ sliceMs })
  try {
    for (;;) {
      signal?.throwIfAborted()
      const { done, value } = steps.next()
      if (done) return value
      if (value !== undefined) told?.(value)
      if (turns.due()) await turns.take()
    }
  } finally {
    turns.end()
  }
}
