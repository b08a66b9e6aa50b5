/** A trainer whose work is done in a worker: the page keeps its frames, and what goes wrong there stays there. */
import { type Clock, deviceClock } from '@tributary/protocols/platform'
import type { Inputs } from '../training/inputs.ts'
import type { Evaluator, ExampleCounter, Predictor, Trainer } from '../training/trainer.ts'
import { type Calling, countCall, evaluateCall, predictCall, trainCall } from './call.ts'
import { requirePositive, type TrainingLimits } from './limits.ts'
import { createWorkBench } from './work-bench.ts'
import type { AnyWorker } from './worker-line.ts'

export type WorkerTrainerOptions = {
  /** Starts the worker whose file calls `serveTrainer`: a Web Worker, or a worker thread of Node. */
  worker(): AnyWorker
  /** What a training may take. The worker is ended at once when it is too much. */
  limits?: TrainingLimits
  /** The worker is ended when nothing was asked of it for so long; 60 where it is left out. */
  idleSeconds?: number
  /** A worker that is not heard of for so long while it starts or works is taken for dead; 30 where it is left out. */
  answerSeconds?: number
  /** Hears, once, that a bound on memory was given and nothing counts it here. */
  log?: (line: string) => void
  clock?: Clock
}

/** Trains, judges, predicts and counts its examples as `T` does, which is served in the worker. */
export type WorkerTrainer<T> = Trainer &
  (T extends Evaluator ? Evaluator : unknown) &
  (T extends ExampleCounter ? ExampleCounter : unknown) &
  (T extends Predictor<infer Input, infer Output> ? Predictor<Input, Output> : unknown) & {
    /** Ends the worker; what it was at fails. What is asked after this starts another. */
    dispose(): void
  }

/** As the trainers of this SDK are. */
export type UsualTrainer = Trainer & Evaluator & Predictor<Inputs, Float32Array>

/**
 * A trainer that works in the worker which the app gives: started when it is first needed, ended when it is idle, and anew after it failed. Examples are
 * opened there and never pass. Weights are copied on their way there, and those that come back are the app's own. What `predict` takes and gives must be
 * what `postMessage` takes.
 *
 * Its errors, beside those of the trainer that is served: TributaryError `worker-failed` where the worker throws, dies or does not answer; `device-limit`;
 * `bad-options`.
 */
export const createWorkerTrainer = <T extends Trainer = UsualTrainer>({
  worker: create,
  limits = {},
  idleSeconds = 60,
  answerSeconds = 30,
  log = logLine,
  clock = deviceClock(),
}: WorkerTrainerOptions): WorkerTrainer<T> => {
  requirePositive({ ...limits, idleSeconds, answerSeconds })
  const bench = createWorkBench({
    create,
    limits,
    idleMs: idleSeconds * 1_000,
    answerMs: answerSeconds * 1_000,
    clock,
    log,
  })
  const ask = async <Answer>({ call, outcome }: Calling<Answer>): Promise<Answer> => {
    call.signal?.throwIfAborted()
    bench.run(call)
    return outcome
  }
  const trainer: Trainer & Evaluator & ExampleCounter & Predictor<unknown, unknown> & { dispose(): void } = {
    async train(job) {
      const { steps, initialLoss, corrected, ...result } = await ask(trainCall(job))
      return {
        ...result,
        ...(steps !== undefined && { steps }),
        ...(initialLoss !== undefined && { initialLoss }),
        ...(corrected !== undefined && { corrected }),
      }
    },
    evaluate: (model) => ask(evaluateCall(model)),
    predict: (model, input) => ask(predictCall(model, input)),
    countExamples: () => ask(countCall()),
    dispose: bench.clear,
  }
  // What the trainer takes and gives is known to the app, which says what it serves: the worker answers
  // `cannot-predict` where that is not so.
  return trainer as unknown as WorkerTrainer<T>
}

// biome-ignore lint/suspicious/noConsole: a bound that bounds nothing must not pass for one.
const logLine = (line: string): void => console.info(`tributary: ${line}`)
