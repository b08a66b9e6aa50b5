import { type Instant, unreachable } from '@tributary/protocols'
import { leaveAt } from './session-work.ts'
import type { Joined, Participation } from './state.ts'
import { retryAt } from './transfer.ts'

/** When time alone changes the participation: the one timer that it needs. `undefined` when nothing waits for time. */
export const wakeAt = (state: Participation): Instant | undefined => {
  if (state.phase !== 'joined') return undefined
  const due = [lineDueAt(state), ...workDueAt(state), modelDueAt(state)].filter((at) => at !== undefined)
  return due.length === 0 ? undefined : Math.min(...due)
}

const lineDueAt = ({ line }: Joined): Instant | undefined => {
  switch (line.is) {
    case 'down':
      return line.retryAt
    case 'connecting':
    case 'authenticating':
      return line.giveUpAt
    case 'ready':
      return line.presence.is === 'resting' ? line.presence.until : undefined
    default:
      return unreachable(line)
  }
}

const workDueAt = ({ work }: Joined): (Instant | undefined)[] => {
  switch (work.is) {
    case 'none':
      return []
    case 'invited':
      return [work.deadlineAt]
    case 'training':
    case 'unmasking':
      return [leaveAt(work)]
    case 'fetching':
      return [work.deadlineAt, retryAt(work.transfer)]
    case 'submitting':
      return [retryAt(work.transfer)]
    default:
      return unreachable(work)
  }
}

const modelDueAt = ({ model }: Joined): Instant | undefined =>
  model.is === 'fetching' ? retryAt(model.transfer) : undefined
