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
  // 10 × 1.1 is 11.000000000000002 in binary: what is above a whole number by less than a millionth is that number.
  const wanted = Math.ceil(cohort.target * cohort.overSelection - 1e-6)
  return {
    target: cohort.target,
    quorum: cohort.quorum,
    wanted: Math.max(cohort.quorum, Math.min(wanted, registered)),
    selectionMs: cohort.selectionSeconds * 1_000,
    trainingMs: cohort.trainingSeconds * 1_000,
  }
}
