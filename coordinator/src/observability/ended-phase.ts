import type { Instant } from '@tributary/protocols'
import { isOpen, type OpenRound, type Round } from '../round/round.ts'

/** Something that began and ended, by the coordinator's clock. */
export type Lasted<Name extends string = string> = { name: Name; startedAt: Instant; endedAt: Instant }

/**
 * The phase of a round that ended between two of its saves, if one did. It follows from what was saved alone: a process that takes a round
 * over knows as much of it as the one that began it.
 */
export const phaseThatEnded = (before: Round, after: Round): Lasted<OpenRound['phase']> | undefined => {
  if (!isOpen(before) || before.phase === after.phase) return undefined
  return { name: before.phase, startedAt: beganAt(before), endedAt: leftAt(after) }
}

/** When the phase began that the round is in. */
const beganAt = (round: OpenRound): Instant =>
  round.phase === 'selecting' ? round.openedAt : round.startedAt

/** When the round came to this state from another phase. */
export const leftAt = (round: Round): Instant => ('endedAt' in round ? round.endedAt : beganAt(round))
