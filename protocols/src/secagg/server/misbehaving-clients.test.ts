/** Clients that misbehave, against the coordinator's machine: each is dropped with a reason, and the rest are summed. */
import { describe, expect, test } from 'vitest'
import { decodeKeyText, encodeNonce, encodePublicKey, encodeSignature } from '../../crypto/encoded.ts'
import { concatBytes, fromBase64url, toBase64url } from '../../crypto/encoding.ts'
import type { ClientId } from '../../ids.ts'
import { seededRandom } from '../../runtime/seeded-random.ts'
import { sealBundle } from '../bundle.ts'
import { BUNDLE_BYTES } from '../bundle-format.ts'
import { channelKeyPair } from '../client/begin.ts'
import { graphParameters } from '../graph-parameters.ts'
import { isImplied, sharePairOf } from '../implied-shares.ts'
import { TEXT_OF_32_BYTES, textAt, textsOf } from '../joined.ts'
import { channelKey } from '../keys.ts'
import { type Manifest, manifestDigest } from '../manifest.ts'
import {
  BUNDLE_TEXT,
  type ClientSecaggMessage,
  DIGESTS_TEXT,
  type ShareMessage,
  type Shares,
  type UnmaskMessage,
} from '../messages.ts'
import {
  aManifest,
  coordinator,
  digestBytes,
  nodeX25519,
  playSession,
  serverMeans,
  someIdentities,
} from '../session.builders.ts'
import { advertisementDigest } from '../session.ts'
import { shareDigests } from '../share-digests.ts'
import { maskedStatement, shareStatement, survivorsStatement, unmaskStatement } from '../statements.ts'
import { createRows } from './rows.ts'
import type { DropReason, ServerState } from './states.ts'
import { serverTransition } from './transition.ts'

const CLIENTS = 7
const manifest = aManifest(CLIENTS)
const identities = someIdentities(CLIENTS)
const culprit = identities[2] ?? expect.fail('there are too few')
const other = identities[4] ?? expect.fail('there are too few')

/** A session in which the culprit says these things in place of its message of this type. */
const withCulprit = <T extends ClientSecaggMessage['type']>(
  type: T,
  instead: (
    message: Extract<ClientSecaggMessage, { type: T }>,
    said: ReadonlyMap<string, ClientSecaggMessage>,
  ) => unknown[],
  terms: Manifest = manifest,
) => {
  const said = new Map<string, ClientSecaggMessage>()
  return playSession({
    manifest: terms,
    clients: CLIENTS,
    tamper: {
      up(message, from) {
        said.set(`${from} ${message.type}`, message)
        return {
          now: from === culprit.clientId && isType(message, type) ? instead(message, said) : [message],
        }
      },
    },
  })
}

const isType = <T extends ClientSecaggMessage['type']>(
  message: ClientSecaggMessage,
  type: T,
): message is Extract<ClientSecaggMessage, { type: T }> => message.type === type

type Played = ReturnType<typeof playSession>
const placesOf = ({ sum }: Played) => [...(sum?.segments.who?.sum ?? [])].map(Math.round)
/** Of the right length, and opened by nobody. */
const NO_BUNDLE = toBase64url(new Uint8Array(BUNDLE_BYTES))
const ALL = Array.from({ length: CLIENTS }, () => 1)
const ALL_BUT_CULPRIT = ALL.map((_, place) => (place === 2 ? 0 : 1))

/** The culprit alone is dropped, and everyone else's sum is made; the culprit's vector is in it or not. */
const expectDropped = (played: Played, reason: DropReason, sum: number[]) => {
  expect(played.server).toMatchObject({ phase: 'completed', dropped: [{ client: culprit.clientId, reason }] })
  expect(placesOf(played)).toEqual(sum)
}

const signed = <T extends { signature: string }>(message: T, statement: Uint8Array): T => ({
  ...message,
  signature: encodeSignature(culprit.sign(statement)),
})

