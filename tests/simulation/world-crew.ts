/** Many worlds on several threads. */
import { Worker } from 'node:worker_threads'
import type { WorldReport } from './faulty-world.ts'
import type { WorldPrivacy } from './world-plan.ts'

/** What becomes of a world, in words that travel between threads. */
export type ToldWorld = Omit<WorldReport, 'violation'> & { violation: string | undefined }

export type Crew = {
  /** Resolves when every world has been told of, or `stop` was called; rejects when a thread breaks. */
  done: Promise<void>
  /** Ends the threads in the middle of whatever they are at. */
  stop(): void
}

/** Seeds handed to a thread at a time. */
const HANDFUL = 8

/** Runs worlds `from` to `from + count - 1` on so many threads and tells of each as it ends, in no particular order. */
export const runCrew = ({
  from,
  count,
  workers,
  privacy,
  told,
}: {
  from: number
  count: number
  workers: number
  privacy: WorldPrivacy
  told(world: ToldWorld): void
}): Crew => {
  let next = from
  const end = from + count
  const seeds = (): number[] => {
    const handful = Array.from({ length: Math.min(HANDFUL, end - next) }, (_, i) => next + i)
    next += handful.length
    return handful
  }
  const threads = Array.from(
    { length: workers },
    () => new Worker(new URL('./world-worker.ts', import.meta.url), { workerData: privacy }),
  )
  const run = (thread: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      const hand = () => {
        const handful = seeds()
        if (handful.length > 0) thread.postMessage(handful)
        else void thread.terminate()
      }
      thread.on('message', (message: ToldWorld | 'more') => {
        if (message === 'more') hand()
        else told(message)
      })
      thread.on('error', reject)
      thread.on('exit', () => resolve())
      hand()
    })
  const stop = () => {
    for (const thread of threads) void thread.terminate()
  }
  return {
    done: Promise.all(threads.map(run))
      .then(() => {})
      .finally(stop),
    stop,
  }
}
