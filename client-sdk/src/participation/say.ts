import type { RoundId } from '@tributary/protocols'
import type { ClientMessage } from '@tributary/protocols/messages'
import type { Effect } from './effect.ts'
import type { Joined } from './state.ts'
import { type Step, step, still } from './step.ts'

/** A message, if the line is one that carries it. Without a line nothing is said: the next one begins with a check-in. */
export const say = ({ line }: Joined, message: ClientMessage): Effect[] =>
  line.is === 'ready' ? [{ type: 'send', message }] : []

/** Says that this client is there for its task, and which round it is in. */
export const checkIn = (joined: Joined): Step => {
  const { work } = joined
  return checkInFor(joined, work.is === 'none' ? undefined : work.invitation.round)
}

/** As `checkIn`, on a new line: a round that has the update may have ended unheard while the last one was lost. */
export const checkInAgain = (joined: Joined): Step => {
  const { work, last } = joined
  return work.is === 'none' && last?.outcome.kind === 'acknowledged'
    ? checkInFor(joined, last.round)
    : checkIn(joined)
}

const checkInFor = (joined: Joined, round: RoundId | undefined): Step => {
  const { line, task } = joined
  if (line.is !== 'ready') return still(joined)
  return step(
    { ...joined, line: { ...line, presence: { is: 'checking-in' } } },
    ...say(joined, { type: 'check-in', task, ...(round ? { round } : {}) }),
  )
}
