import { encodeNonce, encodeSignature } from '../../crypto/encoded.ts'
import type { MaskedMessage } from '../messages.ts'
import { maskedStatement } from '../statements.ts'
import { maskedBytes } from '../vector-layout.ts'
import { end, stay } from './end.ts'
import { isOf, sameMembers } from './session.ts'
import type { ClientEvent, ClientMeans, ClientStep, Masking } from './states.ts'

/** Waits until the trained vector is masked, and announces it. */
export const inMasking = (state: Masking, event: ClientEvent, means: ClientMeans): ClientStep => {
  const { session, members, held } = state
  if (event.type === 'message') {
    const { message } = event
    if (!isOf(session, message)) return end(state, 'other-session', message)
    if (message.type === 'secagg-bundles' && !sameMembers(message.members, members))
      return end(state, 'contradiction', message)
    // Questions of earlier steps can still be on their way; they have been answered.
    const late = ['secagg-manifest', 'secagg-roster', 'secagg-bundles'].includes(message.type)
    return late ? stay(state) : end(state, 'out-of-turn', message)
  }
  if (event.type !== 'vector-masked') return stay(state)
  const expected = maskedBytes(session.manifest.vector)
  if (event.bytes !== expected)
    throw new RangeError(`a masked vector of this layout has ${expected} bytes, not ${event.bytes}`)
  const unsigned = { session: encodeNonce(session.sessionId), vector: event.vector, bytes: event.bytes }
  const signature = encodeSignature(means.identity.sign(maskedStatement(unsigned)))
  const sent: MaskedMessage = { type: 'secagg-masked', round: session.manifest.round, ...unsigned, signature }
  return {
    state: { phase: 'masked', session, members, held, sent },
    effects: [{ type: 'send', message: sent }],
  }
}
