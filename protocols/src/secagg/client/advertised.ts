import { decodeKeyText, encodeNonce, encodeSignature } from '../../crypto/encoded.ts'
import { concatBytes, toBase64url } from '../../crypto/encoding.ts'
import { splitSecret } from '../../crypto/shamir.ts'
import { type SharePair, sealBundle } from '../bundle.ts'
import { channelKey, expandEntropy, seedCommitment, uint32s } from '../keys.ts'
import type { ShareMessage } from '../messages.ts'
import { shareDigests } from '../share-digests.ts'
import { shareStatement } from '../statements.ts'
import { channelKeyPair, type Joining, maskKeyPair, selfMaskSeed } from './begin.ts'
import { type CheckedRoster, checkRoster } from './check-roster.ts'
import { again, end, stay } from './end.ts'
import type { ClientSession } from './session.ts'
import type { Advertised, ClientEvent, ClientMeans, ClientStep } from './states.ts'

/** Waits for the roster; deals shares of its two secrets along the graph. */
export const inAdvertised = (state: Advertised, event: ClientEvent, means: ClientMeans): ClientStep => {
  if (event.type !== 'message') return stay(state)
  const { message } = event
  if (message.type === 'secagg-manifest')
    return JSON.stringify(message.manifest) === JSON.stringify(state.joining.manifest)
      ? again(state)
      : end(state, 'contradiction', message)
  if (message.type !== 'secagg-roster') return end(state, 'out-of-turn', message)
  const checked = checkRoster(state, message, means)
  if (typeof checked === 'string') return end(state, checked, message)
  const { joining } = state
  const dealt = deal(joining, checked, message.threshold, means)
  const own = dealt[checked.graph.holders(checked.me).indexOf(checked.me)]
  if (!own) throw new Error('a member holds a share of its own secrets')
  const session: ClientSession = {
    ...joining,
    ...checked,
    session: toBase64url(checked.sessionId),
    threshold: message.threshold,
    own,
    roster: message,
  }
  const sent = shareMessage(session, dealt, means)
  return { state: { phase: 'shared', session, sent }, effects: [{ type: 'send', message: sent }] }
}

/** The shares of both secrets, one pair for each holder, ascending. */
const deal = (
  joining: Joining,
  { sessionId, graph, me }: CheckedRoster,
  threshold: number,
  means: ClientMeans,
): SharePair[] => {
  const shares = graph.holders(me).length
  const coefficients = (purpose: 'mask key shares' | 'seed shares') =>
    expandEntropy({
      entropy: joining.entropy,
      context: sessionId,
      purpose,
      length: 32 * (threshold - 1),
    })
  const split = (secret: Uint8Array, purpose: 'mask key shares' | 'seed shares') =>
    splitSecret({ secret, shares, threshold, coefficients: coefficients(purpose) })
  const seeds = split(selfMaskSeed(joining), 'seed shares')
  const maskKeys = split(maskKeyPair(joining, means).secretKey, 'mask key shares')
  return maskKeys.flatMap(({ x, y: maskKey }, at) => {
    const seed = seeds[at]?.y
    return seed ? [{ x, maskKey, seed }] : []
  })
}

const shareMessage = (
  session: ClientSession,
  dealt: readonly SharePair[],
  means: ClientMeans,
): ShareMessage => {
  const { sessionId, graph, me, entropy } = session
  const secretKey = channelKeyPair(session, means).secretKey
  const holders = graph.holders(me)
  const bundles = holders.flatMap((to, at) => {
    const pair = dealt[at]
    const peer = session.neighbours.get(to)
    if (!pair || !peer) return []
    const key = channelKey({
      sessionId,
      secretKey,
      peerPublicKey: decodeKeyText(peer.channelKey),
      from: me,
      to,
      ...(means.x25519 && { x25519: means.x25519 }),
    })
    const nonce = expandEntropy({
      entropy,
      context: concatBytes(sessionId, uint32s(to)),
      purpose: 'bundle nonce',
      length: 24,
    })
    return [toBase64url(sealBundle(pair, { key, nonce, sessionId, from: me, to }))]
  })
  const unsigned = {
    session: encodeNonce(sessionId),
    commitment: encodeNonce(seedCommitment(sessionId, selfMaskSeed(session))),
    digests: dealt.map((pair) => shareDigests(sessionId, me, pair)),
    bundles,
  }
  const signature = encodeSignature(means.identity.sign(shareStatement(unsigned)))
  return { type: 'secagg-share', round: session.manifest.round, ...unsigned, signature }
}
