import { useSyncExternalStore } from 'react'

/** One clock for the page, so that a thousand times on it make one timer. */
const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, 1_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Where nobody listened the clock stood still: it is set when it is read again. */
const read = (): number => {
  if (timer === undefined && Date.now() - now >= 1_000) now = Date.now()
  return now
}

/** Milliseconds since the Unix epoch by the reader's clock, to the second; renders anew when it has moved on. */
export const useNow = (): number => useSyncExternalStore(subscribe, read)
