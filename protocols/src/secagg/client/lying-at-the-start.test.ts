/** A coordinator that lies in its manifest or roster: the client refuses before anything is given away. */
import { describe, expect, test } from 'vitest'
import { encodeNonce, encodePublicKey, encodeSignature } from '../../crypto/encoded.ts'
import { toBase64url } from '../../crypto/encoding.ts'
import { keyPairFromSecret } from '../../crypto/key-agreement.ts'
import { Digest, RoundId, TaskId } from '../../ids.ts'
import { plainKernels } from '../../kernels/plain.ts'
import type { Advertisement } from '../advertisement.ts'
import { type Expectation, raiseFloors } from '../floors.ts'
import { pairMaskKey } from '../keys.ts'
import { type Manifest, manifestDigest } from '../manifest.ts'
import { pairSign } from '../mask-items.ts'
import type { ClientRefusal, RosterMessage } from '../messages.ts'
import {
  aManifest,
  coordinator,
  digestBytes,
  expectationOf,
  nodeX25519,
  seedPart,
} from '../session.builders.ts'
import { advertisementDigest, rosterLeaf, sessionIdOf } from '../session.ts'
import { beginClient } from './begin.ts'
import { clientTransition } from './transition.ts'
import {
  advertisementsIn,
  CLIENTS,
  digestAt,
  direct,
  expectRefused,
  forgedRoster,
  hear,
  identityAt,
  means,
  victim,
  victimBefore,
} from './victim.builders.ts'

describe('[M9] a manifest is refused', () => {
  const fleet = aManifest(100, {
    audience: 'fleet',
    cohort: { least: 20, most: 100 },
    graph: { ...direct.graph, corrupt: 0.1, dropout: 0.1 },
    privacy: { mechanism: 'client-noise', noiseMultiplier: 1, maxNorm: 1, noise: 'skellam', survivors: 20 },
    unmasking: 'confirmed',
  })
  const expected: Expectation = {
    ...expectationOf(fleet),
    coordinator: encodePublicKey(coordinator.publicKey),
    floors: raiseFloors('fleet', { corrupt: 0.1, noiseMultiplier: 1, unmasking: 'confirmed' }),
  }
  const begun = (manifest: Manifest) =>
    beginClient(
      {
        message: { type: 'secagg-manifest', round: manifest.round, manifest },
        expected,
        entropy: digestBytes('e'),
      },
      means,
    )

  test('not where it meets every floor', () => {
    expect(begun(fleet).state.phase).toBe('advertised')
  })

  const other = Digest.parse(`sha256:${'00'.repeat(32)}`)
  const cases: [string, Partial<Manifest>, ClientRefusal][] = [
    ['of another model than the one that was loaded', { model: other }, 'other-model'],
    ['of another plan', { plan: other }, 'other-plan'],
    [
      'under another coordinator’s key',
      { coordinator: encodePublicKey(victim.publicKey) },
      'other-coordinator',
    ],
    ['for fewer clients than the floor', { cohort: { least: 19, most: 100 } }, 'below-floor'],
    ['that trusts the coordinator more', { graph: { ...fleet.graph, adversary: 'curious' } }, 'below-floor'],
    ['that stands fewer corrupt clients', { graph: { ...fleet.graph, corrupt: 0.05 } }, 'below-floor'],
    [
      'with less noise',
      {
        privacy: {
          mechanism: 'client-noise',
          noiseMultiplier: 0.9,
          maxNorm: 1,
          noise: 'skellam',
          survivors: 20,
        },
      },
      'below-floor',
    ],
    [
      'with shares of the noise that more clients must add than may be in the sum',
      {
        privacy: {
          mechanism: 'client-noise',
          noiseMultiplier: 1,
          maxNorm: 1,
          noise: 'skellam',
          survivors: 21,
        },
      },
      'below-floor',
    ],
    ['without noise', { privacy: { mechanism: 'none' } }, 'below-floor'],
    ['without confirmation', { unmasking: 'direct' }, 'below-floor'],
    ['for a demonstration', { audience: 'demo' }, 'below-floor'],
  ]
  test.each(cases)('%s', (_, changes, reason) => {
    expectRefused(begun({ ...fleet, ...changes }), reason)
  })

  test.each([
    ['of an earlier round, which would begin again', { round: RoundId.parse('digits.4') }],
    ['of another task', { task: TaskId.parse('letters'), round: RoundId.parse('letters.3') }],
  ])('%s', (_, asked) => {
    const step = beginClient(
      {
        message: { type: 'secagg-manifest', round: fleet.round, manifest: fleet },
        expected: { ...expected, ...asked },
        entropy: digestBytes('e'),
      },
      means,
    )
    expectRefused(step, 'other-task')
  })

  test('no application can lower what is compiled in', () => {
    expect(raiseFloors('fleet', { least: 2, corrupt: 0, adversary: 'curious', noiseMultiplier: 0 })).toEqual(
      raiseFloors('fleet'),
    )
    expect(raiseFloors('fleet', { least: 50 }).least).toBe(50)
  })
})

