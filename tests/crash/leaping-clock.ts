import type { Clock } from '@tributary/protocols/runtime'
import { hurriedClock } from '../fleet/hurried-clock.ts'

/** Hurried time that can be made to leap: what is due by then is due at once. */
export const leapingClock = (times: number): Clock & { leap(ms: number): void } => {
  const hurried = hurriedClock(times)
  const timers = new Set<() => void>()
  let leapt = 0
  const now = () => hurried.now() + leapt
  return {
    now,
    leap(ms) {
      leapt += ms
      for (const rearm of [...timers]) rearm()
    },
    wakeAt(at, wake) {
      let cancelWake = () => {}
      const arm = () => {
        cancelWake()
        cancelWake = hurried.wakeAt(at - leapt, () => {
          timers.delete(arm)
          wake()
        })
      }
      timers.add(arm)
      arm()
      return () => {
        timers.delete(arm)
        cancelWake()
      }
    },
  }
}
