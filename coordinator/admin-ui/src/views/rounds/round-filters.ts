import type { RoundView } from '@tributary/protocols/rest'
import { isOpen } from '../../live/after-events.ts'

/** Rounds as an address asks for them: `open`, `completed` or `abandoned`; any other word asks for all. */
export const ROUND_FILTERS = ['all', 'open', 'completed', 'abandoned'] as const

export const roundsAs = (filter: string, rounds: readonly RoundView[]): readonly RoundView[] => {
  if (filter === 'open') return rounds.filter(isOpen)
  if (filter === 'completed' || filter === 'abandoned') return rounds.filter(({ phase }) => phase === filter)
  return rounds
}
