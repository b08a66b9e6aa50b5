import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { combineShares } from '../crypto/shamir.ts'
import { createGraph } from './graph.ts'
import { dealtTo, impliedShares, isImplied } from './implied-shares.ts'
import { textsOf } from './joined.ts'
import { BUNDLE_TEXT, BundlesMessage, DIGESTS_TEXT, ShareMessage, UnmaskMessage } from './messages.ts'
import { aManifest, digestBytes, playSession } from './session.builders.ts'

describe('[M7] implied shares', () => {
  test('are those of the first holders, one less than the threshold; all others but the member are dealt a bundle', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), fc.nat(), (half, member, at) => {
        const [size, degree] = [2 * half + 5, 2 * half]
        const graph = createGraph({ size, degree, seed: digestBytes(`ring ${half}`) })
        const threshold = 1 + (at % (degree + 1))
        const from = member % size
        const holders = graph.holders(from)
        const implied = holders.filter((holder) => isImplied(graph.shareX(from, holder) ?? 0, threshold))
        expect(implied).toEqual(holders.slice(0, threshold - 1))
        expect([...implied, ...dealtTo(graph, from, threshold), from].sort((a, b) => a - b)).toEqual(
          implied.includes(from) ? [...holders, from].sort((a, b) => a - b) : holders,
        )
      }),
    )
  })

  test('are others for every key, session and direction', () => {
    const given = { key: digestBytes('key'), sessionId: digestBytes('session'), from: 3, to: 8, x: 2 }
    const pairs = [
      given,
      { ...given, key: digestBytes('other') },
      { ...given, sessionId: digestBytes('other') },
      { ...given, from: 8, to: 3 },
      { ...given, from: 4 },
    ].map(impliedShares)
    const shares = pairs.flatMap(({ maskKey, seed }) => [maskKey.join(), seed.join()])
    expect(new Set(shares).size).toBe(shares.length)
    expect(
      pairs.every(({ x, maskKey, seed }) => x === 2 && maskKey.length === 32 && seed.length === 32),
    ).toBe(true)
  })

  test('and dealt ones are of one polynomial: any threshold of those that are shown give the one secret', () => {
    const clients = 9
    const { rows, shown } = playSession({ manifest: aManifest(clients), clients })
    const record = rows.session() ?? expect.fail('there is no session')
    const shares = shown.flatMap(({ client, message }) => {
      if (message.type !== 'secagg-unmask') return []
      const { members, shares } = message.seeds
      const y = textsOf(shares, 43)[members.indexOf(5)] ?? expect.fail('it holds no share')
      return [{ x: record.clients.indexOf(client) + 1, y: Buffer.from(y, 'base64url') }]
    })
    expect(shares.length).toBeGreaterThan(record.threshold)
    const { threshold } = record
    const secrets = shares.map((_, first) =>
      combineShares(
        Array.from({ length: threshold }, (_, at) => shares[(first + at) % shares.length] ?? expect.fail()),
      ).join(),
    )
    expect(new Set(secrets).size).toBe(1)
  })
})

describe('[M16] what follows from the roster is not said', () => {
  const clients = 9
  const { rows, shown } = playSession({ manifest: aManifest(clients), clients })
  const { threshold } = rows.session() ?? expect.fail('there is no session')
  const said = <T>(schema: { safeParse(value: unknown): { success: boolean; data?: T } }): T[] =>
    shown.flatMap(({ message }) => schema.safeParse(message).data ?? [])

  test('there are digests for each holder, and bundles for those whose share is not implied', () => {
    const first = rows.session()?.clients ?? []
    for (const [member, client] of first.entries()) {
      const dealt = rows.shares(client) ?? expect.fail('it has dealt no shares')
      expect(dealt.digests.length).toBe(clients * DIGESTS_TEXT)
      const bundles = clients - (threshold - 1) - (member >= threshold - 1 ? 1 : 0)
      expect(dealt.bundles.length).toBe(bundles * BUNDLE_TEXT)
    }
  })

  test('and lists of another length than a whole number of values, or with other digits, are no message', () => {
    const [dealt = expect.fail()] = said(ShareMessage)
    expect(ShareMessage.safeParse({ ...dealt, bundles: '' }).success).toBe(true)
    for (const change of [
      { digests: dealt.digests.slice(43) },
      { digests: dealt.digests.slice(1) },
      { digests: '' },
      { digests: `${dealt.digests.slice(0, -1)}B` },
      { digests: dealt.digests.repeat(30) },
      { bundles: dealt.bundles.slice(1) },
      { bundles: `${dealt.bundles.slice(0, -1)}=` },
    ])
      expect(ShareMessage.safeParse({ ...dealt, ...change }).success, JSON.stringify(change)).toBe(false)
    const [answer = expect.fail()] = said(UnmaskMessage)
    const { seeds } = answer
    for (const changed of [
      { ...seeds, members: seeds.members.slice(1) },
      { ...seeds, shares: seeds.shares.slice(43) },
      { ...seeds, members: seeds.members.toReversed() },
      { ...seeds, members: seeds.members.map(() => 1) },
    ])
      expect(UnmaskMessage.safeParse({ ...answer, seeds: changed }).success).toBe(false)
    const { round, session } = dealt
    const one = { from: 1, digests: dealt.digests.slice(0, DIGESTS_TEXT) }
    const bundles = (...shares: object[]) =>
      BundlesMessage.safeParse({ type: 'secagg-bundles', round, session, members: [1], shares }).success
    expect(bundles(one, { ...one, bundle: dealt.bundles.slice(0, BUNDLE_TEXT) })).toBe(true)
    expect(bundles({ ...one, bundle: '' })).toBe(false)
    expect(bundles({ ...one, bundle: dealt.bundles.slice(0, 2 * BUNDLE_TEXT) })).toBe(false)
    expect(bundles({ ...one, digests: dealt.digests.slice(0, 2 * DIGESTS_TEXT) })).toBe(false)
  })
})
