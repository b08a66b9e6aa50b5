import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex } from '../crypto/encoding.ts'
import { systemRandom } from './random.ts'
import { seededRandom } from './seeded-random.ts'

describe('a seeded source', () => {
  test('gives the ChaCha20 keystream under SHA-256 of its seed', () => {
    // From OpenSSL's ChaCha20, nonce and counter zero, under SHA-256 of "tributary seed v1", a line break and the path.
    expect(toHex(seededRandom('tributary').bytes(32))).toBe(KNOWN.seed)
    expect(toHex(seededRandom(7).fork('a').fork('b').bytes(32))).toBe(KNOWN.fork)
  })

  test('repeats, however the bytes are asked for', () => {
    const pieces = fc.array(fc.nat({ max: 3_000 }), { maxLength: 6 })
    fc.assert(
      fc.property(fc.string().filter(isLine), pieces, (seed, lengths) => {
        const whole = seededRandom(seed).bytes(lengths.reduce((sum, length) => sum + length, 0))
        const random = seededRandom(seed)
        const joined = lengths.flatMap((length) => [...random.bytes(length)])
        expect(joined).toEqual([...whole])
      }),
      { numRuns: 30 },
    )
  })

  test('a fork depends on seed and label alone, not on what was drawn before', () => {
    const drained = seededRandom('s')
    drained.bytes(5_000)
    expect(drained.fork('x').bytes(64)).toEqual(seededRandom('s').fork('x').bytes(64))
  })

  test('forks of different labels, their forks and their parent all differ', () => {
    const root = seededRandom('s')
    const sources = [root, root.fork('x'), root.fork('y'), root.fork('x').fork('y'), root.fork('y').fork('x')]
    const starts = sources.map((source) => toHex(source.bytes(16)))
    expect(new Set(starts).size).toBe(sources.length)
  })

  test('a seed or label of several lines is refused, for it would name another fork’s stream', () => {
    expect(() => seededRandom('a\nb')).toThrow(RangeError)
    expect(() => seededRandom('a').fork('b\nc')).toThrow(RangeError)
  })

  test('what is drawn from a fork says nothing of its sibling: bits agree half the time', () => {
    const [a, b] = ['a', 'b'].map((label) => seededRandom('independence').fork(label).bytes(8_192)) as [
      Uint8Array,
      Uint8Array,
    ]
    const agreeing = a.reduce((sum, byte, i) => sum + 8 - bitCount(byte ^ (b[i] ?? 0)), 0)
    // 65,536 fair coins: mean 32,768, standard deviation 128. The seed is fixed, so this never flickers.
    expect(Math.abs(agreeing - 32_768)).toBeLessThan(4 * 128)
  })
})

test('the platform’s source fills any length, beyond what one call of the platform gives', () => {
  const bytes = systemRandom().bytes(200_000)
  expect(bytes.length).toBe(200_000)
  for (let at = 0; at < bytes.length; at += 50_000)
    expect(new Set(bytes.subarray(at, at + 50_000)).size).toBe(256)
  expect(systemRandom().bytes(0)).toEqual(new Uint8Array(0))
})

const isLine = (text: string) => !text.includes('\n')

const bitCount = (byte: number): number => byte.toString(2).replaceAll('0', '').length

const KNOWN = {
  seed: '511c4a5ff11e670dc976b0d20fa788c75e216fae10eeceda932885cc4bf751dc',
  fork: 'd856d0adbc223f0f2f9e5fa49f8368c03ff23783dc9cabe415451b47f2525965',
}