describe('[M12] an advertisement', () => {
  const changed = (changes: object) =>
    withCulprit('secagg-advertise', (message) => {
      const advertisement = { ...message.advertisement, ...changes }
      return [
        {
          ...message,
          advertisement: signed(advertisement, advertisementDigest(message.manifest, advertisement)),
        },
      ]
    })
  const cases: [string, () => Played, DropReason][] = [
    [
      'of another manifest',
      () =>
        withCulprit('secagg-advertise', (message) => [{ ...message, manifest: `sha256:${'0'.repeat(64)}` }]),
      'other-manifest',
    ],
    ['of someone else', () => changed({ client: other.clientId }), 'not-itself'],
    ['under another identity', () => changed({ identity: encodePublicKey(other.publicKey) }), 'not-itself'],
    [
      'without its signature',
      () =>
        withCulprit('secagg-advertise', (message) => [
          { ...message, advertisement: { ...message.advertisement, nonce: encodeNonce(digestBytes('n')) } },
        ]),
      'bad-signature',
    ],
    [
      'with a mask key of low order',
      () => changed({ maskKey: encodePublicKey(new Uint8Array(32)) }),
      'low-order-key',
    ],
    [
      'with a channel key of low order',
      () => changed({ channelKey: encodePublicKey(Uint8Array.of(1, ...new Uint8Array(31))) }),
      'low-order-key',
    ],
    [
      'with the same key for both uses',
      () =>
        withCulprit('secagg-advertise', (message) => {
          const advertisement = { ...message.advertisement, channelKey: message.advertisement.maskKey }
          return [
            {
              ...message,
              advertisement: signed(advertisement, advertisementDigest(message.manifest, advertisement)),
            },
          ]
        }),
      'duplicate-key',
    ],
    [
      'that is no message',
      () => withCulprit('secagg-advertise', () => [{ type: 'secagg-advertise' }]),
      'malformed',
    ],
    [
      'that is a giant',
      () =>
        withCulprit('secagg-advertise', (message) => [
          { ...message, advertisement: { ...message.advertisement, nonce: 'A'.repeat(1_000_000) } },
        ]),
      'malformed',
    ],
    ['that never comes', () => withCulprit('secagg-advertise', () => []), 'silent'],
    [
      'that is a refusal',
      () =>
        withCulprit('secagg-advertise', ({ round }) => [
          { type: 'secagg-refuse', round, reason: 'cancelled' },
        ]),
      'refused',
    ],
  ]
  test.each(cases)('%s', (_, play, reason) => {
    expectDropped(play(), reason, ALL_BUT_CULPRIT)
  })

  test('with a key that another has advertised', () => {
    const [first = expect.fail()] = identities
    const played = withCulprit('secagg-advertise', (message, said) => {
      const theirs = said.get(`${first.clientId} secagg-advertise`)
      if (theirs?.type !== 'secagg-advertise') return expect.fail('the first has not advertised')
      const advertisement = { ...message.advertisement, maskKey: theirs.advertisement.maskKey }
      return [
        {
          ...message,
          advertisement: signed(advertisement, advertisementDigest(message.manifest, advertisement)),
        },
      ]
    })
    expectDropped(played, 'duplicate-key', ALL_BUT_CULPRIT)
  })

  test('of a stranger, or of one who was dropped, is not heard', () => {
    const rows = createRows()
    const state: ServerState = {
      phase: 'advertising',
      manifest,
      seedPart: encodeNonce(digestBytes('seed part')),
      invited: identities.slice(1).map(({ clientId }) => clientId),
      advertised: [],
      dropped: [{ client: other.clientId, reason: 'left' }],
    }
    for (const from of [identities[0]?.clientId ?? expect.fail(), other.clientId]) {
      const message = { type: 'secagg-refuse', round: manifest.round, reason: 'cancelled' } as const
      for (const event of [
        { type: 'message', from, message },
        { type: 'malformed', from },
      ] as const)
        expect(serverTransition(state, event, rows, serverMeans)).toEqual({ state, rows: [], effects: [] })
    }
  })
})

