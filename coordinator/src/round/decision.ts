/** The pieces that decisions about a round are made of. */
import type { AbandonReason, RefusalReason } from '@tributary/protocols/messages'
import type { Row } from '@tributary/protocols/secagg'
import type { RoundEffect, RoundEvent } from './event.ts'
import type { Member } from './member.ts'
import type { Abandoned, OpenRound, Round } from './round.ts'
import { NOBODY } from './tally.ts'

export type Decision =
  | {
      kind: 'changed'
      round: Round
      members: readonly Member[]
      effects: readonly RoundEffect[]
      /** New rows of a secure round's session. */
      rows?: readonly Row[]
      /** What was asked is not done, and that it was asked has changed the round: whoever asked is told why. */
      refused?: 'dropped'
    }
  /** The event says what is known already, or no longer matters: nothing to save, nothing to do. */
  | { kind: 'unchanged' }
  /** The event cannot be: whoever caused it is told why. */
  | { kind: 'refused'; reason: Extract<RefusalReason, 'round-over' | 'not-invited'> }

export const changed = (
  round: Round,
  members: readonly Member[],
  effects: readonly RoundEffect[],
  rows: readonly Row[] = [],
): Decision => ({ kind: 'changed', round, members, effects, ...(rows.length > 0 && { rows }) })

export const abandon = (
  round: OpenRound,
  reason: AbandonReason,
  detail: string,
  at: number,
  members: readonly Member[] = [],
): Decision => {
  const { id, task, number, base, assignment, openedAt, privacy, clip, refines } = round
  const tally = round.phase === 'selecting' ? NOBODY : round.tally
  const abandoned: Abandoned = {
    phase: 'abandoned',
    id,
    task,
    number,
    base,
    assignment,
    openedAt,
    ...(privacy && { privacy }),
    // The round after this one clips to the same.
    ...(clip !== undefined && { clip }),
    ...(refines && { refines }),
    tally,
    reason,
    detail,
    endedAt: at,
    debts: 'owed',
  }
  return changed(abandoned, members, [{ type: 'settle' }])
}

/** An event of a phase that has passed (or not begun): a member is told so, an effect's result is let go. */
export const overOf = (event: RoundEvent): Decision =>
  'member' in event ? { kind: 'refused', reason: 'round-over' } : { kind: 'unchanged' }

export const NOT_INVITED: Decision = { kind: 'refused', reason: 'not-invited' }
