/** What a training may take of its device. */
import { type Clock, deviceClock } from '@tributary/protocols/platform'
import type { Trainer, TrainingJob } from '../training/trainer.ts'
import { TributaryError } from '../tributary-error.ts'

export type TrainingLimits = {
  /** Seconds that one training may take. */
  trainSeconds?: number
  /** Megabytes (10^6 bytes) that the worker may hold while it trains, as far as they are counted where it runs. */
  memoryMegabytes?: number
}

/** How long a training that was stopped may take to end by itself. */
export const STOP_MS = 2_000

/**
 * The trainer, whose trainings are aborted once they have taken `trainSeconds`. It is for trainers on this thread, which is why a training that does not
 * give way is not ended by it, and memory is not bounded: both take a worker.
 * @throws TributaryError `bad-options`; `device-limit` from a training that took too long.
 */
export const withLimits = <T extends Trainer>(
  trainer: T,
  { trainSeconds, clock = deviceClock() }: Pick<TrainingLimits, 'trainSeconds'> & { clock?: Clock },
): T => {
  requirePositive({ trainSeconds })
  if (trainSeconds === undefined) return trainer
  const train = (job: TrainingJob) => trainWithin(trainer, job, { trainSeconds, clock })
  return new Proxy(trainer, {
    get(own, name) {
      if (name === 'train') return train
      const value: unknown = Reflect.get(own, name)
      return typeof value === 'function' ? value.bind(own) : value
    },
  })
}

const trainWithin = async (
  trainer: Trainer,
  job: TrainingJob,
  { trainSeconds, clock }: { trainSeconds: number; clock: Clock },
) => {
  const over = new AbortController()
  const tooLong = outOfTime(trainSeconds)
  const overdue = Promise.withResolvers<never>()
  let cancelGrace = () => {}
  const cancel = clock.wakeAt(clock.now() + trainSeconds * 1_000, () => {
    over.abort(tooLong)
    cancelGrace = clock.wakeAt(clock.now() + STOP_MS, () => overdue.reject(tooLong))
  })
  try {
    const signal = AbortSignal.any([job.signal, over.signal])
    return await Promise.race([trainer.train({ ...job, signal }), overdue.promise])
  } catch (error) {
    throw over.signal.aborted && !job.signal.aborted ? tooLong : error
  } finally {
    cancel()
    cancelGrace()
  }
}

/** @throws TributaryError `bad-options` for a number that is no bound. */
export const requirePositive = (bounds: Readonly<Record<string, number | undefined>>): void => {
  for (const [name, value] of Object.entries(bounds))
    if (value !== undefined && !(Number.isFinite(value) && value > 0))
      throw new TributaryError({
        code: 'bad-options',
        problem: `${name} is ${value}`,
        remedy: 'Give a number above 0, or leave it out',
      })
}

export const outOfTime = (trainSeconds: number) =>
  new TributaryError({
    code: 'device-limit',
    problem: `training took longer than the ${trainSeconds} s that the app allows`,
    remedy: 'Allow more time, or ask the task’s operator for a smaller plan',
  })

export const outOfMemory = (problem: string, cause?: unknown) =>
  new TributaryError(
    {
      code: 'device-limit',
      problem,
      remedy: 'Allow more memory, or ask the task’s operator for a smaller model or batch',
    },
    cause === undefined ? undefined : { cause },
  )
