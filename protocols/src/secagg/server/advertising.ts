import { verify } from '../../crypto/ed25519.ts'
import { decodeKeyText, encodeNonce, encodeSignature } from '../../crypto/encoded.ts'
import { concatBytes, toBase64url } from '../../crypto/encoding.ts'
import { clientIdOf } from '../../crypto/identity.ts'
import type { ClientId } from '../../ids.ts'
import { including } from '../ascending.ts'
import { graphParameters } from '../graph-parameters.ts'
import { type Manifest, manifestDigest } from '../manifest.ts'
import type { AdvertiseMessage } from '../messages.ts'
import {
  advertisementDigest,
  graphSeedOf,
  isLowOrder,
  rosterLeaf,
  seedPartCommitment,
  sessionIdOf,
} from '../session.ts'
import { rosterStatement } from '../statements.ts'
import { abandoned, type Cause, decide, dropping } from './decide.ts'
import { required } from './roster.ts'
import type { Rows, SessionRecord } from './rows.ts'
import type { Advertising, Decision, DropReason, ServerMeans, ServerState } from './states.ts'

/**
 * A session among these clients begins: tell each of them `messageFor` it.
 * @throws RangeError where the seed is not the one that the manifest commits to, or fewer are invited than are needed.
 */
export const beginServer = (input: {
  manifest: Manifest
  invited: readonly ClientId[]
  /** 32 bytes whose `seedPartCommitment` the manifest holds. */
  seedPart: Uint8Array
}): Decision => {
  const { manifest, seedPart } = input
  const invited = [...new Set(input.invited)].sort()
  if (encodeNonce(seedPartCommitment(seedPart)) !== manifest.graph.seedCommitment)
    throw new RangeError('the manifest commits to another seed')
  if (invited.length < manifest.cohort.least)
    throw new RangeError(
      `${invited.length} clients are fewer than the ${manifest.cohort.least} of the manifest`,
    )
  const state: ServerState = {
    phase: 'advertising',
    manifest,
    dropped: [],
    seedPart: encodeNonce(seedPart),
    invited,
    advertised: [],
  }
  return decide(state, [{ type: 'tell', clients: invited }])
}

/** Why an advertisement is not taken, or `undefined`. */
export const objectionToAdvertisement = (
  state: Advertising,
  client: ClientId,
  message: AdvertiseMessage,
  rows: Rows,
  means: ServerMeans,
): DropReason | undefined => {
  const { advertisement } = message
  const digest = manifestDigest(state.manifest)
  if (message.manifest !== digest) return 'other-manifest'
  const identity = decodeKeyText(advertisement.identity)
  if (advertisement.client !== client || clientIdOf(identity) !== client) return 'not-itself'
  const signature = decodeKeyText(advertisement.signature)
  if (!verify(identity, advertisementDigest(digest, advertisement), signature, means.verifySignature))
    return 'bad-signature'
  for (const key of [advertisement.channelKey, advertisement.maskKey])
    if (isLowOrder(decodeKeyText(key), means.x25519)) return 'low-order-key'
  if (advertisement.channelKey === advertisement.maskKey) return 'duplicate-key'
  for (const other of state.advertised) {
    const theirs = required(rows.advertisement(other), 'an advertisement').advertisement
    for (const key of [theirs.channelKey, theirs.maskKey])
      if (key === advertisement.channelKey || key === advertisement.maskKey) return 'duplicate-key'
  }
  return state.advertised.length >= state.manifest.cohort.most ? 'cohort-full' : undefined
}

export const withAdvertisement = (state: Advertising, client: ClientId): Advertising => ({
  ...state,
  advertised: including(state.advertised, client),
})

/** Goes on to sharing when everyone has advertised or been dropped, the cohort is full, or time is up. */
export const settleAdvertising = (
  state: Advertising,
  rows: Rows,
  means: ServerMeans,
  cause: Cause,
): Decision => {
  const { least, most } = state.manifest.cohort
  // Enough to go by at most messages: some of those left have not advertised, and there is room for them.
  const left = state.invited.length - state.dropped.length
  if (cause === 'heard' && state.advertised.length < Math.min(left, most)) return decide(state)
  const gone = new Set(state.dropped.map(({ client }) => client))
  const heard = new Set(state.advertised)
  const awaited = state.invited.filter((client) => !gone.has(client) && !heard.has(client))
  const advertised = state.advertised.filter((client) => !gone.has(client))
  if (advertised.length + awaited.length < least) return decide(abandoned(state, 'too-few-clients'))
  if (cause !== 'deadline' && awaited.length > 0 && advertised.length < most) return decide(state)
  if (advertised.length < least) return decide(abandoned(state, 'too-few-clients'))
  const without = (so: Dropping, clients: readonly ClientId[], reason: DropReason): Dropping =>
    clients.reduce((before, client) => {
      const next = dropping(before.state, client, reason)
      return { state: next.state, effects: [...before.effects, ...next.effects] }
    }, so)
  const silent = without({ state, effects: [] }, awaited, advertised.length < most ? 'silent' : 'cohort-full')
  const clients = mostWithGraph(state, advertised, rows)
  if (!clients) return decide(abandoned(silent.state, 'no-graph'), silent.effects)
  const among = new Set(clients)
  const { state: settled, effects } = without(
    silent,
    advertised.filter((client) => !among.has(client)),
    'cohort-full',
  )
  const { manifest, dropped } = settled
  return decide(
    { phase: 'sharing', manifest, dropped, shared: [] },
    [...effects, { type: 'tell', clients }],
    [closeRoster(state, clients, rows, means)],
  )
}

type Dropping = ReturnType<typeof dropping<Advertising>>

/**
 * As many of them as have a graph: of an even number half may be too few to open a secret where of one fewer it is enough.
 * Those who are one too many are drawn by their advertisements, which hold chance: nobody is left out round after round.
 */
const mostWithGraph = (
  { manifest }: Advertising,
  advertised: readonly ClientId[],
  rows: Rows,
): ClientId[] | undefined => {
  for (let size = advertised.length; size >= manifest.cohort.least; size--)
    if (graphParameters({ ...manifest.graph, clients: size })) {
      if (size === advertised.length) return [...advertised]
      const lot = (client: ClientId) =>
        required(rows.advertisement(client), 'an advertisement').advertisement.nonce
      return [...advertised]
        .sort((a, b) => (lot(a) < lot(b) ? -1 : 1))
        .slice(0, size)
        .sort()
    }
  return undefined
}

const closeRoster = (
  state: Advertising,
  clients: ClientId[],
  rows: Rows,
  { sign }: ServerMeans,
): SessionRecord => {
  const { manifest, seedPart } = state
  const parameters = required(graphParameters({ ...manifest.graph, clients: clients.length }), 'a graph')
  const digest = manifestDigest(manifest)
  const leaves = clients.map((client) =>
    rosterLeaf(digest, required(rows.advertisement(client), 'an advertisement').advertisement),
  )
  const terms = { manifest: digest, leaves, seedPart: decodeKeyText(seedPart), parameters }
  const sessionId = sessionIdOf(terms)
  return {
    type: 'secagg-session',
    session: encodeNonce(sessionId),
    ...(manifest.group !== undefined && { group: manifest.group }),
    clients,
    seedPart,
    graphSeed: encodeNonce(graphSeedOf(terms)),
    ...parameters,
    leaves: toBase64url(concatBytes(...leaves)),
    signature: encodeSignature(sign(rosterStatement(sessionId))),
  }
}
