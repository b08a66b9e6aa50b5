import * as z from 'zod'
import type { Attack } from './attack.ts'

/**
 * Stale replay: sends the update it made `roundsAgo` of its own rounds before, or the oldest it has; in its first round the honest one.
 * An adversary with a copy, or an honest client whose cache is not cleared.
 */
export const StaleReplaySpec = z.strictObject({
  kind: z.literal('stale-replay'),
  roundsAgo: z.int().min(1, 'give one round or more').max(1_000).default(1),
})

export const staleReplay = ({ kind, roundsAgo }: z.infer<typeof StaleReplaySpec>): Attack => ({
  kind,
  sees: 'own',
  sends: 'its own',
  remembers: roundsAgo,
  craft: ({ own, earlier }) => (earlier[roundsAgo - 1] ?? earlier.at(-1) ?? own).slice(),
})
