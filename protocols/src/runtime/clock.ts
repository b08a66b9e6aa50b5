/** Time as a port. Nothing outside an adapter reads the platform's clock. */

export type Cancel = () => void

export type Clock = {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /**
   * Calls `wake` once, when `now()` has reached `at`; at the next turn if it has already.
   * The returned function cancels it and may be called any number of times. Throws a `RangeError` for NaN.
   */
  wakeAt(at: number, wake: () => void): Cancel
}

/** setTimeout holds a signed 32-bit delay; a longer one would fire at once. */
const LONGEST_TIMEOUT_MS = 2_147_483_647

const date = () => Date.now()

/** The platform's clock. Its timers do not keep a Node process alive. */
export const systemClock = (): Clock => clockOver(date)

/**
 * The clock of a device, whose date its user or its network may set: what waits for a date wakes as well when as much time has passed as was missing
 * when it was asked for, and a second. Set back by a day, it would else be silent for a day. Whoever is woken may find that `now()` is earlier.
 */
export const deviceClock = (): Clock => clockOver(date, () => performance.now(), 1_000)

/**
 * Counts time that passes: nobody sets it, so what is waited for comes when that time has passed. From what date it counts
 * is not to be relied on; it is for intervals alone.
 */
export const steadyClock = (): Clock => clockOver(() => performance.timeOrigin + performance.now())

const clockOver = (now: () => number, passed = now, lateMs = 0): Clock => ({
  now,
  wakeAt(at, wake) {
    requireTime(at)
    const end = passed() + lateMs + at - now()
    const missing = () => Math.min(at - now(), end - passed())
    let timer: ReturnType<typeof setTimeout> | undefined
    const arm = () => {
      const delay = Math.min(Math.ceil(missing()), LONGEST_TIMEOUT_MS) // below 0 it is the next turn
      timer = setTimeout(() => (missing() > 0 ? arm() : wake()), delay)
      letProcessEnd(timer)
    }
    arm()
    return () => clearTimeout(timer)
  },
})

/** Node's timers are objects that can be told not to hold up the end of the process; a browser's are numbers. */
const letProcessEnd = (timer: number | { unref(): unknown }): void => {
  if (typeof timer === 'object') timer.unref()
}

/** NaN compares as neither past nor to come: a timer for it would spin or never fire. */
export const requireTime = (at: number): void => {
  if (Number.isNaN(at)) throw new RangeError('a timer needs a time, not NaN')
}
