import type { Clock } from '@tributary/protocols/runtime'

/**
 * How many messages may come: `burst` at once, and one more for every `1 / perSecond` seconds that pass (a token bucket).
 */
export const createAllowance = ({
  clock,
  burst,
  perSecond,
}: {
  clock: Pick<Clock, 'now'>
  burst: number
  perSecond: number
}) => {
  let left = burst
  let countedAt = clock.now()
  return {
    /** Takes one, if there is one. */
    take(): boolean {
      const now = clock.now()
      left = Math.min(burst, left + (Math.max(0, now - countedAt) / 1_000) * perSecond)
      countedAt = now
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}
