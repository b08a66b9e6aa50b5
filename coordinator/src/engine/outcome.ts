import type { CoordinatorMessage } from '@tributary/protocols/messages'
import type { Round } from '../round/round.ts'

/** What a member is told of a round that no longer takes its update. */
export const outcomeOf = (round: Round): Extract<CoordinatorMessage, { type: 'round-ended' }>['outcome'] => {
  switch (round.phase) {
    case 'completed':
      return { kind: 'completed', version: round.version.version }
    case 'abandoned':
      return { kind: 'abandoned', reason: round.reason }
    default:
      return { kind: 'closed' }
  }
}
