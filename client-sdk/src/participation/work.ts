/** One round after another: invited, fetching, training, submitting. */
import { type RoundId, unreachable } from '@tributary/protocols'
import type { ClientMessage, FailureReason, Invitation } from '@tributary/protocols/messages'
import type { Decision, Moment, PendingRound, TransferProblem } from './event.ts'
import { fail, finish, release } from './leave-round.ts'
import { PROGRESS_EVERY_MS } from './pace.ts'
import { holdModel } from './published-model.ts'
import { say } from './say.ts'
import { hearManifestAgain, leaveAt } from './session-work.ts'
import type { Joined, RoundOutcome, Work } from './state.ts'
import { chain, type Step, step, still } from './step.ts'
import { awaitingSession, paused, retryAt, started } from './transfer.ts'

/** The work at this stage, if it is for this round. Answers to what has passed find nothing. */
const workAt = <Is extends Work['is']>(joined: Joined, is: Is, round: RoundId) => {
  const { work } = joined
  const current = work.is === is && work.is !== 'none' && work.invitation.round === round
  return current ? (work as Extract<Work, { is: Is }>) : undefined
}

export const invite = (joined: Joined, invitation: Invitation, moment: Moment): Step => {
  const { work, last } = joined
  const deadlineAt = moment.at + invitation.deadline.inMs
  const now = { ...joined, session: invitation.session }
  if (work.is !== 'none' && work.invitation.round === invitation.round)
    return chain(acceptAgain({ ...now, work: { ...work, deadlineAt } }, moment), (again) =>
      hearManifestAgain(again, invitation),
    )
  if (last?.round === invitation.round) return step(now, ...answerAgain(now))
  return chain(
    work.is === 'none' ? still(now) : tellEnded(now, work.invitation.round, outcomeOf(work)),
    (ended) => release(ended, { kind: 'over' }),
    (free) => step({ ...free, work: { is: 'invited', invitation, deadlineAt } }, { type: 'ask', invitation }),
  )
}

export const decide = (joined: Joined, round: RoundId, decision: Decision, { at }: Moment): Step => {
  const work = workAt(joined, 'invited', round)
  if (!work) return still(joined)
  switch (decision.kind) {
    case 'accept': {
      const said = say(joined, { type: 'accept', round })
      const acceptSentAt = said.length > 0 ? at : undefined
      const { invitation, deadlineAt } = work
      return chain(
        step(
          { ...joined, work: { is: 'fetching', invitation, deadlineAt, acceptSentAt, transfer: started() } },
          ...said,
        ),
        runTransfer,
      )
    }
    case 'decline':
      return finish(joined, { kind: 'declined', reason: decision.reason }, [
        { type: 'decline', round, reason: decision.reason },
      ])
    default:
      return unreachable(decision)
  }
}

export const fetched = (joined: Joined, round: RoundId, { at }: Moment): Step => {
  const work = workAt(joined, 'fetching', round)
  if (work?.transfer.is !== 'running') return still(joined)
  const { invitation, deadlineAt, acceptSentAt } = work
  return chain(
    step(
      { ...joined, work: { is: 'training', invitation, deadlineAt, acceptSentAt, reportedAt: at } },
      { type: 'train', invitation, deadlineAt },
    ),
    (now) => holdModel(now, invitation),
  )
}

export const progress = (
  joined: Joined,
  { round, fraction, loss }: { round: RoundId; fraction: number; loss: number | undefined },
  { at }: Moment,
): Step => {
  const work = workAt(joined, 'training', round)
  if (!work || at - work.reportedAt < PROGRESS_EVERY_MS) return still(joined)
  const message: ClientMessage = {
    type: 'progress',
    round,
    fraction: Math.min(1, Math.max(0, fraction || 0)),
    ...(loss !== undefined && Number.isFinite(loss) ? { loss } : {}),
  }
  return step({ ...joined, work: { ...work, reportedAt: at } }, ...say(joined, message))
}

export const sealed = (joined: Joined, { round, kept }: { round: RoundId; kept?: true }): Step => {
  const work = workAt(joined, 'training', round)
  if (!work) return still(joined)
  const { invitation, deadlineAt, acceptSentAt, session } = work
  return runTransfer({
    ...joined,
    work: {
      is: 'submitting',
      invitation,
      deadlineAt,
      acceptSentAt,
      transfer: started(),
      completed: undefined,
      ...(kept && { kept }),
      ...(session && { session }),
    },
  })
}

/** What an earlier life of this client made: offered as soon as there is a session. */
export const goOnSubmitting = ({ invitation, deadlineAt }: PendingRound): Work => ({
  is: 'submitting',
  invitation,
  deadlineAt,
  acceptSentAt: undefined,
  transfer: { is: 'awaiting-session', attempt: 0 },
  completed: undefined,
  kept: true,
})

export const trainingFailed = (
  joined: Joined,
  round: RoundId,
  reason: FailureReason,
  detail: string,
): Step => (workAt(joined, 'training', round) ? fail(joined, round, reason, detail) : still(joined))

export const acknowledged = (joined: Joined, round: RoundId): Step => {
  const work = workAt(joined, 'submitting', round)
  if (work?.transfer.is !== 'running') return still(joined)
  const { invitation, deadlineAt, acceptSentAt, session } = work
  return chain(step(joined, { type: 'tell', notice: { type: 'submitted', round } }), (now) => {
    if (work.completed) return endRound(now, round, work.completed)
    return session
      ? still({ ...now, work: { is: 'unmasking', invitation, deadlineAt, acceptSentAt, session } })
      : finish(now, { kind: 'acknowledged' })
  })
}

