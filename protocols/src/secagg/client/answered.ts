import { again, end, stay } from './end.ts'
import { sameMessage } from './session.ts'
import type { Answered, ClientEvent, ClientStep } from './states.ts'

/** Has answered, once: repeats that answer to that question, and refuses every other. */
export const inAnswered = (state: Answered, event: ClientEvent): ClientStep => {
  if (event.type !== 'message') return stay(state)
  const { message } = event
  if ('session' in message && message.session !== state.sent.session)
    return end(state, 'other-session', message)
  if (message.type === 'secagg-confirmations') return again(state)
  if (message.type !== 'secagg-survivors') return stay(state)
  return sameMessage(message, state.asked)
    ? again(state)
    : end(state, 'second-unmasking', state.asked, message)
}
