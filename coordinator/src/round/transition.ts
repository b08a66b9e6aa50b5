import { ModelVersion, unreachable } from '@tributary/protocols'
import { beginBuffering, drawForBuffer, whileBuffering } from './buffering.ts'
import { abandon, aggregate, changed, type Decision, NOT_INVITED, noQuorum, overOf } from './decision.ts'
import type { RoundEvent } from './event.ts'
import type { Member } from './member.ts'
import type { RoundPolicy } from './policy.ts'
import type { Aggregating, OpenRound, Round, Selecting, Training } from './round.ts'
import { type Beside, beginSecure, NOTHING_BESIDE, whileSecure } from './secure-training.ts'
import { memberAfter, NOBODY, outstandingOf, recount } from './tally.ts'

/**
 * Law 1: the round is a pure function. `beside`: what rests in rows beside the state, for a secure round to decide by.
 */
export const transition = (
  round: Round,
  event: RoundEvent,
  policy: RoundPolicy,
  beside: Beside = NOTHING_BESIDE,
): Decision => {
  if (event.type === 'abandon-requested')
    return isEnded(round) ? overOf(event) : abandon(round, event.reason, event.detail, event.at)
  switch (round.phase) {
    case 'selecting':
      return whileSelecting(round, event, policy)
    case 'training':
      return round.buffer && policy.buffer
        ? whileBuffering(round, event, { ...policy, buffer: policy.buffer }, beside)
        : whileTraining(round, event, policy)
    case 'secure-training':
      return whileSecure(round, event, policy, beside)
    case 'aggregating':
      return whileAggregating(round, event)
    case 'completed':
    case 'abandoned':
      if (event.type !== 'settled' || round.debts === 'settled') return overOf(event)
      return { kind: 'changed', round: { ...round, debts: 'settled' }, members: [], effects: [] }
    default:
      return unreachable(round)
  }
}

const whileSelecting = (round: Selecting, event: RoundEvent, policy: RoundPolicy): Decision => {
  switch (event.type) {
    case 'clients-waiting':
      if (round.buffer) return drawForBuffer(round, event.waiting)
      return event.waiting >= round.wanted ? draw(round) : { kind: 'unchanged' }
    case 'time-passed':
      if (event.at < round.deadlineAt) return { kind: 'unchanged' }
      return event.waiting >= (round.buffer ? 1 : policy.quorum)
        ? draw(round)
        : tooFew(round, event.waiting, policy, event.at)
    case 'cohort-drawn': {
      if (round.buffer && policy.buffer)
        return beginBuffering(round, event, { ...policy, buffer: policy.buffer })
      if (event.clients.length < policy.quorum)
        return event.at < round.deadlineAt
          ? { kind: 'unchanged' }
          : tooFew(round, event.clients.length, policy, event.at)
      const { phase: _, wanted: __, deadlineAt: ___, ...head } = round
      const { at } = event
      const members = event.clients.map(
        (client): Member => ({ status: 'invited', round: round.id, client, invitedAt: at, since: at }),
      )
      if (event.secure) return beginSecure(head, event, event.secure, members, policy)
      const training: Training = {
        ...head,
        phase: 'training',
        publicKey: event.publicKey,
        tally: { ...NOBODY, invited: event.clients.length },
        startedAt: event.at,
        deadlineAt: event.at + policy.trainingMs,
      }
      return changed(training, members, [{ type: 'invite' }])
    }
    default:
      return overOf(event)
  }
}

const draw = (round: Selecting): Decision =>
  changed(round, [], [{ type: 'draw-cohort', count: round.wanted }])

const tooFew = (round: Selecting, waiting: number, policy: RoundPolicy, at: number): Decision =>
  abandon(
    round,
    'too-few-clients',
    `${waiting} of at least ${policy.quorum} clients were there when selection ended`,
    at,
  )

const whileTraining = (round: Training, event: RoundEvent, policy: RoundPolicy): Decision => {
  switch (event.type) {
    case 'accepted':
    case 'declined':
    case 'failed':
    case 'update-received': {
      if (event.member.round !== round.id) return NOT_INVITED
      const member = memberAfter(event)
      if (!member) return { kind: 'unchanged' }
      const tally = recount(round.tally, event.member.status, member.status)
      return closeIfDecided({ ...round, tally }, [member], policy, event.at)
    }
    case 'time-passed':
      if (event.at < round.deadlineAt) return { kind: 'unchanged' }
      if (round.tally.received >= policy.quorum) return aggregate(round, [], event.at)
      return noQuorum(round, policy.quorum, event.at)
    default:
      return overOf(event)
  }
}

const whileAggregating = (round: Aggregating, event: RoundEvent): Decision => {
  switch (event.type) {
    case 'aggregated': {
      const { phase: _, startedAt: __, sessions: ___, ...head } = round
      const version = ModelVersion.parse(round.base.version + 1)
      return changed(
        {
          ...head,
          phase: 'completed',
          version: { version, ...event.weights },
          ...(event.state && { state: event.state }),
          examples: event.examples,
          metrics: event.metrics,
          ...(event.nextClip !== undefined && { nextClip: event.nextClip }),
          endedAt: event.at,
          debts: 'owed',
        },
        [],
        [{ type: 'settle' }],
      )
    }
    case 'aggregation-refused':
      return abandon(round, event.reason, event.detail, event.at)
    default:
      return overOf(event)
  }
}

/** Aggregates once the target is met or everybody has answered; gives up once the quorum is out of reach. */
const closeIfDecided = (
  round: Training,
  members: readonly Member[],
  policy: RoundPolicy,
  at: number,
): Decision => {
  const { invited, declined, failed, received } = round.tally
  const outstanding = outstandingOf(round.tally)
  if (received >= policy.target || (outstanding === 0 && received >= policy.quorum))
    return aggregate(round, members, at)
  if (received + outstanding < policy.quorum)
    return abandon(
      round,
      'cannot-reach-quorum',
      `${declined} clients declined and ${failed} failed of ${invited}; ${policy.quorum} updates are needed`,
      at,
      members,
    )
  return changed(round, members, [])
}

const isEnded = (round: Round): round is Exclude<Round, OpenRound> =>
  round.phase === 'completed' || round.phase === 'abandoned'
