/** Of all tabs that share an identity, the one whose turn it is: the holder of a lock that the browser keeps for them. */
import '../participation/lazily.ts'
import type { Gate, Shut } from '../attendance/gate.ts'

/**
 * A gate that is open in one tab at a time, for as long as it is watched there: the first that asks, and after it (it leaves, is closed or
 * crashes) the one that has waited longest. See https://w3c.github.io/web-locks/.
 * @param name what the tabs share: theirs is the lock of this name, within one origin.
 */
export const webLocksTurn = (name: string, locks: LockManager): Gate => {
  const watchers = new Set<(shut: Shut | undefined) => void>()
  let said: { shut: Shut | undefined } | undefined
  let asking: AbortController | undefined

  const say = (shut: Shut | undefined) => {
    said = { shut }
    for (const told of [...watchers]) told(shut)
  }

  /** Waits for the lock and holds it until the signal aborts. */
  const ask = async (signal: AbortSignal): Promise<void> => {
    const hold = (): Promise<void> => {
      if (signal.aborted) return Promise.resolve()
      say(undefined)
      return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }))
    }
    // Nobody is told that it is another's turn before that is known.
    const was = await locks.request(name, { ifAvailable: true }, async (lock) => {
      if (!lock) return 'taken'
      await hold()
      return 'held'
    })
    if (was === 'held' || signal.aborted) return
    say(OTHERS)
    await locks.request(name, { signal }, hold)
  }

  const keepAsking = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      try {
        await ask(signal)
      } catch (error) {
        // Another tab has stolen it, or this one no longer asks.
        if (error instanceof DOMException && error.name === 'AbortError') continue
        // A page that may have no locks is as one of a browser that has none.
        return say(undefined)
      }
    }
  }

  return {
    watch(told) {
      watchers.add(told)
      if (said) told(said.shut)
      if (!asking) {
        asking = new AbortController()
        void keepAsking(asking.signal)
      }
      return () => {
        if (!watchers.delete(told) || watchers.size > 0) return
        said = undefined
        asking?.abort()
        asking = undefined
      }
    },
  }
}

const OTHERS: Shut = {
  by: 'another-tab',
  detail: 'another tab of this app takes part; this one takes over when that one leaves or is closed',
}
