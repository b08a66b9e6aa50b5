import * as z from 'zod'
import type { Chance } from '../chance.ts'
import type { Presence } from './presence.ts'

const hour = z.number().min(0).max(24)
const share = z.number().min(0).max(1)

/**
 * More clients at some hours of their day: phones that charge at night, offices by day. Bonawitz et al. 2019 (arXiv:1902.01046) saw four
 * times as many at the peak as at the low. Time zones have a fixed distance from UTC and no summer time.
 */
export const DayAndNightSpec = z
  .strictObject({
    kind: z.literal('day-and-night'),
    /** Local hours from which and up to which it is peak time, over midnight where `from` is the later. */
    peakHours: z.strictObject({ from: hour, to: hour }).default({ from: 22, to: 6 }),
    /** Of the clients, those that are there at peak time, and at other times. */
    atPeak: share.default(0.8),
    offPeak: share.default(0.2),
    /** A client's own peak begins and ends up to so many minutes earlier or later, anew every day. */
    edgeMinutes: z.number().min(0).max(240).default(60),
    /** Where clients are: hours ahead of UTC, and their share or weight. */
    timeZones: z
      .array(z.strictObject({ hoursAhead: z.number().min(-12).max(14), share: z.number().positive() }))
      .min(1, 'give one time zone or more')
      .default([{ hoursAhead: 0, share: 1 }]),
  })
  .superRefine(({ peakHours: { from, to }, edgeMinutes }, context) => {
    const peak = (to - from + 24) % 24
    const shorter = Math.min(peak, 24 - peak)
    if (shorter * 30 <= edgeMinutes)
      context.addIssue({
        code: 'custom',
        path: shorter === 0 ? ['peakHours', 'to'] : ['edgeMinutes'],
        message:
          shorter === 0
            ? 'a peak is a part of the day: let it end at another hour than it begins'
            : `peak and rest last ${peak} and ${24 - peak} hours: keep edgeMinutes below ${shorter * 30}, half of the shorter`,
      })
  })

const DAY_MS = 86_400_000
const HUNDRED_YEARS_MS = 100 * 365.25 * DAY_MS

/** Through one peak, or the time between two, a client is there or not: one coin for each. */
export const dayAndNight = (
  { peakHours, atPeak, offPeak, edgeMinutes, timeZones }: z.infer<typeof DayAndNightSpec>,
  chance: Chance,
): Presence => {
  const peakMs = ((peakHours.to - peakHours.from + 24) % 24) * 3_600_000
  const shares = timeZones.reduce((sum, zone) => sum + zone.share, 0)
  const aheadMs = (client: number): number => {
    let left = chance('time zone', client)[0] * shares
    for (const zone of timeZones) {
      left -= zone.share
      if (left < 0) return zone.hoursAhead * 3_600_000
    }
    return (timeZones.at(-1)?.hoursAhead ?? 0) * 3_600_000
  }
  /** When window `window` begins: those of peaks are even, two for each day. */
  const beginOf = (client: number, window: number, ahead = aheadMs(client)): number => {
    const [u] = chance('day edges', client, window)
    const day = Math.floor(window / 2)
    const edge = day * DAY_MS + peakHours.from * 3_600_000 + (window % 2 === 0 ? 0 : peakMs)
    return Math.round(edge - ahead + (2 * u - 1) * edgeMinutes * 60_000)
  }
  const windowAt = (client: number, virtualMs: number): number => {
    const ahead = aheadMs(client)
    let window = 2 * Math.floor((virtualMs + ahead - peakHours.from * 3_600_000) / DAY_MS) + 2
    while (beginOf(client, window, ahead) > virtualMs) window--
    return window
  }
  const isThere = (client: number, window: number): boolean =>
    chance('day window', client, window)[0] < (window % 2 === 0 ? atPeak : offPeak)
  return {
    isAvailable: (client, virtualMs) => isThere(client, windowAt(client, virtualMs)),
    nextChange(client, virtualMs) {
      const now = windowAt(client, virtualMs)
      const there = isThere(client, now)
      if ((atPeak === 0 && offPeak === 0) || (atPeak === 1 && offPeak === 1)) return Number.POSITIVE_INFINITY
      for (let window = now + 1; (window - now) * DAY_MS < 2 * HUNDRED_YEARS_MS; window++)
        if (isThere(client, window) !== there) return beginOf(client, window)
      return Number.POSITIVE_INFINITY
    },
  }
}