describe('[M9] a roster is refused', () => {
  const { state, honest, rows } = victimBefore('secagg-roster')
  const roster = honest.type === 'secagg-roster' ? honest : expect.fail('it is no roster')
  const digest = manifestDigest(direct)
  const advertisements = advertisementsIn(rows)
  const me = advertisements.findIndex(({ client }) => client === victim.clientId)

  const forged = (list: readonly Advertisement[], changes: Partial<RosterMessage> = {}): RosterMessage =>
    forgedRoster(roster, { list, changes })
  /** An invented client with valid signatures, and these values. */
  const sybil = (changes: Partial<Advertisement>): Advertisement => {
    const identity = identityAt(CLIENTS)
    const unsigned = {
      client: identity.clientId,
      identity: encodePublicKey(identity.publicKey),
      channelKey: encodePublicKey(keyPairFromSecret(digestBytes('sybil channel'), nodeX25519).publicKey),
      maskKey: encodePublicKey(keyPairFromSecret(digestBytes('sybil mask'), nodeX25519).publicKey),
      nonce: encodeNonce(digestBytes('sybil')),
      ...changes,
    }
    return { ...unsigned, signature: encodeSignature(identity.sign(advertisementDigest(digest, unsigned))) }
  }
  const swapped = (place: number, advertisement: Advertisement) =>
    advertisements.map((own, at) => (at === place ? advertisement : own))
  const last = CLIENTS - 1
  const first = advertisements[1] ?? expect.fail('there are no others')

  test('not where it is honest, nor where the test forges an honest one', () => {
    expect(hear(state, roster).state.phase).toBe('shared')
    expect(forged(advertisements)).toEqual(roster)
  })

  const cases: [string, () => RosterMessage, ClientRefusal][] = [
    ['of another manifest', () => ({ ...roster, manifest: digestAt(1) }), 'other-manifest'],
    [
      'with a seed that was not committed to',
      () => ({ ...roster, seedPart: encodeNonce(digestBytes('s')) }),
      'seed-not-committed',
    ],
    [
      'of fewer than the least',
      () => ({ ...roster, leaves: toBase64url(rosterLeaf(digest, first)) }),
      'cohort-size',
    ],
    ['of more than the most', () => forged([...advertisements, sybil({})]), 'cohort-size'],
    ['without the client itself', () => forged(swapped(me, sybil({}))), 'not-in-roster'],
    ['with a member twice', () => forged(swapped(last, first)), 'duplicate-member'],
    [
      'with a lower threshold',
      () => forged(advertisements, { threshold: roster.threshold - 1 }),
      'other-graph',
    ],
    ['with another degree', () => forged(advertisements, { degree: 2 }), 'other-graph'],
    ['with a neighbour left out', () => ({ ...roster, members: roster.members.slice(1) }), 'other-graph'],
    [
      'with a neighbour in another’s place',
      () => ({
        ...roster,
        members: roster.members.map((each, at) => ({ ...each, member: [2, 1][at] ?? each.member })),
      }),
      'other-graph',
    ],
    [
      'with a neighbour’s key exchanged',
      () => ({
        ...roster,
        members: roster.members.map((each, at) =>
          at === 0 ? { ...each, advertisement: { ...each.advertisement, maskKey: sybil({}).maskKey } } : each,
        ),
      }),
      'roster-proof',
    ],
    [
      'with a neighbour’s key exchanged and the roster made to match',
      () => forged(swapped(1, { ...first, maskKey: sybil({}).maskKey })),
      'bad-signature',
    ],
    [
      'with a member who is not the key’s holder',
      () => forged(swapped(1, { ...sybil({}), client: first.client })),
      'bad-signature',
    ],
    [
      'with two members of one key',
      () => forged(swapped(last, sybil({ maskKey: first.maskKey }))),
      'duplicate-key',
    ],
    [
      'with the client’s own key under another name',
      () => forged(swapped(last, sybil({ channelKey: advertisements[me]?.maskKey ?? first.maskKey }))),
      'duplicate-key',
    ],
    [
      'with a key of low order',
      () => forged(swapped(last, sybil({ maskKey: encodePublicKey(new Uint8Array(32)) }))),
      'low-order-key',
    ],
    ['with another signature', () => ({ ...roster, signature: first.signature }), 'bad-signature'],
  ]
  test.each(cases)('%s', (_, message, reason) => {
    expectRefused(hear(state, message()), reason)
  })

  test('with a member who is not enrolled, where the application knows who is', () => {
    const known = { ...means, enrolled: new Set(advertisements.slice(0, last).map(({ client }) => client)) }
    const step = clientTransition(state, { type: 'message', message: roster }, known)
    expectRefused(step, 'not-enrolled')
  })

  test('that is a second one; the same again is answered by the same bytes', () => {
    const shared = hear(state, roster)
    const [sent] = shared.effects
    expect(hear(shared.state, roster).effects).toEqual([sent])
    const other = { ...roster, seedPart: encodeNonce(digestBytes('other')) }
    const step = hear(shared.state, other)
    expectRefused(step, 'contradiction')
    expect(step.state).toMatchObject({ evidence: [roster, other] })
  })
})

