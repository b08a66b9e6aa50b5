/** A round with secure aggregation: the session's own machine decides, and what it decides becomes the round's. */
import type { ClientId } from '@tributary/protocols'
import {
  beginServer,
  createRows,
  type Manifest,
  type Row,
  type Rows,
  rowsOfGroup,
  type SecaggAbandonReason,
  type ServerEvent,
  type ServerMeans,
  type Decision as SessionDecision,
  type Summing,
  serverTransition,
} from '@tributary/protocols/secagg'
import { abandon, changed, type Decision, NOT_INVITED, overOf } from './decision.ts'
import type { RoundEffect, RoundEvent } from './event.ts'
import { isAwaited, keyOf, type Member } from './member.ts'
import type { RoundPolicy } from './policy.ts'
import type { Group, SecureTraining, Tally } from './round.ts'
import { divide, groupOf, groupWith } from './secure-groups.ts'
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

/** The cohort is drawn: its members are asked for their keys, each group in a session of its own. */
export const beginSecure = (
  head: Head,
  { clients, publicKey, at }: Extract<RoundEvent, { type: 'cohort-drawn' }>,
  secure: readonly { manifest: Manifest; seedPart: Uint8Array }[],
  members: readonly Member[],
  policy: RoundPolicy,
): Decision => {
  const division = divide({ id: head.id, publicKey }, clients, secure.length)
  const groups = secure.map(({ manifest, seedPart }, index): Group => {
    const invited = division.groups[index] ?? []
    const { state } = beginServer({ manifest, invited, seedPart })
    if (state.phase !== 'advertising') throw new Error('a session begins with advertising')
    return { session: state, invited: invited.length, deadlineAt: at + msOfStep(state, policy) }
  })
  const round: SecureTraining = {
    ...head,
    phase: 'secure-training',
    publicKey,
    tally: { ...NOBODY, invited: clients.length },
    groups,
    bounds: division.bounds,
    startedAt: at,
    deadlineAt: firstOf(groups),
  }
  return changed(round, members, [{ type: 'ask' }])
}

export const whileSecure = (
  round: SecureTraining,
  event: RoundEvent,
  policy: RoundPolicy,
  beside: Beside,
): Decision => {
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
      const { client, status } = event.member
      const member = memberAfter(event)
      if (!member && !(status === 'received' && isListClosed(groupWith(round, client).session)))
        return { kind: 'unchanged' }
      const step = stepFor(round, client, { type: 'left', client }, beside)
      return follow(round, [step], { event, policy, beside, members: member ? [member] : [] })
    }
    case 'said-in-session': {
      const { member, message } = event
      if (member.round !== round.id) return NOT_INVITED
      if (member.status === 'dropped') return { kind: 'refused', reason: 'round-over' }
      const from = member.client
      const step = stepFor(
        round,
        from,
        message.type === 'malformed' ? { type: 'malformed', from } : { type: 'message', from, message },
        beside,
      )
      const decision = follow(round, [step], { event, policy, beside, members: [] })
      const isOut = step.decided.effects.some((effect) => effect.type === 'dropped' && effect.client === from)
      return isOut && decision.kind === 'changed' ? { ...decision, refused: 'dropped' } : decision
    }
    case 'update-received': {
      const { member, receipt } = event
      if (member.round !== round.id) return NOT_INVITED
      if (member.status === 'received') return { kind: 'unchanged' }
      const { session } = groupWith(round, member.client)
      if (!('masked' in receipt) || session.phase !== 'masking')
        return { kind: 'refused', reason: 'round-over' }
      const happened = { type: 'message', from: member.client, message: receipt.masked } as const
      const step = stepFor(round, member.client, happened, beside)
      const isIn = step.decided.rows.some((row) => 'message' in row && row.message === receipt.masked)
      if (!isIn && step.decided.state === session) return { kind: 'refused', reason: 'round-over' }
      const received = memberAfter(event)
      const members = isIn && received ? [received] : []
      const decision = follow(round, [step], { event, policy, beside, members })
      return isIn || decision.kind !== 'changed' ? decision : { ...decision, refused: 'dropped' }
    }
    case 'time-passed': {
      const due = round.groups.flatMap(({ session, deadlineAt }, group) =>
        session.phase !== 'summing' && event.at >= deadlineAt ? [group] : [],
      )
      const steps = due.map((group) => stepOfGroup(round, group, { type: 'deadline' }, beside))
      return follow(round, steps, { event, policy, beside, members: [] })
    }
    default:
      return overOf(event)
  }
}

/** Whether who leaves stays in the sum. Before, its session would go on without its vector, though that was acknowledged. */
const isListClosed = ({ phase }: Group['session']): boolean => phase === 'confirming' || phase === 'unmasking'

/** What one group's session decided. */
type Step = { group: number; decided: SessionDecision }

