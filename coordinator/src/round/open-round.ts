import { type Digest, type Instant, type ModelVersion, roundId, type TaskId } from '@tributary/protocols'
import type { PrivacyClaim } from '@tributary/protocols/privacy'
import type { RoundPolicy } from './policy.ts'
import type { Buffering, Refines, Selecting } from './round.ts'

/** The first state of round `number` of a task. */
export const openRound = (
  facts: {
    task: TaskId
    number: number
    base: { version: ModelVersion; digest: Digest }
    assignment: Digest
    at: Instant
    /** What the task has spent with this round. */
    privacy?: PrivacyClaim | undefined
    /** What it clips to, where that follows the clients. */
    clip?: number | undefined
    /** The round that it refines, of a task with such rounds. */
    refines?: Refines | undefined
    /** Of a buffered task: which round's clients it takes over. */
    buffer?: Buffering | undefined
  },
  policy: RoundPolicy,
): Selecting => ({
  phase: 'selecting',
  id: roundId(facts.task, facts.number),
  task: facts.task,
  number: facts.number,
  base: facts.base,
  assignment: facts.assignment,
  openedAt: facts.at,
  ...(facts.privacy && { privacy: facts.privacy }),
  ...(facts.clip !== undefined && { clip: facts.clip }),
  ...(facts.refines && { refines: facts.refines }),
  ...(facts.buffer && { buffer: facts.buffer }),
  wanted: policy.wanted,
  deadlineAt: facts.at + policy.selectionMs,
})
