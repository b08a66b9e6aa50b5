/** A round with secure aggregation: the session's own machine decides, and what it decides becomes the round's. */
import type { ClientId } from '@tributary/protocols'
import {
  beginServer,
  createRows,
  type Manifest,
  type OpenSession,
  type Rows,
  type SecaggAbandonReason,
  type ServerEvent,
  type ServerMeans,
  type Decision as SessionDecision,
  serverTransition,
} from '@tributary/protocols/secagg'
import { abandon, changed, type Decision, NOT_INVITED, overOf } from './decision.ts'
import type { RoundEffect, RoundEvent } from './event.ts'
import type { Member } from './member.ts'
import type { RoundPolicy } from './policy.ts'
import type { SecureTraining, Tally } from './round.ts'
import { memberAfter, NOBODY, recount } from './tally.ts'

/** What rests in rows beside a round's state, and the deterministic means of its session. */
export type Beside = {
  member(client: ClientId): Member | undefined
  rows: Rows
  means: ServerMeans
}

/** Of a round without a session. */
export const NOTHING_BESIDE: Beside = {
  member: () => undefined,
  rows: createRows(),
  means: {
    sign() {
      throw new Error('a round without a session signs nothing')
    },
  },
}

type Head = Pick<SecureTraining, 'id' | 'task' | 'number' | 'base' | 'assignment' | 'openedAt' | 'privacy'>

/** The cohort is drawn: its members are asked for their keys. */
export const beginSecure = (
  head: Head,
  { clients, publicKey, at }: Extract<RoundEvent, { type: 'cohort-drawn' }>,
  { manifest, seedPart }: { manifest: Manifest; seedPart: Uint8Array },
  members: readonly Member[],
  policy: RoundPolicy,
): Decision => {
  const { state } = beginServer({ manifest, invited: clients, seedPart })
  if (state.phase !== 'advertising') throw new Error('a session begins with advertising')
  const round: SecureTraining = {
    ...head,
    phase: 'secure-training',
    publicKey,
    tally: { ...NOBODY, invited: clients.length },
    session: state,
    startedAt: at,
    deadlineAt: at + msOfStep(state, policy),
  }
  return changed(round, members, [{ type: 'ask' }])
}

export const whileSecure = (
  round: SecureTraining,
  event: RoundEvent,
  policy: RoundPolicy,
  beside: Beside,
): Decision => {
  const run = (happened: ServerEvent) => serverTransition(round.session, happened, beside.rows, beside.means)
  switch (event.type) {
    case 'accepted': {
      if (event.member.round !== round.id) return NOT_INVITED
      const member = memberAfter(event)
      if (!member) return { kind: 'unchanged' }
      const tally = recount(round.tally, event.member.status, member.status)
      return changed({ ...round, tally }, [member], [])
    }
    case 'declined':
    case 'failed': {
      if (event.member.round !== round.id) return NOT_INVITED
      const member = memberAfter(event)
      if (!member) return { kind: 'unchanged' }
      return follow(round, run({ type: 'left', client: member.client }), {
        event,
        policy,
        beside,
        members: [member],
      })
    }
    case 'said-in-session': {
      const { member, message } = event
      if (member.round !== round.id) return NOT_INVITED
      if (member.status === 'dropped') return { kind: 'refused', reason: 'round-over' }
      const from = member.client
      const decided = run(
        message.type === 'malformed' ? { type: 'malformed', from } : { type: 'message', from, message },
      )
      const decision = follow(round, decided, { event, policy, beside, members: [] })
      const isOut = decided.effects.some((effect) => effect.type === 'dropped' && effect.client === from)
      return isOut && decision.kind === 'changed' ? { ...decision, refused: 'dropped' } : decision
    }
    case 'update-received': {
      const { member, receipt } = event
      if (member.round !== round.id) return NOT_INVITED
      if (member.status === 'received') return { kind: 'unchanged' }
      if (!('masked' in receipt) || round.session.phase !== 'masking')
        return { kind: 'refused', reason: 'round-over' }
      const decided = run({ type: 'message', from: member.client, message: receipt.masked })
      const isIn = decided.rows.some((row) => 'message' in row && row.message === receipt.masked)
      if (!isIn && decided.state === round.session) return { kind: 'refused', reason: 'round-over' }
      const received = memberAfter(event)
      const members = isIn && received ? [received] : []
      const decision = follow(round, decided, { event, policy, beside, members })
      return isIn || decision.kind !== 'changed' ? decision : { ...decision, refused: 'dropped' }
    }
    case 'time-passed':
      if (event.at < round.deadlineAt) return { kind: 'unchanged' }
      return follow(round, run({ type: 'deadline' }), { event, policy, beside, members: [] })
    default:
      return overOf(event)
  }
}

