/** Follows what other instances of this client do: what each says makes this one read again, and nothing more. */
import { type TaskId, unreachable } from '@tributary/protocols'
import type { Siblings } from '../ports/siblings.ts'
import type { Device } from './device.ts'
import { onceAtATime } from './once-at-a-time.ts'
import { SiblingWord } from './sibling-words.ts'

/** Reads once at the beginning too: something may have been said before anybody listened. The function that is returned ends it. */
export const hearSiblings = (
  siblings: Pick<Siblings, 'hear'>,
  { consent, clients }: Pick<Device, 'clients'> & { consent: Pick<Device['consent'], 'look'> },
): (() => void) => {
  // Consent is read again before anything rests on it, so that nothing hangs on a reading that failed.
  const look = onceAtATime(() => consent.look().catch(() => undefined))
  const renewals = new Map<TaskId, () => void>()
  const renew = (task: TaskId) => {
    if (!clients.has(task)) return
    const renewal = renewals.get(task) ?? onceAtATime(async () => clients.get(task)?.renew())
    renewals.set(task, renewal)
    renewal()
  }
  look()
  return siblings.hear((heard) => {
    const word = SiblingWord.safeParse(heard).data
    switch (word?.type) {
      case undefined:
        return
      case 'consent':
        return look()
      case 'model':
        return renew(word.task)
      default:
        return unreachable(word)
    }
  })
}
