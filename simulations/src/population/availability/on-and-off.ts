import * as z from 'zod'
import type { Chance, Topic } from '../chance.ts'
import type { Presence } from './presence.ts'

const minutes = z.number().min(0.1, 'give 0.1 minutes or more').max(525_600)

/** Comes and goes at random: both durations are exponential. */
export const OnAndOffSpec = z.strictObject({
  kind: z.literal('on-and-off'),
  onMinutes: minutes,
  offMinutes: minutes,
})

/**
 * The two-state Markov chain, from two independent Poisson processes: coming, of rate 1/off, and going, of rate 1/on; the state is the
 * kind of the latest event, since a coming changes nothing for a client that is there (thinning: Lewis and Shedler 1979). A process has
 * independent counts in cells of its mean duration, each looked up by its number, so any time is as near as any other.
 * Of a coming and a going in one millisecond the going is the later.
 */
export const onAndOff = (
  { onMinutes, offMinutes }: z.infer<typeof OnAndOffSpec>,
  chance: Chance,
): Presence => {
  const coming = poissonProcess(chance, 'came online', offMinutes * 60_000)
  const going = poissonProcess(chance, 'went offline', onMinutes * 60_000)
  const isAvailable = (client: number, virtualMs: number) =>
    coming.last(client, virtualMs) > going.last(client, virtualMs)
  return {
    isAvailable,
    nextChange(client, virtualMs) {
      if (isAvailable(client, virtualMs)) return going.next(client, virtualMs)
      for (let at = virtualMs; ; ) {
        at = coming.next(client, at)
        if (isAvailable(client, at)) return at
      }
    },
  }
}

/** More in a cell of mean 1 has a probability of 1e-16. */
const MOST_IN_A_CELL = 17

/** Events on whole milliseconds, a mean of `everyMs` apart; `last` is at or before a time, `next` after it. */
const poissonProcess = (chance: Chance, topic: Topic, everyMs: number) => {
  /** Calls back with each event of a cell, in no order. */
  const eventsOf = (client: number, cell: number, tell: (at: number) => void) => {
    const [u] = chance(topic, client, cell * 32)
    let [count, term, sum] = [0, Math.exp(-1), Math.exp(-1)]
    while (u >= sum && count < MOST_IN_A_CELL) {
      term /= ++count
      sum += term
    }
    for (let i = 0; i < count; i++) {
      const [at] = chance(topic, client, cell * 32 + 1 + i)
      tell(Math.ceil((cell + at) * everyMs))
    }
  }
  return {
    last(client: number, virtualMs: number): number {
      for (let cell = Math.floor(virtualMs / everyMs); ; cell--) {
        let last = Number.NEGATIVE_INFINITY
        eventsOf(client, cell, (at) => {
          if (at <= virtualMs && at > last) last = at
        })
        if (last > Number.NEGATIVE_INFINITY) return last
      }
    },
    next(client: number, virtualMs: number): number {
      for (let cell = Math.floor(virtualMs / everyMs) - 1; ; cell++) {
        let next = Number.POSITIVE_INFINITY
        eventsOf(client, cell, (at) => {
          if (at > virtualMs && at < next) next = at
        })
        if (next < Number.POSITIVE_INFINITY) return next
      }
    },
  }
}
