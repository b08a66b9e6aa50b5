import { unreachable } from '@tributary/protocols'
import type { CoordinatorMessage } from '@tributary/protocols/messages'
import { distrust } from './distrust.ts'
import type { Moment, ParticipationEvent } from './event.ts'
import { answerChallenge, connect, enter, hangUp, keepLine, loseLine, rest, standBy } from './line.ts'
import {
  hearOfModel,
  keepFetchingModel,
  modelFetched,
  modelFetchStopped,
  resumeModelFetch,
} from './published-model.ts'
import { checkIn } from './say.ts'
import { hearInSession, sessionEnded, sessionMoved, sessionSays } from './session-work.ts'
import type { Joined, Participation } from './state.ts'
import { chain, type Step, step, still } from './step.ts'
import { isStopReason, leave, stop } from './stop.ts'
import {
  acknowledged,
  decide,
  endRound,
  fetched,
  goOnSubmitting,
  invite,
  keepWorking,
  progress,
  resumeTransfer,
  roundEnded,
  sealed,
  trainingFailed,
  transferStopped,
} from './work.ts'

/**
 * A client's part in one task, as a pure function. It never throws, asks for at most one training at a time, and
 * offers an update until it is acknowledged or its round is over; what must happen by time alone is due at `wakeAt`.
 */
export const participate = (state: Participation, event: ParticipationEvent): Step => {
  switch (state.phase) {
    case 'idle':
    case 'stopped':
      return event.type === 'join'
        ? connect(
            {
              phase: 'joined',
              task: event.task,
              ...(event.coordinator !== undefined && { coordinator: event.coordinator }),
              line: { is: 'down', attempt: 0, retryAt: event.at },
              work: event.pending ? goOnSubmitting(event.pending) : { is: 'none' },
              model: { is: 'held', newest: Math.max(state.newest, event.newest ?? 0) },
              session: undefined,
              last: undefined,
            },
            event,
          )
        : still(state)
    case 'joined':
      return whileJoined(state, event)
    default:
      return unreachable(state)
  }
}

const whileJoined = (joined: Joined, event: ParticipationEvent): Step => {
  switch (event.type) {
    case 'join':
      return still(joined)
    case 'leave':
      return leave(joined, event.forGood)
    case 'message':
      return event.untrusted === undefined
        ? hear(joined, event.message, event)
        : distrust(joined, event.message, event.untrusted)
    case 'line-closed':
      return still(loseLine(joined, event))
    case 'time-passed':
      return chain(
        keepLine(joined, event),
        (now) => keepWorking(now, event),
        (now) => keepFetchingModel(now, event),
      )
    case 'decided':
      return decide(joined, event.round, event.decision, event)
    case 'fetched':
      return fetched(joined, event.round, event)
    case 'fetch-stopped':
      return renewingSession(joined, event, transferStopped(joined, 'fetching', event, event))
    case 'progress':
      return progress(joined, event, event)
    case 'sealed':
      return sealed(joined, event)
    case 'training-failed':
      return trainingFailed(joined, event.round, event.reason, event.detail)
    case 'acknowledged':
      return acknowledged(joined, event.round)
    case 'session-moved':
      return sessionMoved(joined, event.round, event.step)
    case 'session-says':
      return sessionSays(joined, event.round, event.message)
    case 'session-ended':
      return sessionEnded(joined, event.round, event)
    case 'upload-stopped':
      return renewingSession(joined, event, transferStopped(joined, 'submitting', event, event))
    case 'model-fetched':
      return modelFetched(joined, event.version)
    case 'model-fetch-stopped':
      return renewingSession(joined, event, modelFetchStopped(joined, event.version, event.problem, event))
    default:
      return unreachable(event)
  }
}

const hear = (joined: Joined, message: CoordinatorMessage, moment: Moment): Step => {
  switch (message.type) {
    case 'challenge':
      return joined.line.is === 'connecting' ? answerChallenge(joined, message) : still(joined)
    case 'welcome':
      return joined.line.is === 'authenticating'
        ? chain(enter(joined, message, moment), resumeTransfer, resumeModelFetch)
        : still(joined)
    case 'refused':
      return joined.line.is === 'down' ? still(joined) : refused(joined, message, moment)
    case 'standby':
    case 'come-back':
    case 'invitation':
    case 'round-ended':
    case 'model-published':
    case 'secagg-roster':
    case 'secagg-bundles':
    case 'secagg-survivors':
    case 'secagg-confirmations':
      return joined.line.is === 'ready' ? hearOfWork(joined, message, moment) : still(joined)
    default:
      return unreachable(message)
  }
}

type WorkMessage = Exclude<CoordinatorMessage, { type: 'challenge' | 'welcome' | 'refused' }>

const hearOfWork = (joined: Joined, message: WorkMessage, moment: Moment): Step => {
  switch (message.type) {
    case 'standby':
      return message.task === joined.task ? still(standBy(joined)) : still(joined)
    case 'come-back':
      return message.task === joined.task ? rest(joined, message, moment) : still(joined)
    case 'invitation':
      return message.task === joined.task ? invite(standBy(joined), message, moment) : still(joined)
    case 'round-ended':
      return roundEnded(joined, message.round, message.outcome)
    case 'model-published':
      return message.task === joined.task
        ? hearOfModel({ ...joined, session: message.session }, message)
        : still(joined)
    case 'secagg-roster':
    case 'secagg-bundles':
    case 'secagg-survivors':
    case 'secagg-confirmations':
      return hearInSession(joined, message)
    default:
      return unreachable(message)
  }
}

const refused = (
  joined: Joined,
  { of, reason, detail = '' }: Extract<CoordinatorMessage, { type: 'refused' }>,
  moment: Moment,
): Step => {
  if (isStopReason(reason)) return stop(joined, reason, detail)
  switch (reason) {
    case 'not-authenticated':
      return hangUp(joined, moment)
    case 'unknown-round':
    case 'not-invited':
    case 'round-over':
      return refusedRound(joined, of)
    case 'malformed':
    case 'already-authenticated':
    case 'too-many-messages':
      return step(joined, {
        type: 'tell',
        notice: { type: 'problem', code: 'refused-message', detail: `${of}: ${reason} ${detail}`.trim() },
      })
    default:
      return unreachable(reason)
  }
}

/**
 * A refusal does not name its round, so only the answer to a check-in, of which one at most is open, ends one.
 * A refused accept may be for a round that has passed: asking again by check-in settles it. Other words need no answer.
 */
const refusedRound = (joined: Joined, of: string): Step => {
  if (joined.work.is === 'none') return still(joined)
  if (of === 'check-in') return endRound(joined, joined.work.invitation.round, { kind: 'closed' })
  return of === 'accept' ? checkIn(joined) : still(joined)
}

/** A session that was not accepted is replaced by a new line's. */
const renewingSession = (
  before: Joined,
  { problem, ...moment }: Moment & { problem: { kind: string } },
  after: Step,
): Step =>
  problem.kind === 'unauthenticated' && after.state !== before && before.line.is === 'ready'
    ? chain(after, (now) => hangUp(now, moment))
    : after
