import type { Clock } from '@tributary/protocols/platform'

/** A signal that aborts with `signal`, or once nothing has been heard for `ms`. */
export type Patience = {
  signal: AbortSignal
  /** Something was heard: the wait begins anew. */
  heard(): void
  /** Ends the wait. Call it whatever happens. */
  done(): void
}

export const patience = (clock: Clock, ms: number, signal: AbortSignal): Patience => {
  const stalled = new AbortController()
  const wait = () =>
    clock.wakeAt(clock.now() + ms, () => stalled.abort(new Error(`nothing was heard for ${ms} ms`)))
  let cancel = wait()
  return {
    signal: AbortSignal.any([signal, stalled.signal]),
    heard() {
      cancel()
      cancel = wait()
    },
    done: () => cancel(),
  }
}