describe('[M12] shares', () => {
  const changed = (change: (message: ShareMessage) => ShareMessage) =>
    withCulprit('secagg-share', (message) => {
      const unsigned = change(message)
      return [signed(unsigned, shareStatement(unsigned))]
    })
  const cases: [string, () => Played, DropReason][] = [
    [
      'for too few',
      () => changed((message) => ({ ...message, bundles: message.bundles.slice(BUNDLE_TEXT) })),
      'wrong-count',
    ],
    [
      'with digests for too many',
      () => changed((message) => ({ ...message, digests: message.digests.repeat(2) })),
      'wrong-count',
    ],
    [
      'of another session',
      () => changed((message) => ({ ...message, session: encodeNonce(digestBytes('x')) })),
      'other-session',
    ],
    [
      'changed after they were signed',
      () => withCulprit('secagg-share', (message) => [{ ...message, commitment: message.session }]),
      'bad-signature',
    ],
    [
      'dealt twice, differently',
      () => withCulprit('secagg-share', (message) => [message, { ...message, commitment: message.session }]),
      'contradiction',
    ],
    [
      'of a wrong length',
      () => withCulprit('secagg-share', (message) => [{ ...message, bundles: `${message.bundles}AA` }]),
      'malformed',
    ],
    [
      'before which a vector comes',
      () =>
        withCulprit('secagg-share', ({ round, session, signature }) => [
          { type: 'secagg-masked', round, session, vector: `sha256:${'0'.repeat(64)}`, bytes: 9, signature },
        ]),
      'wrong-step',
    ],
  ]
  test.each(cases)('%s', (_, play, reason) => {
    expectDropped(play(), reason, ALL_BUT_CULPRIT)
  })

  test('dealt twice, the same, are no mistake', () => {
    const played = withCulprit('secagg-share', (message) => [message, message])
    expect(played.server).toMatchObject({ phase: 'completed', dropped: [] })
    expect(placesOf(played)).toEqual(ALL)
  })

  test('[M13] that open for nobody end the round with the dealer’s name, never with a wrong sum', () => {
    const played = changed((message) => ({
      ...message,
      bundles: textsOf(message.bundles, BUNDLE_TEXT)
        .map(() => NO_BUNDLE)
        .join(''),
    }))
    expect(played.server).toMatchObject({
      phase: 'abandoned',
      reason: 'wrong-dealing',
      culprit: culprit.clientId,
    })
    expect([...played.states.values()].map(({ phase }) => phase)).toEqual(ALL.map(() => 'answered'))
  })

  test('that open for all but a few cost nobody anything', () => {
    const played = changed((message) => ({
      ...message,
      bundles: textsOf(message.bundles, BUNDLE_TEXT)
        .map((bundle, at) => (at < 2 ? NO_BUNDLE : bundle))
        .join(''),
    }))
    expect(played.server).toMatchObject({ phase: 'completed', dropped: [] })
    expect(placesOf(played)).toEqual(ALL)
  })

  /** The culprit's key to the holder at `to`: a client that is dishonest knows its own secrets. */
  const channelTo = (to: number, said: ReadonlyMap<string, ClientSecaggMessage>, sessionId: Uint8Array) => {
    const advertised = said.get(`${identities[to]?.clientId} secagg-advertise`)
    if (advertised?.type !== 'secagg-advertise') return expect.fail('it has not advertised')
    const entropy = seededRandom(`entropy of ${culprit.clientId}`).bytes(32)
    const joining = { client: culprit.clientId, manifest, digest: manifestDigest(manifest), entropy }
    const { secretKey } = channelKeyPair(joining, { identity: culprit, x25519: nodeX25519 })
    const peerPublicKey = decodeKeyText(advertised.advertisement.channelKey)
    return channelKey({ sessionId, secretKey, peerPublicKey, from: 2, to, x25519: nodeX25519 })
  }

  test('[M7] [M13] of another polynomial than the implied ones are on, each with its right digest, end the round with the dealer’s name, and with no holder’s', () => {
    const played = withCulprit('secagg-share', (message, said) => {
      const sessionId = fromBase64url(message.session)
      const { threshold } =
        graphParameters({ ...manifest.graph, clients: CLIENTS }) ?? expect.fail('there is no graph')
      const digests = textsOf(message.digests, DIGESTS_TEXT)
      const others = ALL.map((_, holder) => holder).filter((holder) => holder !== 2)
      const bundles = others.flatMap((to) => {
        const x = to + 1
        if (isImplied(x, threshold)) return []
        const pair = sharePairOf(x, concatBytes(digestBytes(`key ${to}`), digestBytes(`seed ${to}`)))
        digests[to] = shareDigests(sessionId, 2, pair)
        const key = channelTo(to, said, sessionId)
        const nonce = digestBytes(`nonce ${to}`).subarray(0, 24)
        return [toBase64url(sealBundle(pair, { key, nonce, sessionId, from: 2, to }))]
      })
      const unsigned = { ...message, digests: digests.join(''), bundles: bundles.join('') }
      return [signed(unsigned, shareStatement(unsigned))]
    })
    expect(played.server).toMatchObject({
      phase: 'abandoned',
      reason: 'wrong-dealing',
      culprit: culprit.clientId,
    })
    expect(played.server.dropped).toEqual([])
    // They were held to be good: everybody showed a share of the culprit's.
    const shown = played.shown.flatMap(({ message }) =>
      message.type === 'secagg-unmask' ? [message.seeds.members.includes(2)] : [],
    )
    expect(shown).toEqual(ALL.map(() => true))
  })

  test('[M7] with other digests of those that are implied are held by the rest, who are enough', () => {
    const wrong = encodeNonce(digestBytes('no share'))
    const played = changed((message) => ({
      ...message,
      digests: textsOf(message.digests, DIGESTS_TEXT)
        .map((digests, at) => (at < 2 ? `${wrong}${wrong}` : digests))
        .join(''),
    }))
    expect(played.server).toMatchObject({ phase: 'completed', dropped: [] })
    expect(placesOf(played)).toEqual(ALL)
    const [first] = played.shown.flatMap(({ message, client }) =>
      message.type === 'secagg-unmask' && client === identities[0]?.clientId ? [message] : [],
    )
    expect(first?.seeds.members).toEqual([0, 1, 3, 4, 5, 6])
  })

  test('[M13] with other digests than they have are shown by nobody, who would else be blamed', () => {
    const wrong = encodeNonce(digestBytes('no share'))
    const played = changed((message) => ({
      ...message,
      digests: textsOf(message.digests, TEXT_OF_32_BYTES)
        .map(() => wrong)
        .join(''),
    }))
    expect(played.server).toMatchObject({
      phase: 'abandoned',
      reason: 'wrong-dealing',
      culprit: culprit.clientId,
    })
    expect(played.server.dropped.map(({ client }) => client)).toEqual([culprit.clientId])
  })

  test('[M13] of something else than was promised end the round with the dealer’s name', () => {
    const played = changed((message) => ({
      ...message,
      commitment: encodeNonce(digestBytes('not its seed')),
    }))
    expect(played.server).toMatchObject({
      phase: 'abandoned',
      reason: 'wrong-dealing',
      culprit: culprit.clientId,
    })
  })
})

