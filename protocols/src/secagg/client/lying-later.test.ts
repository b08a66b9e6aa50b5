/** A coordinator that lies about shares and survivors: the client refuses, and never shows both shares of anyone. */
import { describe, expect, test } from 'vitest'
import { encodeNonce, encodeSignature } from '../../crypto/encoded.ts'
import { toHex } from '../../crypto/encoding.ts'
import type { Identity } from '../../crypto/identity.ts'
import type {
  BundlesMessage,
  ClientRefusal,
  ConfirmationsMessage,
  CoordinatorSecaggMessage,
  SurvivorsMessage,
} from '../messages.ts'
import { coordinator, digestBytes, someIdentities } from '../session.builders.ts'
import { confirmStatement, survivorsStatement } from '../statements.ts'
import { clientTransition } from './transition.ts'
import {
  CLIENTS,
  confirmed,
  digestAt,
  direct,
  expectRefused,
  hear,
  lastVictim,
  means,
  victim,
  victimBefore,
} from './victim.builders.ts'

describe('[M9] bundles are refused', () => {
  const { state, honest } = victimBefore('secagg-bundles', direct, lastVictim)
  const bundles = honest.type === 'secagg-bundles' ? honest : expect.fail('these are no bundles')
  const own = state.phase === 'shared' ? state.session.me : expect.fail('it has not shared')
  const others = bundles.members.filter((member) => member !== own)
  const without = (...gone: (number | undefined)[]): BundlesMessage => ({
    ...bundles,
    members: bundles.members.filter((member) => !gone.includes(member)),
    shares: bundles.shares.filter(({ from }) => !gone.includes(from)),
  })

  const cases: [string, () => CoordinatorSecaggMessage, ClientRefusal][] = [
    ['of another session', () => ({ ...bundles, session: encodeNonce(digestBytes('x')) }), 'other-session'],
    ['without the client itself', () => without(own), 'member-set'],
    ['of members that there are not', () => ({ ...bundles, members: [...bundles.members, 7] }), 'member-set'],
    ['of too few for the threshold', () => without(...others.slice(0, 3)), 'too-few-alive'],
    ['with one held back', () => ({ ...bundles, shares: bundles.shares.slice(1) }), 'bundle-set'],
    ['with one of nobody’s', () => ({ ...without(others[0]), shares: bundles.shares }), 'bundle-set'],
    [
      'with two of one',
      () => ({
        ...bundles,
        shares: bundles.shares.map((each, at) => (at === 1 ? (bundles.shares[0] ?? each) : each)),
      }),
      'bundle-set',
    ],
    [
      'with the digests of a bundle alone',
      () => ({
        ...bundles,
        shares: bundles.shares.map(({ bundle, ...rest }, at) =>
          at === 1 || !bundle ? rest : { ...rest, bundle },
        ),
      }),
      'bundle-set',
    ],
  ]
  test.each(cases)('%s', (_, message, reason) => {
    expectRefused(hear(state, message()), reason)
  })

  test('with one where the share is implied', () => {
    const first = victimBefore('secagg-bundles')
    if (first.honest.type !== 'secagg-bundles') return expect.fail('these are no bundles')
    const { shares } = first.honest
    expect(shares.map(({ bundle }) => bundle)).toEqual(others.map(() => undefined))
    const bundle = bundles.shares[0]?.bundle ?? expect.fail('there is no bundle')
    const message = {
      ...first.honest,
      shares: shares.map((each, at) => (at === 0 ? { ...each, bundle } : each)),
    }
    expectRefused(hear(first.state, message), 'bundle-set')
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
    const [one, two] = bundles.shares
    const exchanged = {
      ...bundles,
      shares: bundles.shares.map((each, at) => {
        const { bundle } = (at === 0 ? two : at === 1 ? one : undefined) ?? each
        return bundle === undefined ? each : { ...each, bundle }
      }),
    }
    const masking = hear(state, exchanged).state
    if (masking.phase !== 'masking') return expect.fail('it is not masking')
    expect(others.map((member) => masking.held.get(member) !== undefined)).toEqual([false, false, true, true])
  })

  test('[M7] and a share that is implied is held where it is what its dealer published, as one from a bundle is', () => {
    const first = victimBefore('secagg-bundles')
    if (first.honest.type !== 'secagg-bundles') return expect.fail('these are no bundles')
    const { shares } = first.honest
    const [one, two] = shares
    if (!one || !two) return expect.fail('there are too few')
    const exchanged = [{ ...one, digests: two.digests }, { ...two, digests: one.digests }, ...shares.slice(2)]
    const heldAfter = (message: BundlesMessage) => {
      const masking = hear(first.state, message).state
      if (masking.phase !== 'masking') return expect.fail('it is not masking')
      return shares.map(({ from }) => masking.held.get(from)?.x)
    }
    expect(heldAfter(first.honest)).toEqual([1, 1, 1, 1])
    expect(heldAfter({ ...first.honest, shares: exchanged })).toEqual([undefined, undefined, 1, 1])
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
    expect(answered.sent.seeds.members).toEqual(survivors)
    expect(answered.sent.maskKeys.members).toEqual([others[1]])
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
