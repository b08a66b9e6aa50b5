import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDigest, digestOf, digestOfHash, hashOfDigest } from './digest.ts'

test('the digest of nothing is the one that FIPS 180-4 implementations agree on', () => {
  expect(digestOf(new Uint8Array(0))).toBe(
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  )
})

test('it is SHA-256, in one piece or in many', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (pieces) => {
      const stream = createDigest()
      for (const piece of pieces) stream.update(piece)
      const whole = Buffer.concat(pieces)
      const expected = `sha256:${createHash('sha256').update(whole).digest('hex')}`
      expect(stream.digest()).toBe(expected)
      expect(digestOf(whole)).toBe(expected)
      expect(digestOfHash(hashOfDigest(digestOf(whole)))).toBe(expected)
    }),
  )
})
