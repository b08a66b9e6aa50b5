import type { VirtualClock } from '@tributary/protocols/runtime'
import { Violation } from './violation.ts'

/** Lets a world happen: one event at a time, each with all that follows from it, and the laws held against it. */
export type Timeline = {
  /** Lets things happen until `done`; false when time is up or nothing is left to happen. */
  runUntil(done: () => boolean, latest: number): Promise<boolean>
  /** Lets things happen until the work has ended, within `mostMs`. */
  settle<T>(work: Promise<T>, what: string): Promise<T>
  /** Work that takes real time and no virtual time: the clock stands while it is done. */
  standStill(work: () => Promise<void>): void
  /** Times that the clock moved on to something that happened. */
  events(): number
}

export const createTimeline = ({
  clock,
  judge,
  mostMs,
}: {
  clock: VirtualClock
  /** Called when an event and all that follows from it are over. What it throws ends the world. */
  judge(): void
  mostMs: number
}): Timeline => {
  const standing: (() => Promise<void>)[] = []
  let events = 0

  const runUntil: Timeline['runUntil'] = async (done, latest) => {
    for (;;) {
      await quiet()
      for (let work = standing.shift(); work; work = standing.shift()) {
        await work()
        await quiet()
      }
      judge()
      if (done()) return true
      if ((clock.nextAt() ?? Infinity) > latest || !clock.step()) return false
      if (++events > MOST_EVENTS) throw new Violation(`after ${MOST_EVENTS} events there is no end to them`)
    }
  }
  return {
    runUntil,
    async settle(work, what) {
      let over = false
      const end = () => {
        over = true
      }
      work.then(end, end)
      if (!(await runUntil(() => over, clock.now() + mostMs)))
        throw new Violation(`${what} never came to an end`)
      return work
    },
    standStill: (work) => void standing.push(work),
    events: () => events,
  }
}

/** Some hundred times as many as worlds have. */
const MOST_EVENTS = 200_000

/** Everything in a world is promises but its clock: Node runs the next tick when no promise has anything left to do. */
const quiet = () => new Promise<void>((resolve) => process.nextTick(resolve))
