/**
 * A round of a buffered task (FedBuff: Nguyen, Malik, Zhan, Yousefpour, Rabbat, Malek and Huba 2022). It is a buffer: updates are counted until there
 * are `target` of them, and make one version. Clients are invited as they become free, each to what is then the newest version; whoever is still at work
 * when the buffer is full is taken over by the round after it, as long as what it trains from is no more than the bound behind.
 */
import { abandon, aggregate, changed, type Decision, NOT_INVITED, noQuorum, overOf } from './decision.ts'
import type { RoundEvent } from './event.ts'
import { isAwaited, keyOf, type Member } from './member.ts'
import type { RoundPolicy } from './policy.ts'
import type { Selecting, Training } from './round.ts'
import type { Beside } from './secure-training.ts'
import { memberAfter, outstandingOf, recount, tallyOf } from './tally.ts'

type Buffered = RoundPolicy & Required<Pick<RoundPolicy, 'buffer'>>
type Drawn = Extract<RoundEvent, { type: 'cohort-drawn' }>

/** Nobody is waited for: one that is free is enough to begin with, and whoever is taken over is at work already. */
export const drawForBuffer = (round: Selecting, waiting: number): Decision =>
  waiting > 0 || round.buffer?.follows
    ? changed(round, [], [{ type: 'draw-cohort', count: round.wanted }])
    : { kind: 'unchanged' }

export const beginBuffering = (round: Selecting, event: Drawn, policy: Buffered): Decision => {
  const carried = event.carried ?? []
  const atWork = carried.flatMap((member) => takenOver(round, member, event.at, policy))
  const known = new Set(carried.map(({ client }) => client))
  const invited = event.clients
    .filter((client) => !known.has(client))
    .slice(0, Math.max(0, policy.buffer.concurrency - atWork.length))
    .map((client): Member => invite(round, client, event))
  // Whoever is not taken over can be invited anew once the round has begun.
  if (carried.length + invited.length === 0)
    return event.at < round.deadlineAt
      ? { kind: 'unchanged' }
      : abandon(round, 'too-few-clients', 'no client was there when selection ended', event.at)
  const { phase: _, wanted: __, deadlineAt: ___, ...head } = round
  const members = [...atWork, ...invited]
  const training: Training = {
    ...head,
    phase: 'training',
    publicKey: event.publicKey,
    tally: tallyOf(members),
    startedAt: event.at,
    deadlineAt: event.at + policy.trainingMs,
  }
  return changed(training, members, [{ type: 'close' }, { type: 'invite' }, ...drawIfRoom(training, policy)])
}

export const whileBuffering = (
  round: Training,
  event: RoundEvent,
  policy: Buffered,
  { member: memberOf }: Pick<Beside, 'member'>,
): Decision => {
  switch (event.type) {
    case 'clients-waiting':
      return event.waiting > 0 && roomIn(round, policy) > 0
        ? changed(round, [], drawIfRoom(round, policy))
        : { kind: 'unchanged' }
    case 'cohort-drawn': {
      const members = event.clients
        .filter((client) => !memberOf(client))
        .slice(0, roomIn(round, policy))
        .map((client) => invite(round, client, event))
      if (members.length === 0) return { kind: 'unchanged' }
      const tally = { ...round.tally, invited: round.tally.invited + members.length }
      return changed({ ...round, tally }, members, [{ type: 'invite' }])
    }
    case 'accepted':
    case 'declined':
    case 'failed':
    case 'update-received': {
      if (event.member.round !== round.id) return NOT_INVITED
      const member = memberAfter(event)
      if (!member) return { kind: 'unchanged' }
      const tally = recount(round.tally, event.member.status, member.status)
      return fullOrGoesOn({ ...round, tally }, member, policy, event.at)
    }
    case 'time-passed':
      if (event.at < round.deadlineAt) return { kind: 'unchanged' }
      return round.tally.received >= policy.quorum
        ? aggregate(round, [], event.at)
        : noQuorum(round, policy.quorum, event.at)
    default:
      return overOf(event)
  }
}

/** Whether every client is a member, as far as the policy knows of them: more may have been enrolled since it was made. */
export const hasEveryone = ({ tally }: Training, { buffer }: Pick<Buffered, 'buffer'>): boolean =>
  tally.invited >= buffer.registered

/** The buffer is emptied once it is full, or once nobody is left who could add to it. */
const fullOrGoesOn = (round: Training, member: Member, policy: Buffered, at: number): Decision => {
  const { received, invited } = round.tally
  if (received >= policy.target) return aggregate(round, [member], at)
  if (outstandingOf(round.tally) > 0 || !hasEveryone(round, policy))
    return changed(round, [member], isAwaited(member) ? [] : drawIfRoom(round, policy))
  if (received >= policy.quorum) return aggregate(round, [member], at)
  return abandon(
    round,
    'cannot-reach-quorum',
    `all ${invited} clients have answered, ${received} with an update; ${policy.quorum} updates are needed`,
    at,
    [member],
  )
}

/** Places for clients that are free. */
const roomIn = ({ tally }: Training, { buffer }: Buffered): number =>
  Math.max(0, buffer.concurrency - outstandingOf(tally))

const drawIfRoom = (round: Training, policy: Buffered) => {
  const count = roomIn(round, policy)
  return count > 0 ? [{ type: 'draw-cohort' as const, count }] : []
}

const invite = (
  { id, base }: Selecting | Training,
  client: Member['client'],
  { publicKey, at }: Drawn,
): Member => ({
  status: 'invited',
  round: id,
  client,
  invitation: { round: id, base, publicKey, at },
  since: at,
})

/** The row of one that the round before has left at work; none where its time is over, or what it trains from is too old. */
const takenOver = (
  { id, base, buffer: line }: Selecting,
  member: Member,
  at: number,
  { buffer, trainingMs }: Buffered,
): Member[] => {
  const { invitation } = member
  if (!invitation || !isAwaited(member)) throw new Error(`${member.client} is not at work in ${member.round}`)
  const isOfLine = line !== undefined && invitation.base.version >= line.since
  const isStale = base.version - invitation.base.version > buffer.staleness.most
  if (!isOfLine || isStale || invitation.at + trainingMs <= at) return []
  const { since } = member
  const key = { ...keyOf(member), round: id, ...(since !== undefined && { since }) }
  return [member.status === 'accepted' ? { status: 'accepted', ...key } : { status: 'invited', ...key }]
}
