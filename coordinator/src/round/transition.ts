import { ModelVersion, unreachable } from '@tributary/protocols'
import type { AbandonReason, RefusalReason } from '@tributary/protocols/messages'
import type { RoundEffect, RoundEvent } from './event.ts'
import type { Member } from './member.ts'
import type { RoundPolicy } from './policy.ts'
import type { Abandoned, Aggregating, OpenRound, Round, Selecting, Tally, Training } from './round.ts'

export type Decision =
  | { kind: 'changed'; round: Round; members: readonly Member[]; effects: readonly RoundEffect[] }
  /** The event says what is known already, or no longer matters: nothing to save, nothing to do. */
  | { kind: 'unchanged' }
  /** The event cannot be: whoever caused it is told why. */
  | { kind: 'refused'; reason: Extract<RefusalReason, 'round-over' | 'not-invited'> }

/** Law 1: the round is a pure function. */
export const transition = (round: Round, event: RoundEvent, policy: RoundPolicy): Decision => {
  if (event.type === 'abandon-requested')
    return isEnded(round) ? overOf(event) : abandon(round, event.reason, event.detail, event.at)
  switch (round.phase) {
    case 'selecting':
      return whileSelecting(round, event, policy)
    case 'training':
      return whileTraining(round, event, policy)
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
      return event.waiting >= round.wanted ? draw(round) : { kind: 'unchanged' }
    case 'time-passed':
      if (event.at < round.deadlineAt) return { kind: 'unchanged' }
      return event.waiting >= policy.quorum ? draw(round) : tooFew(round, event.waiting, policy, event.at)
    case 'cohort-drawn': {
      if (event.clients.length < policy.quorum)
        return event.at < round.deadlineAt
          ? { kind: 'unchanged' }
          : tooFew(round, event.clients.length, policy, event.at)
      const { phase: _, wanted: __, deadlineAt: ___, ...head } = round
      const training: Training = {
        ...head,
        phase: 'training',
        publicKey: event.publicKey,
        tally: { ...NOBODY, invited: event.clients.length },
        startedAt: event.at,
        deadlineAt: event.at + policy.trainingMs,
      }
      const members = event.clients.map((client): Member => ({ status: 'invited', round: round.id, client }))
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
      if (event.member.round !== round.id) return { kind: 'refused', reason: 'not-invited' }
      const member = memberAfter(event)
      if (!member) return { kind: 'unchanged' }
      const tally = recount(round.tally, event.member.status, member.status)
      return closeIfDecided({ ...round, tally }, [member], policy, event.at)
    }
    case 'time-passed':
      if (event.at < round.deadlineAt) return { kind: 'unchanged' }
      if (round.tally.received >= policy.quorum) return aggregate(round, [], event.at)
      return abandon(
        round,
        'no-quorum',
        `${round.tally.received} of at least ${policy.quorum} updates came before the deadline`,
        event.at,
      )
    default:
      return overOf(event)
  }
}

const whileAggregating = (round: Aggregating, event: RoundEvent): Decision => {
  switch (event.type) {
    case 'aggregated': {
      const { phase: _, startedAt: __, ...head } = round
      const version = ModelVersion.parse(round.base.version + 1)
      return changed(
        {
          ...head,
          phase: 'completed',
          version: { version, ...event.weights },
          examples: event.examples,
          metrics: event.metrics,
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
  const outstanding = invited - declined - failed - received
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

const aggregate = (round: Training, members: readonly Member[], at: number): Decision => {
  const { phase: _, publicKey: __, deadlineAt: ___, ...head } = round
  return changed({ ...head, phase: 'aggregating', startedAt: at }, members, [
    { type: 'close' },
    { type: 'aggregate' },
  ])
}

const abandon = (
  round: OpenRound,
  reason: AbandonReason,
  detail: string,
  at: number,
  members: readonly Member[] = [],
): Decision => {
  const { id, task, number, base, assignment, openedAt } = round
  const tally = round.phase === 'selecting' ? NOBODY : round.tally
  const abandoned: Abandoned = {
    phase: 'abandoned',
    id,
    task,
    number,
    base,
    assignment,
    openedAt,
    tally,
    reason,
    detail,
    endedAt: at,
    debts: 'owed',
  }
  return changed(abandoned, members, [{ type: 'settle' }])
}

type MemberEvent = Extract<RoundEvent, { member: Member }>

/** The member's row after the event, or `undefined` where it changes nothing. What was received stays received. */
const memberAfter = (event: MemberEvent): Member | undefined => {
  const { round, client, status } = event.member
  if (status === 'received') return undefined
  switch (event.type) {
    case 'accepted':
      return status === 'accepted' ? undefined : { status: 'accepted', round, client }
    case 'declined':
      return status === 'declined' ? undefined : { status: 'declined', round, client, reason: event.reason }
    case 'failed':
      return status === 'failed' ? undefined : { status: 'failed', round, client, reason: event.reason }
    case 'update-received':
      return { status: 'received', round, client, receipt: event.receipt }
    default:
      return unreachable(event)
  }
}

const NOBODY: Tally = { invited: 0, accepted: 0, declined: 0, failed: 0, received: 0 }

/** Moves one member from a column of the tally to another; `invited` counts the whole cohort and never changes. */
const recount = (tally: Tally, from: Member['status'], to: Member['status']): Tally => {
  const next = { ...tally }
  if (from !== 'invited') next[from] -= 1
  if (to !== 'invited') next[to] += 1
  return next
}

const isEnded = (round: Round): round is Exclude<Round, OpenRound> =>
  round.phase === 'completed' || round.phase === 'abandoned'

/** An event of a phase that has passed (or not begun): a member is told so, an effect's result is let go. */
const overOf = (event: RoundEvent): Decision =>
  'member' in event ? { kind: 'refused', reason: 'round-over' } : { kind: 'unchanged' }

const changed = (round: Round, members: readonly Member[], effects: readonly RoundEffect[]): Decision => ({
  kind: 'changed',
  round,
  members,
  effects,
})