const stepOfGroup = (round: SecureTraining, group: number, happened: ServerEvent, beside: Beside): Step => {
  const { session } = round.groups[group] ?? {}
  if (!session) throw new Error(`${round.id} has no group ${group}`)
  return {
    group,
    decided: serverTransition(session, happened, rowsOfGroup(beside.rows, group), beside.means),
  }
}

const stepFor = (round: SecureTraining, client: ClientId, happened: ServerEvent, beside: Beside): Step =>
  stepOfGroup(round, groupOf(round, client), happened, beside)

/** What sessions decided, as a decision about their round: it sums when every group can, and ends where one cannot. */
const follow = (
  round: SecureTraining,
  steps: readonly Step[],
  {
    event,
    policy,
    beside,
    members: answered,
  }: { event: RoundEvent; policy: RoundPolicy; beside: Beside; members: readonly Member[] },
): Decision => {
  const { at } = event
  const moved = steps.filter(({ group, decided }) => decided.state !== round.groups[group]?.session)
  if (moved.length === 0 && answered.length === 0) return { kind: 'unchanged' }
  const decisions = moved.map(({ decided }) => decided)
  const members = [
    ...answered,
    ...decisions.flatMap((decided) => droppedOf(decided, { answered, beside, at })),
  ]
  const tally = members.reduce<Tally>(
    (counted, { client, status }) => recount(counted, beside.member(client)?.status ?? 'invited', status),
    round.tally,
  )
  const now = { ...round, tally, groups: [...round.groups] }
  for (const { group, decided } of moved) {
    const { state } = decided
    switch (state.phase) {
      case 'advertising':
      case 'sharing':
      case 'masking':
      case 'confirming':
      case 'unmasking':
      case 'summing': {
        const before = round.groups[group]
        const isSame = before?.session.phase === state.phase || state.phase === 'summing'
        now.groups[group] = {
          ...before,
          session: state,
          deadlineAt: before && isSame ? before.deadlineAt : at + msOfStep(state, policy),
        }
        break
      }
      case 'abandoned':
        return abandon(now, reasonOf(state.reason), detailOf(state, state.culprit), at, members)
      case 'completed':
        throw new Error('a session completes with its sum, when its round has gone on')
      default:
        return state satisfies never
    }
  }
  const rows = decisions.flatMap((decided) => decided.rows)
  const sessions = now.groups.map(({ session }) => session)
  if (sessions.every((session) => session.phase === 'summing'))
    return sum(now, sessions, { at, policy, members, rows })
  const asks = decisions.some(({ effects }) => effects.some(({ type }) => type === 'tell'))
  const effects: RoundEffect[] = asks ? [{ type: 'ask' }] : []
  return changed({ ...now, deadlineAt: firstOf(now.groups) }, members, effects, rows)
}

/** Every group has what opens its sum: together they are to be enough. */
const sum = (
  round: SecureTraining,
  sessions: readonly Summing[],
  {
    at,
    policy,
    members,
    rows,
  }: { at: number; policy: RoundPolicy; members: readonly Member[]; rows: readonly Row[] },
): Decision => {
  const { received } = round.tally
  if (received < policy.quorum)
    return abandon(
      round,
      'no-quorum',
      `${received} of at least ${policy.quorum} updates came, in ${sessions.length} groups`,
      at,
      members,
    )
  const { phase: _, publicKey: __, deadlineAt: ___, groups: ____, bounds: _____, ...head } = round
  return changed(
    { ...head, phase: 'aggregating', sessions: [...sessions], startedAt: at },
    members,
    [{ type: 'close' }, { type: 'aggregate' }],
    rows,
  )
}

/** The next deadline among sessions that still wait for anybody. */
const firstOf = (groups: readonly Group[]): number =>
  groups.reduce(
    (first, { session, deadlineAt }) => (session.phase === 'summing' ? first : Math.min(first, deadlineAt)),
    Infinity,
  )

const droppedOf = (
  { effects }: SessionDecision,
  { answered, beside, at }: { answered: readonly Member[]; beside: Beside; at: number },
): Member[] =>
  effects.flatMap((effect): Member[] => {
    if (effect.type !== 'dropped') return []
    const { client, reason } = effect
    const member = answered.find((one) => one.client === client) ?? beside.member(client)
    // What a client said itself stands; so does what was received of it.
    if (!member || !isAwaited(member)) return []
    return [{ status: 'dropped', ...keyOf(member), reason, since: at }]
  })

/** When the step began that a group's session is in. */
export const stepBeganAt = ({ session, deadlineAt }: Group, policy: RoundPolicy): number =>
  deadlineAt - msOfStep(session, policy)

const msOfStep = ({ phase }: Group['session'], { stepMs, trainingMs }: RoundPolicy): number =>
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
