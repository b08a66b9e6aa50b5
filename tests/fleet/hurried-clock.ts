import type { Clock } from '@tributary/protocols/runtime'

/**
 * The system's time, running `times` as fast from now on: a client that lives by it waits a tenth of a second where
 * others wait one. For tests in which clients come back again and again.
 */
export const hurriedClock = (times: number): Clock => {
  const start = Date.now()
  const now = () => start + (Date.now() - start) * times
  return {
    now,
    wakeAt(at, wake) {
      let timer: ReturnType<typeof setTimeout> | undefined
      const arm = () => {
        timer = setTimeout(
          () => (now() >= at ? wake() : arm()),
          Math.min(60_000, Math.max(0, at - now()) / times),
        )
      }
      arm()
      return () => clearTimeout(timer)
    },
  }
}
