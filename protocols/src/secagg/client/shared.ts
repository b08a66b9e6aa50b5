import { decodeKeyText } from '../../crypto/encoded.ts'
import { fromBase64url } from '../../crypto/encoding.ts'
import { openBundle, type SharePair } from '../bundle.ts'
import { impliedShares, isImplied } from '../implied-shares.ts'
import { channelKey, pairMaskKey, selfMaskKey } from '../keys.ts'
import { type MaskItem, pairSign } from '../mask-items.ts'
import type { BundlesMessage, ClientRefusal } from '../messages.ts'
import { shareDigests } from '../share-digests.ts'
import { channelKeyPair, maskKeyPair, selfMaskSeed } from './begin.ts'
import { again, end, stay } from './end.ts'
import { type ClientSession, type HeldShares, holdersAmong, isOf, keyOf } from './session.ts'
import type { ClientEvent, ClientMeans, ClientStep, Shared } from './states.ts'

/** Waits for others' shares; learns whose masks its own are paired with. */
export const inShared = (state: Shared, event: ClientEvent, means: ClientMeans): ClientStep => {
  if (event.type !== 'message') return stay(state)
  const { message } = event
  const { session } = state
  if (!isOf(session, message)) return end(state, 'other-session', message)
  if (message.type === 'secagg-manifest') return stay(state)
  if (message.type === 'secagg-roster') return again(state)
  if (message.type !== 'secagg-bundles') return end(state, 'out-of-turn', message)
  const reason = objectionTo(session, message)
  if (reason) return end(state, reason, message)
  const held = sharesDealt(session, message, means)
  return {
    state: { phase: 'masking', session, members: message.members, held },
    effects: [{ type: 'mask', items: maskItems(session, message.members, means) }],
  }
}

const objectionTo = (
  session: ClientSession,
  { members, shares }: BundlesMessage,
): ClientRefusal | undefined => {
  const { graph, me, manifest, threshold } = session
  if (members.some((member) => member >= graph.size) || !members.includes(me)) return 'member-set'
  if (members.length < manifest.cohort.least) return 'too-few-alive'
  const around = holdersAmong(session, members)
  if (around.length < threshold) return 'too-few-alive'
  const from = around.filter((member) => member !== me)
  const complete =
    shares.length === from.length &&
    shares.every(
      (dealt, at) =>
        dealt.from === from[at] &&
        (dealt.bundle === undefined) === isImplied(graph.shareX(dealt.from, me) ?? 0, threshold),
    )
  return complete ? undefined : 'bundle-set'
}

/**
 * The shares that each neighbour dealt, in a bundle or implied. One that does not open, or is not what its sender
 * published, is held as none: a bad dealer costs its own share, never its neighbours their part in the round.
 */
const sharesDealt = (session: ClientSession, { shares }: BundlesMessage, means: ClientMeans): HeldShares => {
  const { sessionId, graph, me } = session
  const { secretKey } = channelKeyPair(session, means)
  const opened = shares.map(({ from, bundle, digests }): [number, SharePair | undefined] => {
    const key = channelKey({
      sessionId,
      secretKey,
      peerPublicKey: decodeKeyText(keyOf(session, from, 'channelKey')),
      from,
      to: me,
      ...(means.x25519 && { x25519: means.x25519 }),
    })
    const x = graph.shareX(from, me)
    if (x === undefined) return [from, undefined]
    const address = { key, sessionId, from, to: me }
    const pair = bundle ? openBundle(fromBase64url(bundle), address) : impliedShares({ ...address, x })
    return [from, pair?.x === x && shareDigests(sessionId, from, pair) === digests ? pair : undefined]
  })
  return new Map([...opened, [me, session.own] as const])
}

/** The client's own mask, and one for each neighbour whose shares have come. */
const maskItems = (session: ClientSession, members: readonly number[], means: ClientMeans): MaskItem[] => {
  const { sessionId, me } = session
  const { secretKey } = maskKeyPair(session, means)
  const pairs = holdersAmong(session, members)
    .filter((member) => member !== me)
    .map((member): MaskItem => {
      const key = pairMaskKey({
        sessionId,
        secretKey,
        peerPublicKey: decodeKeyText(keyOf(session, member, 'maskKey')),
        members: [me, member],
        ...(means.x25519 && { x25519: means.x25519 }),
      })
      return { key, sign: pairSign(me, member) }
    })
  return [{ key: selfMaskKey(sessionId, selfMaskSeed(session), me), sign: 1 }, ...pairs]
}
