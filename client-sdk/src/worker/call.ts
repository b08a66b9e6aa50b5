/** One thing that is asked of the worker, whichever worker that will be. */
import type { Assignment } from '@tributary/protocols/task'
import * as z from 'zod/mini'
import type { TrainingJob, TrainingModel, TrainingProgress } from '../training/trainer.ts'
import { compact } from './compact.ts'
import { workerFailed } from './faults.ts'
import { type AppMessage, CountedAnswer, EvaluatedAnswer, TrainedAnswer } from './messages.ts'

export type Call = {
  kind: 'train' | 'evaluate' | 'predict' | 'count'
  signal: AbortSignal | undefined
  /** With copies of its own: what is in `transfer` will be gone from here. `keyOf` sends an assignment that the worker has not. */
  posting(
    call: number,
    keyOf: (assignment: Assignment) => number,
  ): { message: AppMessage; transfer: ArrayBuffer[] }
  told(progress: TrainingProgress): void
  /** Fails where the answer is none. */
  answered(answer: unknown): void
  failed(error: unknown): void
}

/** A call and what will come of it. */
export type Calling<Answer> = { call: Call; outcome: Promise<Answer> }

export const trainCall = (job: TrainingJob): Calling<z.infer<typeof TrainedAnswer>> => {
  const { assignment, plan, seed, correction, signal } = job
  return calling(
    {
      kind: 'train',
      signal,
      posting(call, keyOf) {
        const own = { ...copied(job), ...(correction && { correction: correction.slice() }) }
        return {
          message: { tributary: 'train', call, key: keyOf(assignment), plan, seed, ...own },
          transfer: buffersOf(own),
        }
      },
      told: (progress) => job.onProgress(progress),
    },
    TrainedAnswer,
  )
}

export const evaluateCall = (model: TrainingModel): Calling<z.infer<typeof EvaluatedAnswer>> =>
  calling(
    {
      kind: 'evaluate',
      signal: undefined,
      posting(call, keyOf) {
        const own = copied(model)
        return {
          message: { tributary: 'evaluate', call, key: keyOf(model.assignment), ...own },
          transfer: buffersOf(own),
        }
      },
      told: () => undefined,
    },
    EvaluatedAnswer,
  )

export const predictCall = (model: TrainingModel, input: unknown): Calling<unknown> =>
  calling(
    {
      kind: 'predict',
      signal: undefined,
      posting(call, keyOf) {
        const own = copied(model)
        return {
          message: {
            tributary: 'predict',
            call,
            key: keyOf(model.assignment),
            ...own,
            input: compact(input),
          },
          transfer: buffersOf(own),
        }
      },
      told: () => undefined,
    },
    z.unknown(),
  )

export const countCall = (): Calling<number> =>
  calling(
    {
      kind: 'count',
      signal: undefined,
      posting: (call) => ({ message: { tributary: 'count', call }, transfer: [] }),
      told: () => undefined,
    },
    CountedAnswer,
  )

const copied = ({ weights, frozen }: Pick<TrainingModel, 'weights' | 'frozen'>) => ({
  weights: weights.slice(),
  ...(frozen && { frozen: frozen.slice() }),
})

const buffersOf = (vectors: Readonly<Record<string, Float32Array<ArrayBuffer>>>): ArrayBuffer[] =>
  Object.values(vectors).map(({ buffer }) => buffer)

const calling = <Answer>(
  asked: Pick<Call, 'kind' | 'signal' | 'posting' | 'told'>,
  schema: { safeParse(value: unknown): z.core.util.SafeParseResult<Answer> },
): Calling<Answer> => {
  const { promise: outcome, resolve, reject } = Promise.withResolvers<Answer>()
  return {
    outcome,
    call: {
      ...asked,
      answered(answer) {
        const read = schema.safeParse(answer)
        if (read.success) resolve(read.data)
        else
          reject(workerFailed(`what the worker’s ${asked.kind} gave cannot be used: ${read.error.message}`))
      },
      failed: reject,
    },
  }
}
