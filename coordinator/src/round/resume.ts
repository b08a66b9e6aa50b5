import { unreachable } from '@tributary/protocols'
import type { RoundEffect } from './event.ts'
import type { Round } from './round.ts'

/**
 * What a restarted process still owes, from saved state alone (law 4). Timers follow from `deadlineOf`.
 * Every effect named here may have run before, in part or in whole.
 */
export const resume = (round: Round): readonly RoundEffect[] => {
  switch (round.phase) {
    case 'selecting':
      // Whom a buffered round takes over is at work already: nobody has to come first.
      return round.buffer?.follows ? [{ type: 'draw-cohort', count: round.wanted }] : []
    case 'training':
      return round.buffer ? [{ type: 'close' }, { type: 'invite' }] : [{ type: 'invite' }]
    case 'secure-training':
      return [{ type: 'ask' }]
    case 'aggregating':
      return round.buffer ? [{ type: 'aggregate' }] : [{ type: 'close' }, { type: 'aggregate' }]
    case 'completed':
    case 'abandoned':
      return round.debts === 'owed' ? [{ type: 'settle' }] : []
    default:
      return unreachable(round)
  }
}
