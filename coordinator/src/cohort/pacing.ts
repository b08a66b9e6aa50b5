import { type Random, uniform } from '@tributary/protocols/runtime'

/** What a client that checks in is told. */
export type Pace =
  | { kind: 'standby' }
  | {
      kind: 'come-back'
      afterMs: number
      reason: 'enough-clients' | 'no-round-due' | 'task-paused' | 'task-finished' | 'awaiting-model'
    }

export type PacingFacts = {
  status: 'active' | 'paused' | 'finished'
  hasModel: boolean
  /** Clients checked in already, this one not counted. */
  waiting: number
  /** Clients that a round invites at most: where fewer are registered, so many times that never wait. */
  wanted: number
  /** A round is going on. */
  roundOpen: boolean
  trainingMs: number
  /** When the schedule begins the next round by itself. */
  nextRoundAt: number | undefined
  now: number
}

const MINUTE = 60_000
const SOON_MS = MINUTE
/** A pool this many times a cohort keeps the next selection quick without holding a fleet on the line. */
const POOL_COHORTS = 4
/** The longest wait that a `come-back` can ask for; who is told it comes, is told again, and waits on. */
const LONGEST_MS = 31 * 24 * 60 * MINUTE

/**
 * Pace steering (Bonawitz et al. 2019, section 2.3): a small population is kept together, a large one is spread
 * over time so that it does not return as one herd. Delays are stretched by a random factor in [1, 2), but for a round
 * whose beginning is known: its clients come back within the last minute before it, so as not to miss it.
 */
export const pace = (facts: PacingFacts, random: Random): Pace => {
  const comeBack = (ms: number, reason: Extract<Pace, { kind: 'come-back' }>['reason']): Pace => ({
    kind: 'come-back',
    afterMs: Math.min(LONGEST_MS, Math.round(ms)),
    reason,
  })
  const stretched = (ms: number) => ms * (1 + uniform(random))
  if (facts.status === 'finished') return comeBack(stretched(24 * 60 * MINUTE), 'task-finished')
  if (facts.status === 'paused') return comeBack(stretched(15 * MINUTE), 'task-paused')
  if (!facts.hasModel) return comeBack(stretched(5 * MINUTE), 'awaiting-model')
  if (facts.waiting >= POOL_COHORTS * facts.wanted)
    return comeBack(stretched(facts.trainingMs), 'enough-clients')
  if (facts.roundOpen) return { kind: 'standby' }
  if (facts.nextRoundAt === undefined) return comeBack(stretched(5 * MINUTE), 'no-round-due')
  const untilNext = facts.nextRoundAt - facts.now
  if (untilNext <= SOON_MS) return { kind: 'standby' }
  return comeBack(untilNext - SOON_MS * (0.25 + 0.75 * uniform(random)), 'no-round-due')
}
