import { verify } from '../../crypto/ed25519.ts'
import { decodeKeyText, encodeNonce, encodeSignature } from '../../crypto/encoded.ts'
import type { ClientRefusal, ConfirmMessage, SurvivorsMessage } from '../messages.ts'
import { confirmStatement, survivorsStatement } from '../statements.ts'
import { answer } from './answer.ts'
import { again, end, stay } from './end.ts'
import { holdersAmong, isOf, sameMembers } from './session.ts'
import type { ClientEvent, ClientMeans, ClientStep, Masked } from './states.ts'

/** Waits for the list of survivors; confirms it, or answers it. */
export const inMasked = (state: Masked, event: ClientEvent, means: ClientMeans): ClientStep => {
  const { session, members, held } = state
  if (event.type === 'vector-masked') {
    if (event.vector === state.sent.vector) return again(state)
    throw new Error('one vector is under these masks already; a second would give away the difference')
  }
  if (event.type !== 'message') return stay(state)
  const { message } = event
  if (!isOf(session, message)) return end(state, 'other-session', message)
  if (message.type === 'secagg-confirmations') return end(state, 'out-of-turn', message)
  // The bundles again: the coordinator has not heard of the vector.
  if (message.type === 'secagg-bundles')
    return sameMembers(message.members, members) ? again(state) : end(state, 'contradiction', message)
  if (message.type !== 'secagg-survivors') return stay(state)
  const reason = objectionTo(state, message, means)
  if (reason) return end(state, reason, message)
  const { survivors } = message
  if (session.manifest.unmasking === 'direct')
    return answer({ session, members, survivors, held, asked: message }, means)
  const statement = confirmStatement(survivorsStatement(session.sessionId, members, survivors))
  const sent: ConfirmMessage = {
    type: 'secagg-confirm',
    round: session.manifest.round,
    session: encodeNonce(session.sessionId),
    signature: encodeSignature(means.identity.sign(statement)),
  }
  return {
    state: { phase: 'confirming', session, members, survivors, held, asked: message, sent },
    effects: [{ type: 'send', message: sent }],
  }
}

/** A list that an honest coordinator would not send, or one after which too few could answer. */
const objectionTo = (
  { session, members }: Masked,
  { survivors, signature }: SurvivorsMessage,
  means: ClientMeans,
): ClientRefusal | undefined => {
  const { manifest, sessionId, me, threshold } = session
  const known = new Set(members)
  if (survivors.some((member) => !known.has(member))) return 'survivor-set'
  if (!survivors.includes(me)) return 'self-not-surviving'
  if (survivors.length < manifest.cohort.least) return 'too-few-alive'
  if (holdersAmong(session, survivors).length < threshold) return 'too-few-alive'
  const statement = survivorsStatement(sessionId, members, survivors)
  const signed = verify(
    decodeKeyText(manifest.coordinator),
    statement,
    decodeKeyText(signature),
    means.verifySignature,
  )
  return signed ? undefined : 'bad-signature'
}
