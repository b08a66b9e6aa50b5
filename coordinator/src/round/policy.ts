import { largestCohort, type TaskFile } from '@tributary/protocols/task'
import type { Refines } from './round.ts'

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
  /** How long a step of a secure round but training may take. */
  stepMs: number
}

/** The policy for a round of that task: one that refines another wants the clients of that round's sum, all of them and nobody else. */
export const policyOfRound = (
  file: Pick<TaskFile, 'cohort' | 'privacy'>,
  { refines }: { refines?: Refines | undefined },
  registered: number,
): RoundPolicy => {
  const policy = roundPolicy(file, registered)
  if (!refines) return policy
  const { clients } = refines
  return { ...policy, target: clients, quorum: clients, wanted: clients }
}

/**
 * The policy for a round of a task with `registered` clients. Over-selection never waits for clients
 * that do not exist: `wanted` is at most `registered`, and at least the quorum.
 */
export const roundPolicy = (
  { cohort, privacy }: Pick<TaskFile, 'cohort' | 'privacy'>,
  registered: number,
): RoundPolicy => {
  return {
    target: cohort.target,
    quorum: cohort.quorum,
    wanted: Math.max(cohort.quorum, Math.min(largestCohort(cohort), registered)),
    selectionMs: cohort.selectionSeconds * 1_000,
    trainingMs: cohort.trainingSeconds * 1_000,
    stepMs: 1_000 * (privacy.mode === 'secure-aggregation' ? privacy.stepSeconds : cohort.trainingSeconds),
  }
}
