import type { ClientMessage } from '@tributary/protocols/messages'
import type { Effect } from './effect.ts'
import type { Joined } from './state.ts'
import { type Step, step, still } from './step.ts'

/** A message, if the line is one that carries it. Without a line nothing is said: the next one begins with a check-in. */
export const say = ({ line }: Joined, message: ClientMessage): Effect[] =>
  line.is === 'ready' ? [{ type: 'send', message }] : []

/** Says that this client is there for its task, and which round it is in. */
export const checkIn = (joined: Joined): Step => {
  const { line, task, work } = joined
  if (line.is !== 'ready') return still(joined)
  const round = work.is === 'none' ? {} : { round: work.invitation.round }
  return step(
    { ...joined, line: { ...line, presence: { is: 'checking-in' } } },
    ...say(joined, { type: 'check-in', task, ...round }),
  )
}
