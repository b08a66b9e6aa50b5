import type { CohortPolicy } from '@tributary/protocols/task'

/** The numbers that decide a round. */
export type RoundPolicy = {
  /** Updates with which the round aggregates at once. */
  target: number
  /** Updates without which it is abandoned. */
  quorum: number
  /** Clients invited, if that many are to be had. */
  wanted: number
  selectionMs: number
  trainingMs: number
}

/**
 * The policy for a round of a task with `registered` clients. Over-selection never waits for clients
 * that do not exist: `wanted` is at most `registered`, and at least the quorum.
 */
export const roundPolicy = (cohort: CohortPolicy, registered: number): RoundPolicy => {
  const wanted = Math.ceil(cohort.target * cohort.overSelection)
  return {
    target: cohort.target,
    quorum: cohort.quorum,
    wanted: Math.max(cohort.quorum, Math.min(wanted, registered)),
    selectionMs: cohort.selectionSeconds * 1_000,
    trainingMs: cohort.trainingSeconds * 1_000,
  }
}
