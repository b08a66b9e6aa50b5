/** What a device has used: rounds of a local day, bytes of a calendar month. Pure. */
import { Instant, RoundId } from '@tributary/protocols'
import * as z from 'zod/mini'

const count = z.int().check(z.gte(0))

export const Usage = z.strictObject({
  format: z.literal(1),
  /** The latest time that was seen: `rounds` are those of its local day, `down` and `up` the bytes of its month. */
  at: Instant,
  rounds: count,
  /** The last rounds that were counted, so that one that asks again counts once. */
  latest: z.array(RoundId).check(z.maxLength(32)),
  /** How often rounds of `latest` have asked again on that day. */
  again: z._default(count, 0),
  down: count,
  up: count,
  /** That what was kept before could not be read: for the rest of the day everything counts as used. */
  unreadable: z.boolean(),
})
export type Usage = z.infer<typeof Usage>

const LATEST_KEPT = 32

/** Asked again more often in a day, as no page is reloaded, a round counts as another: a coordinator that repeats two has no more than its budget. */
const MOST_AGAIN = 16

/** Further ahead than zones and changes of the clock lead: a clock that showed this was wrong. */
const WRONG_CLOCK_MS = 2 * 86_400_000

export const unused = (now: Instant): Usage => ({
  format: 1,
  at: now,
  rounds: 0,
  latest: [],
  again: 0,
  down: 0,
  up: 0,
  unreadable: false,
})

export const unreadableUsage = (now: Instant): Usage => ({ ...unused(now), unreadable: true })

/**
 * The same as time has passed: on a new day rounds begin at zero, in a new month bytes. A clock that is set back makes no day new: the day
 * that was seen goes on until the clock has passed it. Where that is more than two days away the earlier clock was wrong, and what was
 * used counts as used at present.
 */
export const asOf = (usage: Usage, now: Instant): Usage => {
  if (usage.at - now > WRONG_CLOCK_MS) return { ...usage, at: now }
  const at = Math.max(usage.at, now)
  const sameMonth = endOfMonth(usage.at) === endOfMonth(at)
  return {
    ...usage,
    at,
    ...(endOfDay(usage.at) !== endOfDay(at) && { rounds: 0, again: 0, unreadable: false }),
    ...(!sameMonth && { down: 0, up: 0 }),
  }
}

/** Whether the round has been counted, and asks again. */
export const asksAgain = ({ latest, again }: Usage, round: RoundId): boolean =>
  latest.includes(round) && again < MOST_AGAIN

export const withRound = (usage: Usage, round: RoundId): Usage =>
  asksAgain(usage, round)
    ? { ...usage, again: usage.again + 1 }
    : { ...usage, rounds: usage.rounds + 1, latest: [...usage.latest, round].slice(-LATEST_KEPT) }

export const withBytes = (usage: Usage, { down, up }: Pick<Usage, 'down' | 'up'>): Usage => ({
  ...usage,
  down: Math.min(Number.MAX_SAFE_INTEGER, usage.down + down),
  up: Math.min(Number.MAX_SAFE_INTEGER, usage.up + up),
})

/** The local midnight after it. */
export const endOfDay = (at: Instant): Instant => {
  const day = new Date(at)
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime()
}

/** The local midnight after the last day of its month. */
export const endOfMonth = (at: Instant): Instant => {
  const day = new Date(at)
  return new Date(day.getFullYear(), day.getMonth() + 1, 1).getTime()
}
