import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeKeyText } from '../crypto/encoded.ts'
import { concatBytes } from '../crypto/encoding.ts'
import { combineShares, completeShares } from '../crypto/shamir.ts'
import { channelKeyPair } from './client/begin.ts'
import { means, victimBefore } from './client/victim.builders.ts'
import { createGraph } from './graph.ts'
import { dealtTo, impliedShares, isImplied } from './implied-shares.ts'
import { textsOf } from './joined.ts'
import { channelKey, expandEntropy } from './keys.ts'
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

describe('[M7] a sharing whose first shares are HKDF’s', () => {
  const THRESHOLD = 4
  const HOLDERS = 7
  /** The shares of one secret under so many sets of channel keys. */
  const sharings = (secret: Uint8Array, count: number) =>
    Array.from({ length: count }, (_, of) => {
      const given = Array.from({ length: THRESHOLD - 1 }, (_, at) => {
        const key = digestBytes(`channel key ${of} ${at}`)
        const { x, maskKey } = impliedShares({
          key,
          sessionId: digestBytes('session'),
          from: 9,
          to: at,
          x: at + 1,
        })
        return { x, y: maskKey }
      })
      const xs = Array.from({ length: HOLDERS - THRESHOLD + 1 }, (_, at) => THRESHOLD + at)
      return [...given, ...completeShares({ secret, given, xs })]
    })

  test('gives every holder bytes that look like any others, and like those of any other secret, alone and two together', () => {
    const zeros = sharings(new Uint8Array(32), 400)
    const ones = sharings(new Uint8Array(32).fill(0xff), 400)
    const bytesAt = (of: typeof zeros, holder: number) =>
      of.flatMap((shares) => [...(shares[holder]?.y ?? [])])
    for (let holder = 0; holder < HOLDERS; holder++) {
      for (const bytes of [bytesAt(zeros, holder), bytesAt(ones, holder)])
        expect(chiSquared(bytes)).toBeLessThan(CHI_SQUARED_255)
      const next = bytesAt(zeros, (holder + 1) % HOLDERS)
      const sums = bytesAt(zeros, holder).map((byte, at) => byte ^ (next[at] ?? 0))
      expect(chiSquared(sums)).toBeLessThan(CHI_SQUARED_255)
    }
    // What the test would say of shares that do tell.
    expect(chiSquared(bytesAt(zeros, 0).map((byte) => byte & 0xfe))).toBeGreaterThan(CHI_SQUARED_255)
  })

  test('[M10] whose one half is shown says nothing of the other, which stays a secret', () => {
    const { maskKey, seed } = impliedShares({
      key: digestBytes('channel'),
      sessionId: digestBytes('session'),
      from: 1,
      to: 2,
      x: 1,
    })
    const shownWith = (other: string) =>
      impliedShares({ key: digestBytes(other), sessionId: digestBytes('session'), from: 1, to: 2, x: 1 })
    expect(maskKey).not.toEqual(seed)
    const many = Array.from({ length: 400 }, (_, at) => shownWith(`channel ${at}`))
    const sums = many.flatMap(({ maskKey: one, seed: two }) =>
      [...one].map((byte, at) => byte ^ (two[at] ?? 0)),
    )
    expect(chiSquared(sums)).toBeLessThan(CHI_SQUARED_255)
  })

  test('has a member’s own from its entropy: no key that it has in common with anybody gives it', () => {
    const { state, rows } = victimBefore('secagg-bundles')
    if (state.phase !== 'shared') return expect.fail('it has not shared')
    const { session } = state
    const { sessionId, entropy, own } = session
    expect([own.x, rows.session()?.threshold]).toEqual([1, 3])
    const drawn = expandEntropy({ entropy, context: sessionId, purpose: 'shares of its own', length: 64 })
    expect(concatBytes(own.maskKey, own.seed)).toEqual(drawn)
    const { secretKey } = channelKeyPair(session, means)
    for (const [peer, { channelKey: text }] of session.neighbours)
      for (const [from, to] of [
        [0, 0],
        [0, peer],
        [peer, 0],
      ] as const) {
        const key = channelKey({ sessionId, secretKey, peerPublicKey: decodeKeyText(text), from, to })
        expect(impliedShares({ key, sessionId, from, to, x: 1 })).not.toEqual(own)
      }
  })
})

/** Of bytes against the uniform distribution: 255 degrees of freedom, of which 360 is the 1 - 1.6e-5 quantile. */
const CHI_SQUARED_255 = 360
const chiSquared = (bytes: readonly number[]): number => {
  const counts = new Uint32Array(256)
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1
  const expected = bytes.length / 256
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

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
