import { type ClientId, unreachable } from '@tributary/protocols'
import { type MemberView, type RoundDetail, type RoundView, timestampOf } from '@tributary/protocols/rest'
import type { Progress } from '../../live/progress.ts'
import { isAwaited, type Member } from '../../round/member.ts'
import type { Round, SecureTraining } from '../../round/round.ts'

export const roundView = (round: Round): RoundView => {
  const { id, task, number, base, assignment } = round
  const head = {
    id,
    task,
    number,
    base,
    assignment,
    openedAt: timestampOf(round.openedAt),
    ...(round.privacy && { privacy: round.privacy }),
    ...(round.clip !== undefined && { clip: round.clip }),
    ...(round.refines && { refines: round.refines }),
  }
  switch (round.phase) {
    case 'selecting':
      return {
        phase: round.phase,
        ...head,
        wanted: round.wanted,
        deadlineAt: timestampOf(round.deadlineAt),
      }
    case 'training':
      return {
        phase: round.phase,
        ...head,
        tally: round.tally,
        startedAt: timestampOf(round.startedAt),
        deadlineAt: timestampOf(round.deadlineAt),
      }
    case 'secure-training':
      return {
        phase: 'training',
        ...head,
        tally: round.tally,
        step: slowestStep(round),
        ...groupsView(round),
        startedAt: timestampOf(round.startedAt),
        deadlineAt: timestampOf(round.deadlineAt),
      }
    case 'aggregating':
      return { phase: round.phase, ...head, tally: round.tally, startedAt: timestampOf(round.startedAt) }
    case 'completed':
      return {
        phase: round.phase,
        ...head,
        tally: round.tally,
        version: round.version,
        examples: round.examples,
        metrics: round.metrics,
        ...(round.nextClip !== undefined && { nextClip: round.nextClip }),
        endedAt: timestampOf(round.endedAt),
      }
    case 'abandoned':
      return {
        phase: round.phase,
        ...head,
        tally: round.tally,
        reason: round.reason,
        detail: round.detail,
        endedAt: timestampOf(round.endedAt),
      }
    default:
      return unreachable(round)
  }
}

export const roundDetail = ({
  round,
  members,
  progress,
}: {
  round: Round
  members: readonly Member[]
  progress?: ReadonlyMap<ClientId, Progress>
}): RoundDetail => ({
  ...roundView(round),
  members: members.map((member) => memberView(member, progress)),
})

/** `progress`: what is known of members at work. */
export const memberView = (member: Member, progress: ReadonlyMap<ClientId, Progress> = NONE): MemberView => {
  const { client, invitation, acceptedAt, since } = member
  const invitedAt = member.invitedAt ?? invitation?.at
  const said = isAwaited(member) ? progress.get(client) : undefined
  const whose = {
    client,
    ...(invitation && { invitation: { round: invitation.round, version: invitation.base.version } }),
    ...(invitedAt !== undefined && { invitedAt: timestampOf(invitedAt) }),
    ...(acceptedAt !== undefined && { acceptedAt: timestampOf(acceptedAt) }),
    ...(since !== undefined && { since: timestampOf(since) }),
    ...(said && { progress: { ...said, at: timestampOf(said.at) } }),
  }
  switch (member.status) {
    case 'invited':
    case 'accepted':
      return { status: member.status, ...whose }
    case 'declined':
      return { status: member.status, ...whose, reason: member.reason }
    case 'failed':
      return { status: member.status, ...whose, reason: member.reason }
    case 'dropped':
      return { status: member.status, ...whose, reason: member.reason }
    case 'received': {
      const { receipt } = member
      const { bytes } = receipt
      const claimed =
        'masked' in receipt
          ? {}
          : {
              examples: receipt.examples,
              metrics: receipt.metrics,
              ...(receipt.norm !== undefined && { norm: receipt.norm }),
            }
      return {
        status: member.status,
        ...whose,
        bytes,
        ...claimed,
        receivedAt: timestampOf(receipt.receivedAt),
      }
    }
    default:
      return unreachable(member)
  }
}

/** Of a round from before groups said whom they had invited, it cannot be told. */
const groupsView = ({ groups }: SecureTraining) => {
  const shown = groups.flatMap(({ session, invited }) => {
    if (invited === undefined) return []
    const { phase, dropped, manifest } = session
    // One that sums waits for the others.
    const step = phase === 'summing' ? ('unmasking' as const) : phase
    return [{ step, clients: invited - dropped.length, threshold: manifest.cohort.least }]
  })
  return shown.length === groups.length ? { groups: shown } : {}
}

const NONE: ReadonlyMap<ClientId, Progress> = new Map()

const STEPS: readonly SecureTraining['groups'][number]['session']['phase'][] = [
  'advertising',
  'sharing',
  'masking',
  'confirming',
  'unmasking',
  'summing',
]

/** Of several groups, that of the one which has come least far. */
const slowestStep = ({ groups }: SecureTraining) => {
  const steps = new Set(groups.map(({ session }) => session.phase))
  const slowest = STEPS.find((step) => steps.has(step))
  if (!slowest || slowest === 'summing') throw new Error('a round whose groups all sum is aggregating')
  return slowest
}
