/** Members and how they are counted. */
import { unreachable } from '@tributary/protocols'
import type { RoundEvent } from './event.ts'
import { keyOf, type Member } from './member.ts'
import type { Tally } from './round.ts'

type MemberEvent = Exclude<Extract<RoundEvent, { member: Member }>, { type: 'said-in-session' }>

/** The member's row after the event, or `undefined` where it changes nothing. What was received stays received. */
export const memberAfter = (event: MemberEvent): Member | undefined => {
  const { status } = event.member
  const key = { ...keyOf(event.member), since: event.at }
  if (status === 'received' || status === 'dropped') return undefined
  switch (event.type) {
    case 'accepted':
      return status === 'accepted' ? undefined : { status: 'accepted', ...key, acceptedAt: event.at }
    case 'declined':
      return status === 'declined' ? undefined : { status: 'declined', ...key, reason: event.reason }
    case 'failed':
      return status === 'failed' ? undefined : { status: 'failed', ...key, reason: event.reason }
    case 'update-received':
      return { status: 'received', ...key, receipt: event.receipt }
    default:
      return unreachable(event)
  }
}

export const NOBODY: Tally = { invited: 0, accepted: 0, declined: 0, failed: 0, received: 0 }

/** Members of whom nothing final is known. */
export const outstandingOf = ({ invited, declined, failed, received }: Tally): number =>
  invited - declined - failed - received

/** The tally of a round that begins with these members. */
export const tallyOf = (members: readonly Member[]): Tally =>
  members.reduce((tally, { status }) => recount(tally, 'invited', status), {
    ...NOBODY,
    invited: members.length,
  })

/** Moves one member from a column of the tally to another; `invited` counts the whole cohort and never changes. */
export const recount = (tally: Tally, from: Member['status'], to: Member['status']): Tally => {
  const next = { ...tally }
  if (from !== 'invited') next[columnOf(from)] -= 1
  if (to !== 'invited') next[columnOf(to)] += 1
  return next
}

/** Who was dropped from a session has failed the round. */
const columnOf = (status: Exclude<Member['status'], 'invited'>): keyof Tally =>
  status === 'dropped' ? 'failed' : status
