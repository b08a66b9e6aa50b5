/** What comes on a line, checked: messages of plain rounds at once, those of secure rounds by schemas that are loaded when the first comes. */
import { problemText } from '@tributary/protocols'
import type { CoordinatorMessage } from '@tributary/protocols/messages'
import { PlainCoordinatorMessage } from '@tributary/protocols/plain-round'
import { lazily } from '../participation/lazily.ts'
import { messageOf } from '../tributary-error.ts'

type Told = {
  message(message: CoordinatorMessage): void
  malformed(detail: string): void
  /** The schemas could not be loaded: there is no network, or an app of another version at the address. */
  failed(reason: string): void
}

/** More that waits for the schemas is no coordinator's doing. */
const MOST_WAITING = 1_000
/** As long as a message may be: whoever sends what is none may send mistakes without end. */
const LONGEST_DETAIL = 1_000

export const loadMessages = lazily(() => import('./coordinator-messages.ts'))

/** Takes what was received, and tells of it in the order in which it came. What the plain schema does not take, the whole one judges. */
export const createMessageReader = ({ message, malformed, failed }: Told): ((received: unknown) => void) => {
  let whole: Awaited<ReturnType<typeof loadMessages>>['CoordinatorMessage'] | undefined
  let waiting: unknown[] | undefined
  const read = (received: unknown): void => {
    if (waiting) {
      waiting.push(received)
      if (waiting.length > MOST_WAITING) failed('too many messages')
      return
    }
    const plain = PlainCoordinatorMessage.safeParse(received)
    const other = plain.success ? plain : whole?.safeParse(received)
    if (!other) wait(received)
    else if (other.success) message(other.data)
    else malformed(problemText(other.error).slice(0, LONGEST_DETAIL))
  }
  const wait = (received: unknown): void => {
    waiting = [received]
    loadMessages().then(
      ({ CoordinatorMessage }) => {
        whole = CoordinatorMessage
        const kept = waiting ?? []
        waiting = undefined
        for (const one of kept) read(one)
      },
      (error: unknown) => failed(`messages cannot be read: ${messageOf(error)}`),
    )
  }
  return read
}