test('[M5] clients who were shown different models, rosters or graphs share no mask', () => {
  const terms = {
    manifest: manifestDigest(direct),
    leaves: [digestBytes('1'), digestBytes('2'), digestBytes('3')],
    seedPart,
    parameters: { degree: 2, threshold: 3 },
  }
  const secrets = [digestBytes('secret 0'), digestBytes('secret 1')]
  const maskBy = (me: 0 | 1, sessionId: Uint8Array) => {
    const [own = expect.fail(), other = expect.fail()] = me === 0 ? secrets : secrets.toReversed()
    const peerPublicKey = nodeX25519.publicKey(other)
    const key = pairMaskKey({ sessionId, secretKey: own, peerPublicKey, members: [0, 1], x25519: nodeX25519 })
    const words = new Uint32Array(8)
    plainKernels.chacha20Add(words, { key, sign: pairSign(me, me === 0 ? 1 : 0) })
    return words
  }
  const leftOf = (told: Partial<typeof terms>) => {
    const sum = maskBy(0, sessionIdOf(terms))
    plainKernels.addMod32(sum, maskBy(1, sessionIdOf({ ...terms, ...told })))
    return [...sum].filter((word) => word !== 0).length
  }
  expect(leftOf({})).toBe(0)
  const lies: Partial<typeof terms>[] = [
    { manifest: manifestDigest({ ...direct, model: digestAt(3) }) },
    { leaves: [digestBytes('1'), digestBytes('2'), digestBytes('4')] },
    { seedPart: digestBytes('other') },
    { parameters: { degree: 2, threshold: 2 } },
  ]
  expect(lies.map(leftOf)).toEqual([8, 8, 8, 8])
})
