import fc from 'fast-check'
import { combine, split } from 'shamir-secret-sharing'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../runtime/seeded-random.ts'
import { fromHex, toHex } from './encoding.ts'
import { combineShares, completeShares, type Share, splitSecret } from './shamir.ts'

const sharing = fc.integer({ min: 2, max: 40 }).chain((shares) =>
  fc.record({
    shares: fc.constant(shares),
    threshold: fc.integer({ min: 2, max: shares }),
    secret: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    seed: fc.nat(),
  }),
)

const dealt = (input: { secret: Uint8Array; shares: number; threshold: number; seed: number }) =>
  splitSecret({
    ...input,
    coefficients: seededRandom(input.seed).bytes((input.threshold - 1) * input.secret.length),
  })

/** As the audited package writes a share: y, then x. */
const written = ({ x, y }: Share) => Uint8Array.from([...y, x])

describe('a shared secret', () => {
  test('comes back from any threshold of its shares, in any order', () => {
    fc.assert(
      fc.property(sharing, fc.nat(), (input, seed) => {
        const order = seededRandom(seed).bytes(input.shares)
        const shuffled = dealt(input).sort((a, b) => (order[a.x - 1] ?? 0) - (order[b.x - 1] ?? 0))
        expect(combineShares(shuffled.slice(0, input.threshold))).toEqual(input.secret)
        expect(combineShares(shuffled)).toEqual(input.secret)
      }),
    )
  })

  test('may be any other for who has a share less: every secret explains the same shares equally often', () => {
    const explanations = (secret: number, shown: (number | undefined)[]) => {
      let count = 0
      for (let first = 0; first < 256; first++)
        for (let second = 0; second < 256; second += 51) {
          const coefficients = Uint8Array.of(first, second)
          const [a] = splitSecret({ secret: Uint8Array.of(secret), shares: 3, threshold: 3, coefficients })
          if (a?.y[0] === shown[0]) count += 1
        }
      return count
    }
    const [a] = dealt({ secret: Uint8Array.of(9), shares: 3, threshold: 3, seed: 4 })
    const shown = [a?.y[0]]
    expect(explanations(9, shown)).toBe(6)
    expect([0, 1, 77, 255].map((secret) => explanations(secret, shown))).toEqual([6, 6, 6, 6])
  })

  test('[M7] has the same polynomial when it is had from its first shares as from its coefficients', () => {
    fc.assert(
      fc.property(sharing, (input) => {
        const shares = dealt(input)
        const given = shares.slice(0, input.threshold - 1)
        const rest = shares.slice(input.threshold - 1)
        const xs = rest.map(({ x }) => x)
        expect(completeShares({ secret: input.secret, given, xs })).toEqual(rest)
      }),
    )
  })

  test('is not completed at a place that is taken, out of range, or from a share of another length', () => {
    const secret = Uint8Array.of(1, 2)
    const given = [{ x: 3, y: Uint8Array.of(7, 7) }]
    for (const xs of [[3], [4, 4]]) expect(() => completeShares({ secret, given, xs })).toThrow('the same x')
    for (const xs of [[0], [256], [1.5]])
      expect(() => completeShares({ secret, given, xs })).toThrow('from 1 to 255')
    const short = [{ x: 3, y: Uint8Array.of(7) }]
    expect(() => completeShares({ secret, given: short, xs: [1] })).toThrow('different lengths')
  })

  test('is combined by the audited package, and ours combines what that splits', async () => {
    await fc.assert(
      fc.asyncProperty(sharing, async (input) => {
        const ours = dealt(input).slice(0, input.threshold).map(written)
        expect(await combine(ours)).toEqual(input.secret)
        const theirs = await split(input.secret, input.shares, input.threshold)
        const shares = theirs
          .slice(0, input.threshold)
          .map((share) => ({ x: share.at(-1) ?? 0, y: share.slice(0, -1) }))
        expect(combineShares(shares)).toEqual(input.secret)
      }),
      { numRuns: 40 },
    )
  })

  test('has the shares that a reference in Python gives for these coefficients', () => {
    const secret = Uint8Array.from({ length: 32 }, (_, at) => at)
    const coefficients = fromHex(
      'd0f631ca1ddba8db3bcfcb9e057cdc98d0379f1bee00e75a545147a27dadd982' +
        '9c0abe51c6e6655d81de2d044d4fb194931f058c0426c67c7285d8f5657ed64a',
    )
    const shares = splitSecret({ secret, shares: 5, threshold: 3, coefficients })
    expect(shares.map(({ y }) => toHex(y))).toEqual([
      '4cfd8d98df38cb81b218ec91443e630353398884fe3337313ecd854c04ce11d7',
      'fddeaed30b1dc2c54cd9333c29d25f42d1032323c38df6486399d9bd69bfc233',
      'b1222148d0200f43f6c8d5a661e1324e922bb9b429abd76e454d46ea716ccdfb',
      '6e54d361a4a69ae12c57ed05a47ab6da8e260867c14373e532ce326cf93e98ed',
      '22a85cfa7f9b576796460b9fec49dbd6cd0e92f02b6552c3141aad3be1ed9725',
    ])
  })

  test('has up to 255 shares', () => {
    const secret = Uint8Array.of(1, 2, 3, 4, 5)
    const shares = dealt({ secret, shares: 255, threshold: 128, seed: 1 })
    expect(combineShares(shares.slice(100, 228))).toEqual(secret)
    expect(() => dealt({ secret, shares: 256, threshold: 2, seed: 1 })).toThrow('1 to 255 shares')
  })

  test('is not shared with counts or coefficients that do not fit', () => {
    const secret = Uint8Array.of(7)
    for (const threshold of [0, 4, 1.5, Number.NaN])
      expect(() => splitSecret({ secret, shares: 3, threshold, coefficients: new Uint8Array(1) })).toThrow(
        RangeError,
      )
    expect(() => splitSecret({ secret, shares: 3, threshold: 2, coefficients: new Uint8Array(2) })).toThrow(
      'not 2',
    )
    expect(() =>
      splitSecret({ secret: new Uint8Array(0), shares: 3, threshold: 2, coefficients: secret }),
    ).toThrow('empty')
  })

  test('is not combined from shares that cannot belong together', () => {
    const y = Uint8Array.of(1)
    expect(() => combineShares([])).toThrow('no shares')
    expect(() =>
      combineShares([
        { x: 1, y },
        { x: 1, y },
      ]),
    ).toThrow('same x')
    expect(() => combineShares([{ x: 0, y }])).toThrow('from 1 to 255')
    expect(() =>
      combineShares([
        { x: 1, y },
        { x: 2, y: Uint8Array.of(1, 2) },
      ]),
    ).toThrow('different lengths')
  })
})