describe('[M12] a masked vector', () => {
  const cases: [string, () => Played, DropReason][] = [
    [
      'of another length',
      () =>
        withCulprit('secagg-masked', (message) => [
          signed(
            { ...message, bytes: message.bytes + 1 },
            maskedStatement({ ...message, bytes: message.bytes + 1 }),
          ),
        ]),
      'wrong-length',
    ],
    [
      'of another session',
      () =>
        withCulprit('secagg-masked', (message) => [{ ...message, session: encodeNonce(digestBytes('x')) }]),
      'other-session',
    ],
    [
      'that someone else announces',
      () =>
        withCulprit('secagg-masked', (message) => [
          { ...message, signature: encodeSignature(other.sign(maskedStatement(message))) },
        ]),
      'bad-signature',
    ],
    [
      'and another, of which neither is summed',
      () =>
        withCulprit('secagg-masked', (message) => [
          message,
          { ...message, vector: `sha256:${'0'.repeat(64)}` },
        ]),
      'contradiction',
    ],
    ['that never comes', () => withCulprit('secagg-masked', () => []), 'silent'],
    [
      'that its sender takes back',
      () =>
        withCulprit('secagg-masked', (message) => [
          message,
          { type: 'secagg-refuse', round: message.round, reason: 'cancelled' },
        ]),
      'refused',
    ],
  ]
  test.each(cases)('%s', (_, play, reason) => {
    expectDropped(play(), reason, ALL_BUT_CULPRIT)
  })
})

