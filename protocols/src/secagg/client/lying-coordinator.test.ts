/** A coordinator that lies, against the client's machine: every lie ends in a refusal before anything is given away. */
import { describe, expect, test } from 'vitest'
import { encodeNonce, encodePublicKey, encodeSignature } from '../../crypto/encoded.ts'
import { concatBytes, toBase64url, toHex } from '../../crypto/encoding.ts'
import type { Identity } from '../../crypto/identity.ts'
import { keyPairFromSecret } from '../../crypto/key-agreement.ts'
import { Digest, RoundId } from '../../ids.ts'
import { plainKernels } from '../../kernels/plain.ts'
import { type Expectation, raiseFloors } from '../floors.ts'
import { graphParameters } from '../graph-parameters.ts'
import { pairMaskKey } from '../keys.ts'
import { type Manifest, manifestDigest } from '../manifest.ts'
import { pairSign } from '../mask-items.ts'
import type {
  BundlesMessage,
  ClientRefusal,
  ConfirmationsMessage,
  CoordinatorSecaggMessage,
  RosterMessage,
  SurvivorsMessage,
} from '../messages.ts'
import {
  aManifest,
  coordinator,
  digestBytes,
  expectationOf,
  nodeVerify,
  nodeX25519,
  playSession,
  seedPart,
  someIdentities,
} from '../session.builders.ts'
import { type Advertisement, advertisementDigest, graphOf, rosterLeaf, sessionIdOf } from '../session.ts'
import { confirmStatement, rosterStatement, survivorsStatement } from '../statements.ts'
import { beginClient } from './begin.ts'
import type { ClientMeans, ClientState, ClientStep } from './states.ts'
import { clientTransition } from './transition.ts'

const CLIENTS = 5
const identities = someIdentities(CLIENTS + 1)
const identityAt = (place: number): Identity => identities[place] ?? expect.fail('no such identity')
const victim = someIdentities(CLIENTS)[0] ?? expect.fail('there are no clients')
const means: ClientMeans = { identity: victim, x25519: nodeX25519, verifySignature: nodeVerify }
const direct = aManifest(CLIENTS)
const confirmed = aManifest(CLIENTS, { unmasking: 'confirmed' })

/** The victim as it is when a message of this type is about to reach it, and that message. */
const victimBefore = <T extends CoordinatorSecaggMessage['type']>(type: T, manifest: Manifest = direct) => {
  let honest: CoordinatorSecaggMessage | undefined
  const played = playSession({
    manifest,
    clients: CLIENTS,
    pauseAt: (message, to) => {
      if (to !== victim.clientId || message.type !== type) return false
      honest = message
      return true
    },
  })
  const state = played.states.get(victim.clientId) ?? expect.fail('the victim has not begun')
  return { ...played, state, honest: honest ?? expect.fail(`no ${type} came`) }
}

const hear = (state: ClientState, ...messages: CoordinatorSecaggMessage[]): ClientStep =>
  messages.reduce<ClientStep>(
    (step, message) => clientTransition(step.state, { type: 'message', message }, means),
    {
      state,
      effects: [],
    },
  )

/** The session is over for this reason, nothing but that is said, and every secret is handed over to be erased. */
const expectRefused = (step: ClientStep, reason: ClientRefusal) => {
  expect(step.state).toMatchObject({ phase: 'ended', reason })
  expect(step.effects.map((effect) => (effect.type === 'send' ? effect.message : effect.type))).toEqual(
    step.effects.some(({ type }) => type === 'erase')
      ? [{ type: 'secagg-refuse', round: 'digits.3', reason }, 'erase']
      : [{ type: 'secagg-refuse', round: 'digits.3', reason }],
  )
}