describe('[M7] fewer shares than the threshold, of a polynomial that is had from its first shares', () => {
  const BYTES = 256
  /** Every way to draw the two implied bytes of a sharing of threshold 3, beside one another. */
  const implied = [1, 2].map((x) => ({
    x,
    y: Uint8Array.from({ length: BYTES * BYTES }, (_, at) => (x === 1 ? at % BYTES : Math.floor(at / BYTES))),
  }))
  const sharing = (secret: number) => [
    ...implied,
    ...completeShares({
      secret: new Uint8Array(BYTES * BYTES).fill(secret),
      given: implied,
      xs: [3, 4, 5],
    }),
  ]
  const distinct = (...ys: Uint8Array[]) =>
    new Set(
      Array.from({ length: BYTES * BYTES }, (_, at) => ys.reduce((sum, y) => sum * BYTES + (y[at] ?? 0), 0)),
    ).size

  test.each([0, 1, 83, 255])(
    'are every pair of bytes equally often, whoever holds them, for the secret %i',
    (secret) => {
      const shares = sharing(secret)
      for (const [at, a] of shares.entries())
        for (const b of shares.slice(at + 1)) expect(distinct(a.y, b.y)).toBe(BYTES * BYTES)
    },
  )

  test('while one more settles the secret', () => {
    const shares = sharing(83)
    for (const [a, b, c] of [
      [0, 1, 2],
      [0, 3, 4],
      [2, 3, 4],
    ] as const) {
      const some = [a, b, c].flatMap((at) => shares[at] ?? [])
      expect(combineShares(some)).toEqual(new Uint8Array(BYTES * BYTES).fill(83))
    }
  })
})
