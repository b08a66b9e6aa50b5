import type { TrainingJob, TrainingProgress, TrainingResult } from './trainer.ts'
import { createTurns } from './turns.ts'

/** Work that goes a step further at each `next()`. A promise that it gives is to be waited for: the next examples are being read. Leave it where it is to break off. */
type Steps<Outcome> = Generator<TrainingProgress | Promise<void> | undefined, Outcome, void>

export type TrainingSteps = Steps<TrainingResult>

/**
 * Takes the steps one after the other, in slices of `sliceMs`, between which everything else has its turn.
 * @throws the signal's reason once it has aborted.
 */
export const inTurns = async <Outcome>(
  steps: Steps<Outcome>,
  {
    sliceMs,
    signal,
    onProgress,
  }: { sliceMs?: number | undefined } & Partial<Pick<TrainingJob, 'signal' | 'onProgress'>>,
): Promise<Outcome> => {
  const turns = createTurns({ sliceMs })
  try {
    for (;;) {
      signal?.throwIfAborted()
      const { done, value } = steps.next()
      if (done) return value
      if (value instanceof Promise) await value
      else if (value) onProgress?.(value)
      if (turns.due()) await turns.take()
    }
  } finally {
    turns.end()
  }
}
