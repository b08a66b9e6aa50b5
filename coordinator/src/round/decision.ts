/** The pieces that decisions about a round are made of. */
import type { AbandonReason, RefusalReason } from '@tributary/protocols/messages'
import type { Row } from '@tributary/protocols/secagg'
import type { RoundEffect, RoundEvent } from './event.ts'
import type { Member } from './member.ts'
import type { Abandoned, OpenRound, Round, Training } from './round.ts'
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
  const { id, task, number, base, assignment, openedAt, privacy, clip, refines, buffer } = round
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
    ...(buffer && { buffer }),
    tally,
    reason,
    detail,
    endedAt: at,
    debts: 'owed',
  }
  return changed(abandoned, members, [{ type: 'settle' }])
}

/** Whoever a buffered round leaves at work goes on, and is told of no end. */
export const aggregate = (round: Training, members: readonly Member[], at: number): Decision => {
  const { phase: _, publicKey: __, deadlineAt: ___, ...head } = round
  return changed(
    { ...head, phase: 'aggregating', startedAt: at },
    members,
    round.buffer ? [{ type: 'aggregate' }] : [{ type: 'close' }, { type: 'aggregate' }],
  )
}

export const noQuorum = (round: Training, quorum: number, at: number): Decision =>
  abandon(
    round,
    'no-quorum',
    `${round.tally.received} of at least ${quorum} updates came before the deadline`,
    at,
  )

/** An event of a phase that has passed (or not begun): a member is told so, an effect's result is let go. */
export const overOf = (event: RoundEvent): Decision =>
  'member' in event ? { kind: 'refused', reason: 'round-over' } : { kind: 'unchanged' }

export const NOT_INVITED: Decision = { kind: 'refused', reason: 'not-invited' }
