import { type BufferedMode, largestCohort, type TaskFile } from '@tributary/protocols/task'
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
  /** Of a buffered task, with the clients that are registered: once all of them have answered nobody is waited for. */
  buffer?: Pick<BufferedMode, 'concurrency' | 'staleness'> & { registered: number }
}

/** The policy for a round of that task: one that refines another wants the clients of that round's sum, all of them and nobody else. */
export const policyOfRound = (
  file: Pick<TaskFile, 'cohort' | 'privacy' | 'mode'>,
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
  { cohort, privacy, mode }: Pick<TaskFile, 'cohort' | 'privacy' | 'mode'>,
  registered: number,
): RoundPolicy => {
  return {
    target: cohort.target,
    quorum: cohort.quorum,
    wanted:
      mode.kind === 'buffered'
        ? Math.max(1, Math.min(mode.concurrency, registered))
        : Math.max(cohort.quorum, Math.min(largestCohort(cohort), registered)),
    selectionMs: cohort.selectionSeconds * 1_000,
    trainingMs: cohort.trainingSeconds * 1_000,
    stepMs: 1_000 * (privacy.mode === 'secure-aggregation' ? privacy.stepSeconds : cohort.trainingSeconds),
    ...(mode.kind === 'buffered' && {
      buffer: { concurrency: mode.concurrency, staleness: mode.staleness, registered },
    }),
  }
}