/** What the session decided, as a decision about its round. */
const follow = (
  round: SecureTraining,
  decided: SessionDecision,
  {
    event,
    policy,
    beside,
    members: answered,
  }: { event: RoundEvent; policy: RoundPolicy; beside: Beside; members: readonly Member[] },
): Decision => {
  const { state, rows, effects: asked } = decided
  if (state === round.session && answered.length === 0) return { kind: 'unchanged' }
  const members = [...answered, ...droppedOf(round, decided, answered, beside)]
  const tally = members.reduce<Tally>(
    (counted, { client, status }) => recount(counted, beside.member(client)?.status ?? 'invited', status),
    round.tally,
  )
  const effects: RoundEffect[] = asked.some(({ type }) => type === 'tell') ? [{ type: 'ask' }] : []
  const now = { ...round, tally }
  const { at } = event
  switch (state.phase) {
    case 'advertising':
    case 'sharing':
    case 'masking':
    case 'confirming':
    case 'unmasking': {
      const deadlineAt = state.phase === round.session.phase ? round.deadlineAt : at + msOfStep(state, policy)
      return changed({ ...now, session: state, deadlineAt }, members, effects, rows)
    }
    case 'summing': {
      const { phase: _, publicKey: __, deadlineAt: ___, session: ____, ...head } = now
      return changed(
        { ...head, phase: 'aggregating', session: state, startedAt: at },
        members,
        [{ type: 'close' }, { type: 'aggregate' }],
        rows,
      )
    }
    case 'abandoned': {
      const { reason, culprit } = state
      return abandon(now, reasonOf(reason), detailOf(state, culprit), at, members)
    }
    case 'completed':
      throw new Error('a session completes with its sum, when its round has gone on')
    default:
      return state satisfies never
  }
}

const droppedOf = (
  round: SecureTraining,
  { effects }: SessionDecision,
  answered: readonly Member[],
  beside: Beside,
): Member[] =>
  effects.flatMap((effect): Member[] => {
    if (effect.type !== 'dropped') return []
    const { client, reason } = effect
    const status =
      answered.find((member) => member.client === client)?.status ?? beside.member(client)?.status
    // What a client said itself stands; so does what was received of it.
    if (status !== 'invited' && status !== 'accepted') return []
    return [{ status: 'dropped', round: round.id, client, reason }]
  })

const msOfStep = ({ phase }: OpenSession, { stepMs, trainingMs }: RoundPolicy): number =>
  phase === 'masking' ? trainingMs : stepMs

const reasonOf = (reason: SecaggAbandonReason) =>
  reason === 'too-few-clients' ? 'cannot-reach-quorum' : reason === 'cancelled' ? 'operator' : reason

const detailOf = (
  { dropped, manifest, reason }: Extract<SessionDecision['state'], { phase: 'abandoned' }>,
  culprit: ClientId | undefined,
): string => {
  const lost = new Map<string, number>()
  for (const drop of dropped) lost.set(drop.reason, (lost.get(drop.reason) ?? 0) + 1)
  const why = Array.from(lost, ([word, clients]) => `${clients} ${word}`).join(', ')
  return [
    `the session ended: ${reason}`,
    ...(culprit ? [`client ${culprit} is to blame`] : []),
    ...(why ? [`dropped: ${why}`] : []),
    `at least ${manifest.cohort.least} clients are needed`,
  ].join('; ')
}
