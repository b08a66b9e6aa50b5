import { type Instant, type RoundId, unreachable } from '@tributary/protocols'
import type { Joined, Participation, RestReason } from './state.ts'

/** A participation in a few words, for people to watch. */
export type Status =
  | { is: 'idle' | 'stopped' | 'connecting' }
  /** On the line. `resting` says why no invitation is to be expected before `until`. */
  | { is: 'waiting'; resting?: { reason: RestReason; until: Instant } }
  /** `online` is false while the line is lost, which work does not wait for. */
  | { is: 'invited' | 'fetching' | 'training' | 'submitting' | 'unmasking'; round: RoundId; online: boolean }

export const statusOf = (state: Participation): Status => {
  if (state.phase !== 'joined') return { is: state.phase }
  const { line, work } = state
  if (work.is !== 'none') return { is: work.is, round: work.invitation.round, online: line.is === 'ready' }
  switch (line.is) {
    case 'down':
    case 'connecting':
    case 'authenticating':
      return { is: 'connecting' }
    case 'ready': {
      if (line.presence.is !== 'resting') return { is: 'waiting' }
      const { reason, until } = line.presence
      return { is: 'waiting', resting: { reason, until } }
    }
    default:
      return unreachable(line)
  }
}

/** The coordinator has this client for the task: it has answered that it waits, rests or is invited. */
export const isOnCall = ({ line }: Joined): boolean =>
  line.is === 'ready' && line.presence.is !== 'checking-in'

/** Between two attempts at a line. */
export const hasNoLine = ({ line }: Joined): boolean => line.is === 'down' && line.attempt > 0