describe('[M13] an answer', () => {
  const changed = (change: (message: UnmaskMessage) => UnmaskMessage) =>
    playSession({
      manifest,
      clients: CLIENTS,
      tamper: {
        up(message, from) {
          // One client drops out before its vector, so that there are shares of both kinds.
          if (from === other.clientId && message.type === 'secagg-masked') return { now: [] }
          if (from !== culprit.clientId || message.type !== 'secagg-unmask') return { now: [message] }
          const unsigned = change(message)
          return { now: [signed(unsigned, unmaskStatement(unsigned, statement(unsigned)))] }
        },
      },
    })
  const statement = ({ session }: UnmaskMessage) =>
    survivorsStatement(
      fromBase64url(session),
      ALL.map((_, member) => member),
      [0, 1, 2, 3, 5, 6],
    )
  const WITHOUT_OTHER = ALL.map((_, place) => (place === 4 ? 0 : 1))
  const zero = encodeNonce(new Uint8Array(32))
  const withFirst = ({ members, shares }: Shares, first: string): Shares => ({
    members,
    shares: `${first.slice(0, TEXT_OF_32_BYTES)}${shares.slice(TEXT_OF_32_BYTES)}`,
  })

  const cases: [string, (message: UnmaskMessage) => UnmaskMessage, DropReason][] = [
    [
      'with a share that was never dealt',
      (message) => ({ ...message, seeds: withFirst(message.seeds, zero) }),
      'wrong-share',
    ],
    [
      'with a mask key’s share as a seed’s',
      (message) => ({ ...message, seeds: withFirst(message.seeds, message.maskKeys.shares) }),
      'wrong-share',
    ],
    ['with the mask key of a survivor', (message) => ({ ...message, maskKeys: message.seeds }), 'wrong-kind'],
    [
      'with the seed of one who dropped out',
      (message) => ({ ...message, seeds: { members: [4], shares: message.maskKeys.shares } }),
      'wrong-kind',
    ],
    [
      'with one share twice',
      ({ seeds, ...message }) => ({
        ...message,
        seeds: {
          members: [0, ...seeds.members],
          shares: `${textAt(seeds.shares, TEXT_OF_32_BYTES, 0)}${seeds.shares}`,
        },
      }),
      'malformed',
    ],
    [
      'with a share less than the members that it lists',
      ({ seeds, ...message }) => ({
        ...message,
        seeds: { ...seeds, shares: seeds.shares.slice(TEXT_OF_32_BYTES) },
      }),
      'malformed',
    ],
    ['of another session', (message) => ({ ...message, session: zero }), 'other-session'],
  ]
  test.each(cases)(
    '%s is not counted, and its sender is named; its vector stays in the sum',
    (_, change, reason) => {
      const played = changed(change)
      expect(played.server.dropped).toContainEqual({ client: culprit.clientId, reason })
      expect(played.server.phase).toBe('completed')
      expect(placesOf(played)).toEqual(WITHOUT_OTHER)
    },
  )

  test('for another list of survivors than was asked for has no valid signature', () => {
    const played = playSession({
      manifest,
      clients: CLIENTS,
      tamper: {
        up: (message, from) =>
          from === culprit.clientId && message.type === 'secagg-unmask'
            ? {
                now: [
                  signed(
                    message,
                    unmaskStatement(message, survivorsStatement(fromBase64url(message.session), [0, 1], [0])),
                  ),
                ],
              }
            : { now: [message] },
      },
    })
    expectDropped(played, 'bad-signature', ALL)
  })
})

describe('[M12] the round ends at once', () => {
  test('when too few are left, and says so', () => {
    const quitters = new Set<ClientId>(identities.slice(0, 3).map(({ clientId }) => clientId))
    const terms = aManifest(CLIENTS, { cohort: { least: 5, most: CLIENTS } })
    const played = playSession({
      manifest: terms,
      clients: CLIENTS,
      tamper: {
        up: (message, from) =>
          quitters.has(from) && message.type === 'secagg-share'
            ? { now: [{ type: 'secagg-refuse', round: message.round, reason: 'cancelled' }] }
            : { now: [message] },
      },
    })
    expect(played.server).toMatchObject({ phase: 'abandoned', reason: 'too-few-clients' })
    // Nobody masked anything: the third quitter ended it.
    expect(played.shown.some(({ message }) => message.type === 'secagg-masked')).toBe(false)
  })

  test('and neither events nor messages wake it', () => {
    const state: ServerState = { phase: 'abandoned', manifest, dropped: [], reason: 'cancelled' }
    for (const event of [{ type: 'deadline' }, { type: 'summed' }, { type: 'cancelled' }] as const)
      expect(serverTransition(state, event, createRows(), serverMeans)).toEqual({
        state,
        rows: [],
        effects: [],
      })
    expect(coordinator.publicKey).toHaveLength(32)
  })
})
