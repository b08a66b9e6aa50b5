import type { TrainingJob, TrainingProgress, TrainingResult } from './trainer.ts'
import { createTurns } from './turns.ts'

/** Everything else waits no longer than this, or than one step. */
const TURN_MS = 8

/**
 * A training that goes a step further at each `next()`. A promise that it gives is to be waited for: the next examples are being read. Leave it
 * where it is to break off.
 */
export type TrainingSteps = Generator<TrainingProgress | Promise<void> | undefined, TrainingResult, void>

/** Takes the steps one after the other, and lets everything else have its turn between them. @throws the signal's reason once it has aborted. */
export const inTurns = async (
  steps: TrainingSteps,
  { signal, onProgress }: Pick<TrainingJob, 'signal' | 'onProgress'>,
): Promise<TrainingResult> => {
  const turns = createTurns()
  try {
    for (let since = performance.now(); ; ) {
      signal.throwIfAborted()
      const { done, value } = steps.next()
      if (done) return value
      if (value instanceof Promise) await value
      else if (value) onProgress(value)
      if (performance.now() - since < TURN_MS) continue
      await turns.take()
      since = performance.now()
    }
  } finally {
    turns.end()
  }
}
