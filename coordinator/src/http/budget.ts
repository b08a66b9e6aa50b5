import type { Clock } from '@tributary/protocols/runtime'

/** So many requests a minute for each of many: clients, tokens, addresses. */
export type Budget = {
  /** Milliseconds until this one has one to take; 0 where it has. */
  waitMs(key: string): number
  /** Takes one; may be called where there is none, which puts off the next. */
  take(key: string): void
}

/** Of those not heard of for longest it is forgotten what they took. */
const MOST_KEYS = 50_000

/** As many at once as a minute allows, and the rest as time passes (token buckets). */
export const createBudget = ({
  clock,
  perMinute,
}: {
  clock: Pick<Clock, 'now'>
  perMinute: number
}): Budget => {
  const perMs = perMinute / 60_000
  const kept = new Map<string, { left: number; countedAt: number }>()
  const leftOf = (key: string): number => {
    const bucket = kept.get(key)
    if (!bucket) return perMinute
    return Math.min(perMinute, bucket.left + Math.max(0, clock.now() - bucket.countedAt) * perMs)
  }
  return {
    waitMs: (key) => Math.max(0, Math.ceil((1 - leftOf(key)) / perMs)),
    take(key) {
      const left = leftOf(key) - 1
      kept.delete(key)
      kept.set(key, { left: Math.max(left, -perMinute), countedAt: clock.now() })
      const [oldest] = kept.keys()
      if (kept.size > MOST_KEYS && oldest !== undefined) kept.delete(oldest)
    },
  }
}
