import type { ClientId } from '@tributary/protocols'
import type { Decision } from '../round/decision.ts'
import type { RoundEvent } from '../round/event.ts'
import type { Member } from '../round/member.ts'

type Untimed<Event> = Event extends { member: Member }
  ? Omit<Event, 'member' | 'at'> & { client: ClientId }
  : Omit<Event, 'at'>

/**
 * What a caller says happened to a round, as plain values: the engine adds the time and, where it concerns a member,
 * the member's row.
 */
export type Happening = Untimed<RoundEvent>

/** What came of it. A member is refused with the word that the protocol has for it. */
export type Outcome =
  | { kind: 'changed' }
  | { kind: 'unchanged' }
  | { kind: 'refused'; reason: Extract<Decision, { kind: 'refused' }>['reason'] | 'dropped' }

/** The event that a happening is, or `undefined` where it concerns a client that is no member. */
export const eventOf = (
  happening: Happening,
  at: number,
  member: Member | undefined,
): RoundEvent | undefined => {
  if (!('client' in happening)) return { ...happening, at }
  const { client: _, ...rest } = happening
  return member && { ...rest, member, at }
}

export const outcomeOf = (decision: Decision): Outcome => {
  if (decision.kind !== 'changed') return decision
  return decision.refused ? { kind: 'refused', reason: decision.refused } : { kind: 'changed' }
}
