import type { Clock } from '@tributary/protocols/runtime'

/**
 * A wall clock that somebody sets. As with the platform's, a timer counts time that has passed and looks at the
 * clock when it rings: set back meanwhile, it waits on; set forward, it rings no sooner.
 */
export const jumpingClock = (steady: Clock): Clock & { jump(ms: number): void; offsetMs(): number } => {
  let offset = 0
  const now = () => steady.now() + offset
  return {
    now,
    jump(ms) {
      offset += ms
    },
    offsetMs: () => offset,
    wakeAt(at, wake) {
      let cancel = () => {}
      const arm = () => {
        const delay = Math.max(0, at - now())
        cancel = steady.wakeAt(steady.now() + delay, () => (now() >= at ? wake() : arm()))
      }
      arm()
      return () => cancel()
    },
  }
}