/** A download or upload of the round ended without success. */
export const transferStopped = (
  joined: Joined,
  stage: 'fetching' | 'submitting',
  { round, problem }: { round: RoundId; problem: TransferProblem },
  moment: Moment,
): Step => {
  const work = workAt(joined, stage, round)
  if (work?.transfer.is !== 'running') return still(joined)
  if (work.is === 'submitting' && work.completed) return endRound(joined, round, work.completed)
  switch (problem.kind) {
    case 'interrupted':
      return still({ ...joined, work: { ...work, transfer: paused(work.transfer, moment, problem.afterMs) } })
    case 'unauthenticated':
      return still({ ...joined, work: { ...work, transfer: awaitingSession(work.transfer) } })
    case 'round-over':
      return endRound(joined, round, { kind: 'closed' })
    case 'refused':
      return fail(joined, round, stage === 'fetching' ? 'download-error' : 'upload-error', problem.detail)
    default:
      return unreachable(problem)
  }
}

/** The coordinator has told the round's outcome: to one that is in it, or was. */
export const roundEnded = (joined: Joined, round: RoundId, outcome: RoundOutcome): Step => {
  const { work, last } = joined
  // The update that completes a round has its answer still to come, over another connection.
  const submitting = workAt(joined, 'submitting', round)
  if (submitting?.transfer.is === 'running' && outcome.kind === 'completed')
    return still({ ...joined, work: { ...submitting, completed: outcome } })
  // Or its answer was lost on the way: offered once more, it is known whether it was received, and what is kept of it follows from that.
  if (submitting?.transfer.is === 'paused' && joined.session && outcome.kind === 'completed')
    return resumeTransfer({ ...joined, work: { ...submitting, completed: outcome } })
  if (work.is !== 'none' && work.invitation.round === round) return endRound(joined, round, outcome)
  return last?.round === round
    ? tellEnded({ ...joined, last: { round, outcome: { kind: 'over' } } }, round, outcome)
    : still(joined)
}

/** The round this client is in is over for it. */
export const endRound = (joined: Joined, round: RoundId, outcome: RoundOutcome): Step =>
  chain(tellEnded(joined, round, outcome), (now) => finish(now, { kind: 'over' }))

/** What is known of a round that is left for another. */
const outcomeOf = (work: Work): RoundOutcome =>
  (work.is === 'submitting' && work.completed) || { kind: 'closed' }

const tellEnded = (joined: Joined, round: RoundId, outcome: RoundOutcome): Step =>
  step(joined, { type: 'tell', notice: { type: 'round-ended', round, outcome } })

/** The deadline, and attempts that are due. A sealed update is offered even late: the coordinator says when it is over. */
export const keepWorking = (joined: Joined, { at }: Moment): Step => {
  const { work } = joined
  switch (work.is) {
    case 'none':
      return still(joined)
    case 'invited':
      return at < work.deadlineAt
        ? still(joined)
        : endRound(joined, work.invitation.round, { kind: 'closed' })
    case 'training':
    case 'unmasking':
      return at < leaveAt(work) ? still(joined) : endRound(joined, work.invitation.round, { kind: 'closed' })
    case 'fetching':
      if (at >= work.deadlineAt) return endRound(joined, work.invitation.round, { kind: 'closed' })
      return (retryAt(work.transfer) ?? Infinity) <= at ? resumeTransfer(joined) : still(joined)
    case 'submitting':
      return (retryAt(work.transfer) ?? Infinity) <= at ? resumeTransfer(joined) : still(joined)
    default:
      return unreachable(work)
  }
}

/** The network is back, or a session is: no need to wait any longer. */
export const resumeTransfer = (joined: Joined): Step => {
  const { work } = joined
  if ((work.is !== 'fetching' && work.is !== 'submitting') || work.transfer.is === 'running')
    return still(joined)
  return runTransfer({ ...joined, work: { ...work, transfer: started(work.transfer.attempt) } })
}

const runTransfer = (joined: Joined): Step => {
  const { work, session } = joined
  if (work.is !== 'fetching' && work.is !== 'submitting') return still(joined)
  const { invitation } = work
  const type = work.is === 'fetching' ? 'fetch' : 'upload'
  return session
    ? step(joined, { type, invitation, session })
    : still({ ...joined, work: { ...work, transfer: awaitingSession(work.transfer) } })
}

/** The coordinator asks again on a new line: it may not have heard the accept that an old one carried. */
const acceptAgain = (joined: Joined, { at }: Moment): Step => {
  const { line, work } = joined
  if (work.is === 'none' || work.is === 'invited' || line.is !== 'ready') return still(joined)
  if (work.acceptSentAt !== undefined && work.acceptSentAt >= line.since) return still(joined)
  return step(
    { ...joined, work: { ...work, acceptSentAt: at } },
    ...say(joined, { type: 'accept', round: work.invitation.round }),
  )
}

/** The answer that was given when the round was left, in case it was lost with the line. */
const answerAgain = (joined: Joined) => {
  if (!joined.last) return []
  const { round, outcome } = joined.last
  switch (outcome.kind) {
    case 'declined':
      return say(joined, { type: 'decline', round, reason: outcome.reason })
    case 'failed':
      return say(joined, { type: 'failed', round, reason: outcome.reason })
    case 'acknowledged':
    case 'over':
      return []
    default:
      return unreachable(outcome)
  }
}
