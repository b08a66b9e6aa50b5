/** A model that the pinned coordinator has not signed is neither trained from nor held. Rule S12. */
import type { CoordinatorMessage } from '@tributary/protocols/messages'
import { standBy } from './line.ts'
import { say } from './say.ts'
import type { Joined } from './state.ts'
import { type Step, step, still } from './step.ts'

/** Said as if nothing had been heard, but to the app; and to a coordinator that waits for an answer. */
export const distrust = (joined: Joined, message: CoordinatorMessage, detail: string): Step => {
  const isInvitation = message.type === 'invitation'
  if (!(isInvitation || message.type === 'model-published') || message.task !== joined.task)
    return still(joined)
  if (joined.line.is !== 'ready') return still(joined)
  const { work } = joined
  const isInIt = isInvitation && work.is !== 'none' && work.invitation.round === message.round
  return step(
    isInvitation ? standBy(joined) : joined,
    { type: 'tell', notice: { type: 'problem', code: 'untrusted-model', detail } },
    ...(isInvitation && !isInIt
      ? say(joined, { type: 'decline', round: message.round, reason: 'untrusted-model' })
      : []),
  )
}
