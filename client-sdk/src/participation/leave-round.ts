/** The ways out of a round. */
import type { RoundId } from '@tributary/protocols'
import type { ClientMessage, FailureReason } from '@tributary/protocols/messages'
import { checkIn, say } from './say.ts'
import type { FinishedOutcome, Joined } from './state.ts'
import { chain, type Step, step, still } from './step.ts'

export const fail = (joined: Joined, round: RoundId, reason: FailureReason, detail: string): Step =>
  chain(step(joined, { type: 'tell', notice: { type: 'failed', round, reason, detail } }), (now) =>
    finish(now, { kind: 'failed', reason }, [{ type: 'failed', round, reason }]),
  )

/** Done with the round, and ready for another. */
export const finish = (
  joined: Joined,
  outcome: FinishedOutcome,
  words: readonly ClientMessage[] = [],
): Step => chain(release(joined, outcome, words), checkIn)

/** Done with the round: says so, and lets go of what was kept for it. */
export const release = (
  joined: Joined,
  outcome: FinishedOutcome,
  words: readonly ClientMessage[] = [],
): Step => {
  const { work } = joined
  if (work.is === 'none') return still(joined)
  const { round } = work.invitation
  return step(
    { ...joined, work: { is: 'none' }, last: { round, outcome } },
    ...words.flatMap((message) => say(joined, message)),
    ...(work.is === 'submitting' && work.kept ? [{ type: 'forget-update', round } as const] : []),
    { type: 'drop', round },
  )
}
