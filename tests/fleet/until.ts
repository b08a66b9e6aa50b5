import { setTimeout as delay } from 'node:timers/promises'

type Patience = { withinMs?: number; everyMs?: number }

/**
 * Looks again and again until there is something to see, and gives it. Throws once `withinMs` have passed, saying
 * what was waited for and what was seen last.
 */
export const until = async <T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  { withinMs = 15_000, everyMs = 5 }: Patience = {},
): Promise<T> => {
  const giveUpAt = performance.now() + withinMs
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen
    if (performance.now() > giveUpAt) throw new Error(`waited ${withinMs} ms for ${what}`)
    await delay(everyMs)
  }
}