describe('[M9] a manifest is refused', () => {
  const fleet = aManifest(100, {
    audience: 'fleet',
    cohort: { least: 20, most: 100 },
    graph: { ...direct.graph, corrupt: 0.1, dropout: 0.1 },
    privacy: { mechanism: 'client-noise', noiseMultiplier: 1, maxNorm: 1 },
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
      { privacy: { mechanism: 'client-noise', noiseMultiplier: 0.9, maxNorm: 1 } },
      'below-floor',
    ],
    ['without noise', { privacy: { mechanism: 'none' } }, 'below-floor'],
    ['without confirmation', { unmasking: 'direct' }, 'below-floor'],
    ['for a demonstration', { audience: 'demo' }, 'below-floor'],
  ]
  test.each(cases)('%s', (_, changes, reason) => {
    expectRefused(begun({ ...fleet, ...changes }), reason)
  })

  test('of another round', () => {
    const step = beginClient(
      {
        message: { type: 'secagg-manifest', round: fleet.round, manifest: fleet },
        expected: { ...expected, round: RoundId.parse('digits.4') },
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
  const advertisements = (rows.session()?.clients ?? []).map(
    (client) => rows.advertisement(client)?.advertisement ?? expect.fail('no advertisement'),
  )
  const me = advertisements.findIndex(({ client }) => client === victim.clientId)

  /** What a coordinator could make of these advertisements, consistent and signed. */
  const forged = (list: readonly Advertisement[], changes: Partial<RosterMessage> = {}): RosterMessage => {
    const leaves = list.map((advertisement) => rosterLeaf(digest, advertisement))
    const found =
      graphParameters({ ...direct.graph, clients: list.length }) ?? expect.fail('there is no graph')
    const parameters = {
      degree: changes.degree ?? found.degree,
      threshold: changes.threshold ?? found.threshold,
    }
    const terms = { manifest: digest, leaves, seedPart, parameters }
    const own = list.findIndex(({ client }) => client === victim.clientId)
    const around = own < 0 ? [1, 2, 3, 4] : graphOf(terms).neighbours(own)
    return {
      ...roster,
      ...parameters,
      leaves: toBase64url(concatBytes(...leaves)),
      members: around.flatMap((member) => {
        const advertisement = list[member]
        return advertisement ? [{ member, advertisement }] : []
      }),
      signature: encodeSignature(coordinator.sign(rosterStatement(sessionIdOf(terms)))),
      ...changes,
    }
  }
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

describe('[M9] bundles are refused', () => {
  const { state, honest } = victimBefore('secagg-bundles')
  const bundles = honest.type === 'secagg-bundles' ? honest : expect.fail('these are no bundles')
  const own = state.phase === 'shared' ? state.session.me : expect.fail('it has not shared')
  const others = bundles.members.filter((member) => member !== own)
  const without = (...gone: (number | undefined)[]): BundlesMessage => ({
    ...bundles,
    members: bundles.members.filter((member) => !gone.includes(member)),
    bundles: bundles.bundles.filter(({ from }) => !gone.includes(from)),
  })

  const cases: [string, () => CoordinatorSecaggMessage, ClientRefusal][] = [
    ['of another session', () => ({ ...bundles, session: encodeNonce(digestBytes('x')) }), 'other-session'],
    ['without the client itself', () => without(own), 'member-set'],
    ['of members that there are not', () => ({ ...bundles, members: [...bundles.members, 7] }), 'member-set'],
    ['of too few for the threshold', () => without(...others.slice(0, 3)), 'too-few-alive'],
    ['with one held back', () => ({ ...bundles, bundles: bundles.bundles.slice(1) }), 'bundle-set'],
    ['with one of nobody’s', () => ({ ...without(others[0]), bundles: bundles.bundles }), 'bundle-set'],
    [
      'with two of one',
      () => ({
        ...bundles,
        bundles: bundles.bundles.map((each, at) => (at === 1 ? (bundles.bundles[0] ?? each) : each)),
      }),
      'bundle-set',
    ],
  ]
  test.each(cases)('%s', (_, message, reason) => {
    expectRefused(hear(state, message()), reason)
  })

  test('when the survivors are asked for first', () => {
    const asked: SurvivorsMessage = {
      type: 'secagg-survivors',
      round: bundles.round,
      session: bundles.session,
      survivors: bundles.members,
      signature: encodeSignature(coordinator.sign(digestBytes('x'))),
    }
    expectRefused(hear(state, asked), 'out-of-turn')
    expectRefused(hear(hear(state, bundles).state, asked), 'out-of-turn')
  })

  test('when they name other members the second time', () => {
    expectRefused(hear(state, bundles, without(others[0])), 'contradiction')
  })

  test('and those that were exchanged or changed on the way are held as none', () => {
    const [one, two] = bundles.bundles
    const exchanged = {
      ...bundles,
      bundles: bundles.bundles.map((each, at) => ({
        ...each,
        bundle: (at === 0 ? two : at === 1 ? one : each)?.bundle ?? each.bundle,
      })),
    }
    const masking = hear(state, exchanged).state
    if (masking.phase !== 'masking') return expect.fail('it is not masking')
    expect(others.map((member) => masking.held.get(member) !== undefined)).toEqual([false, false, true, true])
  })
})

describe('[M9] [M11] a list of survivors is refused', () => {
  const { state, honest } = victimBefore('secagg-survivors')
  const asked = honest.type === 'secagg-survivors' ? honest : expect.fail('this is no such list')
  if (state.phase !== 'masked') throw new Error('the victim has not masked')
  const { session } = state
  const listed = (survivors: number[], signer: Identity = coordinator): SurvivorsMessage => ({
    ...asked,
    survivors,
    signature: encodeSignature(signer.sign(survivorsStatement(session.sessionId, state.members, survivors))),
  })
  const others = state.members.filter((member) => member !== session.me)

  test('not where it is honest', () => {
    expect(hear(state, asked).state.phase).toBe('answered')
    expect(listed([...asked.survivors])).toEqual(asked)
  })

  const cases: [string, () => SurvivorsMessage, ClientRefusal][] = [
    ['that has the client itself among the dead', () => listed(others), 'self-not-surviving'],
    ['of clients who are no members', () => listed([...state.members, 9]), 'survivor-set'],
    ['of itself alone', () => listed([session.me]), 'too-few-alive'],
    [
      'of fewer than the threshold',
      () => listed([session.me, ...others].slice(0, 2).sort((a, b) => a - b)),
      'too-few-alive',
    ],
    [
      'that nobody signed',
      () => ({
        ...asked,
        survivors: listed(state.members.slice()).survivors,
        signature: encodeSignature(new Uint8Array(64)),
      }),
      'bad-signature',
    ],
    ['that someone else signed', () => listed([...state.members], victim), 'bad-signature'],
    [
      'signed for other survivors',
      () => ({
        ...listed([...state.members]),
        survivors: state.members.filter((member) => member !== others[0]),
      }),
      'bad-signature',
    ],
    ['of another session', () => ({ ...asked, session: encodeNonce(digestBytes('x')) }), 'other-session'],
  ]
  test.each(cases)('%s', (_, message, reason) => {
    expectRefused(hear(state, message()), reason)
  })

  test('[M10] when it is the second, with other survivors: both are kept as evidence', () => {
    const answered = hear(state, asked)
    const second = listed(state.members.filter((member) => member !== others[0]))
    const step = hear(answered.state, second)
    expectRefused(step, 'second-unmasking')
    expect(step.state).toMatchObject({ evidence: [asked, second] })
  })

  test('[M10] not when it is the same again: the answer is the same bytes, and no secret is left to make another', () => {
    const answered = hear(state, asked)
    expect(hear(answered.state, asked).effects).toEqual(answered.effects.slice(0, 1))
    expect(JSON.stringify(answered.state)).not.toContain(toHex(session.entropy))
    expect(Object.keys(answered.state).sort()).toEqual(['asked', 'phase', 'sent'])
    const erased = answered.effects.flatMap((effect) => (effect.type === 'erase' ? effect.secrets : []))
    expect(erased).toContain(session.entropy)
    expect(erased.length).toBe(1 + 2 * (CLIENTS + 1))
  })

  test('[M10] an answer has one kind of share of each, the seed of those who survive', () => {
    const survivors = state.members.filter((member) => member !== others[1])
    const answered = hear(state, listed(survivors)).state
    if (answered.phase !== 'answered') return expect.fail('it has not answered')
    expect(answered.sent.seeds.map(({ member }) => member)).toEqual(survivors)
    expect(answered.sent.maskKeys.map(({ member }) => member)).toEqual([others[1]])
  })

  test('[M10] a second vector is not put under the same masks', () => {
    const bytes = state.sent.bytes
    const again = { type: 'vector-masked', vector: state.sent.vector, bytes } as const
    expect(clientTransition(state, again, means).effects).toEqual([{ type: 'send', message: state.sent }])
    expect(() => clientTransition(state, { ...again, vector: digestAt(2) }, means)).toThrow(
      'give away the difference',
    )
  })
})

describe('[M11] confirmations are refused', () => {
  const { state, honest } = victimBefore('secagg-confirmations', confirmed)
  const told = honest.type === 'secagg-confirmations' ? honest : expect.fail('these are none')
  if (state.phase !== 'confirming') throw new Error('the victim has not confirmed')
  const only = (confirmations: ConfirmationsMessage['confirmations']) => ({ ...told, confirmations })

  test('not where they are honest', () => {
    expect(hear(state, told).state.phase).toBe('answered')
  })

  const fellows = told.confirmations.filter(({ member }) => member !== state.session.me)
  const cases: [string, () => CoordinatorSecaggMessage, ClientRefusal][] = [
    ['of too few', () => only(fellows.slice(0, state.session.threshold - 2)), 'not-confirmed'],
    ['of one many times', () => only(fellows.map(() => fellows[0] ?? expect.fail('none'))), 'not-confirmed'],
    [
      'that are others’',
      () =>
        only(
          fellows.map(({ member }, at) => ({
            member,
            signature: fellows[(at + 1) % fellows.length]?.signature ?? expect.fail('none'),
          })),
        ),
      'not-confirmed',
    ],
    [
      'of another list',
      () => {
        const statement = confirmStatement(
          survivorsStatement(state.session.sessionId, state.members, state.survivors.slice(1)),
        )
        return only(
          fellows.map(({ member }) => ({
            member,
            signature: encodeSignature(
              someIdentities(CLIENTS)[member]?.sign(statement) ?? expect.fail('none'),
            ),
          })),
        )
      },
      'not-confirmed',
    ],
    ['after another list of survivors', () => ({ ...state.asked, survivors: [0] }), 'second-unmasking'],
    ['of another session', () => ({ ...told, session: encodeNonce(digestBytes('x')) }), 'other-session'],
  ]
  test.each(cases)('%s', (_, message, reason) => {
    expectRefused(hear(state, message()), reason)
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

function digestAt(number: number) {
  return Digest.parse(`sha256:${String(number).padStart(2, '0').repeat(32)}`)
}
