/** The laws of one round, held against every step that is saved of it. */
import { isDeepStrictEqual } from 'node:util'
import type { Round } from '@tributary/coordinator'
import type { TaskFile } from '@tributary/protocols/task'
import { judgeSessions } from './secure-laws.ts'

/** Reports the problem unless the law holds. */
export type Must = (holds: boolean, problem: () => string) => void

export const judgeStep = (
  before: Round | undefined,
  round: Round,
  { cohort, mode }: Pick<TaskFile, 'cohort' | 'mode'>,
  /** Clients that are enrolled. */
  registered: number,
  must: Must,
): void => {
  must(before !== undefined, () => `${round.id} was saved before it began`)
  if (!before) return
  const { phase } = round
  must(isDeepStrictEqual(headOf(before), headOf(round)), () => `${round.id} was given another beginning`)
  must(
    before.phase === phase || NEXT[before.phase].includes(phase),
    () => `${round.id} went from ${before.phase} to ${phase}`,
  )
  if (before.phase === 'completed' || before.phase === 'abandoned')
    must(
      isDeepStrictEqual({ ...before, debts: 'settled' }, round),
      () => `${round.id} has ended and was changed`,
    )
  if (phase === 'aggregating' && before.phase === 'aggregating')
    must(isDeepStrictEqual(before, round), () => `${round.id} was changed while it aggregates`)
  if (phase === 'training') {
    const deadlineAt =
      before.phase === 'training' ? before.deadlineAt : round.startedAt + cohort.trainingSeconds * 1_000
    must(round.deadlineAt === deadlineAt, () => `${round.id} has another deadline than its task says`)
  }
  if (mode.kind === 'synchronous' && (phase === 'training' || phase === 'secure-training')) {
    const { target, quorum, overSelection } = cohort
    must(
      round.tally.invited >= quorum &&
        round.tally.invited <= Math.max(quorum, Math.ceil(target * overSelection)),
      () => `${round.id} invites ${round.tally.invited} clients`,
    )
  }
  if (phase === 'secure-training' && before.phase === 'secure-training') judgeSessions(before, round, must)
  if (phase === 'aggregating' && before.phase === 'secure-training')
    must(round.tally.received >= cohort.quorum, () => `${round.id} aggregates without quorum`)
  if (phase === 'aggregating' && before.phase === 'training') {
    const { invited, declined, failed, received } = round.tally
    must(received >= cohort.quorum, () => `${round.id} aggregates without quorum`)
    must(
      received >= cohort.target ||
        (invited === declined + failed + received &&
          (mode.kind === 'synchronous' || invited >= registered)) ||
        round.startedAt >= before.deadlineAt,
      () => `${round.id} stopped waiting before its deadline`,
    )
  }
  if (phase === 'abandoned' && before.phase !== 'abandoned') {
    must(round.detail.length > 0, () => `${round.id} was abandoned without a reason`)
    const timedOut = round.reason === 'too-few-clients' || round.reason === 'no-quorum'
    must(
      !timedOut ||
        (before.phase !== 'aggregating' && 'deadlineAt' in before && round.endedAt >= before.deadlineAt),
      () => `${round.id} was abandoned for ${round.reason} before its deadline`,
    )
    // No world damages what lies in storage, so that an update that was acknowledged can always be folded in the end.
    must(
      !LOSSES.includes(round.reason),
      () => `acknowledged updates of ${round.id} are lost: ${round.detail}`,
    )
  }
}

/** Reasons that no world gives: nobody deals wrong shares in one, and honest updates add up to what they may. */
const LOSSES: readonly string[] = ['aggregation-failed', 'gate-refused', 'wrong-dealing', 'out-of-range']

/** What a round is from its first state to its last. */
const headOf = ({ id, task, number, base, assignment, openedAt, buffer }: Round) => ({
  id,
  task,
  number,
  base,
  assignment,
  openedAt,
  buffer,
})

const NEXT: Record<Round['phase'], readonly Round['phase'][]> = {
  selecting: ['training', 'secure-training', 'abandoned'],
  'secure-training': ['aggregating', 'abandoned'],
  training: ['aggregating', 'abandoned'],
  aggregating: ['completed', 'abandoned'],
  completed: [],
  abandoned: [],
}
