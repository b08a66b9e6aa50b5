import type { ToldWorld } from './world-crew.ts'

/** What many worlds came to. */
export type WorldTotals = {
  add(world: ToldWorld): void
  /** One line of it, after so many seconds. */
  told(seconds: number): string
  worlds(): number
  events(): number
  restarts(): number
  violations(): number
  /** Every world before this one has been told of. */
  doneBefore(): number
}

export const createTotals = (from: number): WorldTotals => {
  const total = { worlds: 0, events: 0, completed: 0, abandoned: 0, restarts: 0, violations: 0 }
  const ahead = new Set<number>()
  let next = from
  return {
    add({ seed, events, rounds, restarts, violation }) {
      total.worlds++
      total.events += events
      total.completed += rounds.completed
      total.abandoned += rounds.abandoned
      total.restarts += restarts
      if (violation !== undefined) total.violations++
      ahead.add(seed)
      while (ahead.delete(next)) next++
    },
    told: (seconds) =>
      `${total.worlds} worlds, ${total.events} events, ${total.completed} rounds completed, ${total.abandoned} abandoned, ` +
      `${total.restarts} restarts, ${total.violations} violations in ${seconds.toFixed(1)} s: ` +
      `${(total.worlds / seconds).toFixed(1)} worlds/s, ${Math.round(total.events / seconds)} events/s`,
    worlds: () => total.worlds,
    events: () => total.events,
    restarts: () => total.restarts,
    violations: () => total.violations,
    doneBefore: () => next,
  }
}
