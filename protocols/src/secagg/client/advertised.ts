import { decodeKeyText, encodeNonce, encodeSignature } from '../../crypto/encoded.ts'
import { concatBytes, toBase64url } from '../../crypto/encoding.ts'
import { completeShares } from '../../crypto/shamir.ts'
import { placeOf } from '../ascending.ts'
import { type SharePair, sealBundle } from '../bundle.ts'
import { dealtTo, impliedShares, sharePairOf } from '../implied-shares.ts'
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
  const sessionKeys = keysOf(joining, checked, means)
  const dealt = deal(joining, checked, sessionKeys, message.threshold, means)
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
  const sent = shareMessage(session, dealt, sessionKeys, means)
  return { state: { phase: 'shared', session, sent }, effects: [{ type: 'send', message: sent }] }
}

/** One pair of shares for each holder, ascending: those that its channel key implies, and the rest of the polynomials. */
const deal = (
  joining: Joining,
  { graph, me }: CheckedRoster,
  sessionKeys: SessionKeys,
  threshold: number,
  means: ClientMeans,
): SharePair[] => {
  const holders = graph.holders(me)
  const implied = holders.slice(0, threshold - 1).map((to, at) => sessionKeys.implied(to, at + 1))
  const xs = holders.map((_, at) => at + 1).slice(implied.length)
  const completed = (secret: Uint8Array, share: (pair: SharePair) => Uint8Array) =>
    completeShares({ secret, given: implied.map((pair) => ({ x: pair.x, y: share(pair) })), xs })
  const maskKeys = completed(maskKeyPair(joining, means).secretKey, ({ maskKey }) => maskKey)
  const seeds = completed(selfMaskSeed(joining), ({ seed }) => seed)
  const dealt = maskKeys.flatMap(({ x, y: maskKey }, at) => {
    const seed = seeds[at]?.y
    return seed ? [{ x, maskKey, seed }] : []
  })
  return [...implied, ...dealt]
}

type SessionKeys = {
  /** Under which a bundle is sealed to this neighbour. */
  channel(to: number): Uint8Array
  /** The pair of this holder, or of the member itself. */
  implied(to: number, x: number): SharePair
}

const keysOf = (
  joining: Joining,
  { sessionId, me, neighbours }: CheckedRoster,
  means: ClientMeans,
): SessionKeys => {
  const { secretKey } = channelKeyPair(joining, means)
  const channel = (to: number) => {
    const peer = neighbours.get(to)
    if (!peer) throw new RangeError(`member ${to} is no neighbour`)
    return channelKey({
      sessionId,
      secretKey,
      peerPublicKey: decodeKeyText(peer.channelKey),
      from: me,
      to,
      ...(means.x25519 && { x25519: means.x25519 }),
    })
  }
  const ofItself = (x: number) => {
    const { entropy } = joining
    return sharePairOf(
      x,
      expandEntropy({ entropy, context: sessionId, purpose: 'shares of its own', length: 64 }),
    )
  }
  return {
    channel,
    implied: (to, x) =>
      to === me ? ofItself(x) : impliedShares({ key: channel(to), sessionId, from: me, to, x }),
  }
}

const shareMessage = (
  session: ClientSession,
  dealt: readonly SharePair[],
  sessionKeys: SessionKeys,
  means: ClientMeans,
): ShareMessage => {
  const { sessionId, graph, me, entropy, threshold } = session
  const bundles = dealtTo(graph, me, threshold).map((to) => {
    const pair = dealt[placeOf(to, graph.holders(me))]
    if (!pair) throw new Error('there is a pair of shares for each holder')
    const key = sessionKeys.channel(to)
    const nonce = expandEntropy({
      entropy,
      context: concatBytes(sessionId, uint32s(to)),
      purpose: 'bundle nonce',
      length: 24,
    })
    return toBase64url(sealBundle(pair, { key, nonce, sessionId, from: me, to }))
  })
  const unsigned = {
    session: encodeNonce(sessionId),
    commitment: encodeNonce(seedCommitment(sessionId, selfMaskSeed(session))),
    digests: dealt.map((pair) => shareDigests(sessionId, me, pair)).join(''),
    bundles: bundles.join(''),
  }
  const signature = encodeSignature(means.identity.sign(shareStatement(unsigned)))
  return { type: 'secagg-share', round: session.manifest.round, ...unsigned, signature }
}
