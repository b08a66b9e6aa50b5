import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { equalSecrets } from './constant-time.ts'
import { EncodedPublicKey, EncodedSignature, encodePublicKey, encodeSignature } from './encoded.ts'
import { EncodingError, fromBase64url, fromHex, toBase64url, toHex, toUtf8 } from './encoding.ts'
import { lengthPrefixed, numberPart, signingBytes } from './signing-bytes.ts'

const anyBytes = fc.uint8Array({ maxLength: 100 })

describe('base64url', () => {
  test('is the platform’s, and reads back', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
        expect(fromBase64url(toBase64url(bytes))).toEqual(bytes)
      }),
    )
  })

  test('has one text per value: what reads, writes back the same', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'AQgwBC-_z09'), maxLength: 12 })
    fc.assert(
      fc.property(texts, (text) => {
        let bytes: Uint8Array
        try {
          bytes = fromBase64url(text)
        } catch (error) {
          expect(error).toBeInstanceOf(EncodingError)
          return
        }
        expect(toBase64url(bytes)).toBe(text)
      }),
      { numRuns: 1_000 },
    )
  })

  test.each(['A', 'AB', 'AAB', 'AA==', 'A+A', 'A/A', 'A A', 'AAAAA', 'é'])('refuses %j', (text) => {
    expect(() => fromBase64url(text)).toThrow(EncodingError)
  })
})

describe('hex', () => {
  test('is the platform’s, and reads back', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))
        expect(fromHex(toHex(bytes))).toEqual(bytes)
      }),
    )
  })

  test.each(['a', 'AB', '0x', 'gg', ' 00'])('refuses %j', (text) => {
    expect(() => fromHex(text)).toThrow(EncodingError)
  })
})

describe('keys and signatures in messages', () => {
  test('every value has a text that its schema takes, and only that one', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ minLength: 64, maxLength: 64 }),
        (key, signature) => {
          expect(EncodedPublicKey.safeParse(encodePublicKey(key)).success).toBe(true)
          expect(EncodedSignature.safeParse(encodeSignature(signature)).success).toBe(true)
        },
      ),
    )
    expect(EncodedPublicKey.safeParse(`${'A'.repeat(42)}B`).success).toBe(false)
    expect(EncodedSignature.safeParse(`${'A'.repeat(85)}B`).success).toBe(false)
  })
})

describe('signing bytes', () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 6 }), { maxLength: 4 })

  test('two lists of parts give the same bytes only when they are the same list', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const same =
          a.length === b.length && a.every((part, i) => toHex(part) === toHex(b[i] ?? new Uint8Array(1)))
        expect(toHex(lengthPrefixed(...a)) === toHex(lengthPrefixed(...b))).toBe(same)
      }),
      { numRuns: 1_000 },
    )
    expect(lengthPrefixed('ab', 'c')).not.toEqual(lengthPrefixed('a', 'bc'))
    expect(lengthPrefixed('a')).not.toEqual(lengthPrefixed('a', ''))
  })

  test('are domain and parts, each behind its length', () => {
    expect(toHex(signingBytes('d', 'é', Uint8Array.of(9)))).toBe('0000000164' + '00000002c3a9' + '0000000109')
  })

  test('half a surrogate pair is refused rather than replaced', () => {
    expect(() => toUtf8('\udc00')).toThrow(EncodingError)
  })

  test('numbers are big-endian doubles and -0 is 0', () => {
    expect(toHex(numberPart(1))).toBe('3ff0000000000000')
    expect(numberPart(-0)).toEqual(numberPart(0))
  })
})

test('secrets are equal when every byte is', () => {
  fc.assert(
    fc.property(anyBytes, anyBytes, (a, b) => {
      expect(equalSecrets(a, b)).toBe(toHex(a) === toHex(b))
      expect(equalSecrets(a, a.slice())).toBe(true)
    }),
  )
})
