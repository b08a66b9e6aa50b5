import { verify } from '../../crypto/ed25519.ts'
import { decodeKeyText } from '../../crypto/encoded.ts'
import type { ConfirmationsMessage } from '../messages.ts'
import { confirmStatement, survivorsStatement } from '../statements.ts'
import { answer } from './answer.ts'
import { again, end, stay } from './end.ts'
import { holdersAmong, isOf, keyOf, sameMessage } from './session.ts'
import type { ClientEvent, ClientMeans, ClientStep, Confirming } from './states.ts'

/** Waits for proof that enough of its fellow holders saw the same list of survivors; then answers it. */
export const inConfirming = (state: Confirming, event: ClientEvent, means: ClientMeans): ClientStep => {
  if (event.type !== 'message') return stay(state)
  const { message } = event
  if (!isOf(state.session, message)) return end(state, 'other-session', message)
  if (message.type === 'secagg-survivors')
    return sameMessage(message, state.asked)
      ? again(state)
      : end(state, 'second-unmasking', state.asked, message)
  if (message.type !== 'secagg-confirmations') return stay(state)
  return isConfirmed(state, message, means)
    ? answer(state, means)
    : end(state, 'not-confirmed', state.asked, message)
}

/** Whether as many holders as a secret takes, this client among them, signed this list. */
const isConfirmed = (
  { session, members, survivors }: Confirming,
  { confirmations }: ConfirmationsMessage,
  means: ClientMeans,
): boolean => {
  const statement = confirmStatement(survivorsStatement(session.sessionId, members, survivors))
  const fellows = new Set(holdersAmong(session, survivors))
  fellows.delete(session.me)
  let confirmed = 1
  for (const { member, signature } of confirmations) {
    if (!fellows.delete(member)) continue
    const identity = decodeKeyText(keyOf(session, member, 'identity'))
    if (verify(identity, statement, decodeKeyText(signature), means.verifySignature)) confirmed += 1
  }
  return confirmed >= session.threshold
}
