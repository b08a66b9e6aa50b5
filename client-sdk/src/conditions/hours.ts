/**
 * Spans of local time, over midnight and over changes of the clock. A span is what lies between two instants, found as RFC 5545 (section
 * 3.3.5) and ECMAScript find them: a time that a day has twice is the first of the two, one that it does not have is as far after the gap as
 * it would have been into it. So each span of a day begins and ends once.
 */
import type { Instant } from '@tributary/protocols'
import { type Hours, WEEKDAYS } from './conditions.ts'

/** Whether one of the spans is under way, and when that changes next; `undefined` where it never does. */
export const hoursAt = (
  hours: readonly Hours[],
  now: Instant,
): { within: boolean; changesAt: Instant | undefined } => {
  const spans = hours.flatMap((span) => spansAround(span, now))
  const within = spans.some(({ from, to }) => from <= now && now < to)
  // What begins there is not among these.
  const horizon = localInstant(new Date(now), LAST_DAY + 1, '00:00')
  const changesAt = spans
    .flatMap(({ from, to }) => [from, to])
    .filter((at) => at > now && at < horizon)
    .sort((a, b) => a - b)
    .find((at) => spans.some(({ from, to }) => from <= at && at < to) !== within)
  return { within, changesAt }
}

/** Yesterday's may be under way; what a week does not bring never comes. */
const LAST_DAY = 8
const DAYS_AROUND = Array.from({ length: LAST_DAY + 2 }, (_, i) => i - 1)

const spansAround = ({ from, to, days }: Hours, now: Instant): { from: Instant; to: Instant }[] => {
  const today = new Date(now)
  const overnight = to < from
  return DAYS_AROUND.map((offset) => ({ offset, day: localDay(today, offset) }))
    .filter(({ day }) => !days || days.some((name) => name === WEEKDAYS[day.getDay()]))
    .map(({ offset }) => ({
      from: localInstant(today, offset, from),
      to: localInstant(today, offset + (overnight ? 1 : 0), to),
    }))
    .filter((span) => span.from < span.to)
}

/** Noon of the day so many days from this one: every day has a noon. */
const localDay = (today: Date, offset: number): Date =>
  new Date(today.getFullYear(), today.getMonth(), today.getDate() + offset, 12)

const localInstant = (today: Date, offset: number, time: string): Instant => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() + offset, hours, minutes).getTime()
}
