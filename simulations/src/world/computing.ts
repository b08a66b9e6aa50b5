/**
 * Real work in virtual time. It is begun as soon as it can be, on other threads if there are any, and its result is heard
 * at the instant that was declared for it: the clock stands still there until the work is done. So nothing in a world depends on
 * how long computing really takes, or on how many threads do it.
 */
import type { VirtualClock } from '@tributary/protocols/runtime'

export type Computing = {
  /** What `work` comes to, after so many virtual milliseconds; rejects as soon as the signal aborts. */
  after<T>(ms: number, work: Promise<T>, signal: AbortSignal): Promise<T>
  /** The clock stands until this is done. */
  now<T>(work: Promise<T>): Promise<T>
  /** Resolves once nothing holds the clock; whether there was anything to wait for. */
  idle(): Promise<boolean>
}

export const createComputing = (clock: VirtualClock): Computing => {
  const due = new Set<Promise<unknown>>()
  const now = <T>(work: Promise<T>): Promise<T> => {
    const forget = () => void due.delete(settled)
    const settled: Promise<void> = work.then(forget, forget)
    due.add(settled)
    return work
  }
  return {
    now,
    after<T>(ms: number, work: Promise<T>, signal: AbortSignal) {
      work.catch(() => {}) // heard when it is due, or by nobody
      return new Promise<T>((resolve, reject) => {
        const abort = () => {
          cancel()
          reject(signal.reason)
        }
        const cancel = clock.wakeAt(clock.now() + ms, () => {
          signal.removeEventListener('abort', abort)
          now(work).then(resolve, reject)
        })
        if (signal.aborted) abort()
        else signal.addEventListener('abort', abort, { once: true })
      })
    },
    async idle() {
      const waited = due.size > 0
      while (due.size > 0) await Promise.all(due)
      return waited
    },
  }
}
