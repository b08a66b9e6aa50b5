/** Project Wycheproof's cases, made to break implementations, against the primitives as they are wrapped here. */
import { readFileSync } from 'node:fs'
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { verify } from './ed25519.ts'
import { fromHex, toHex } from './encoding.ts'
import { deriveKey, LowOrderKeyError, sharedSecret } from './key-agreement.ts'

const hex = z.string().regex(/^([0-9a-f]{2})*$/)
const Result = z.enum(['valid', 'invalid', 'acceptable'])
const Wycheproof = z.strictObject({
  description: z.string(),
  x25519: z.array(z.tuple([z.int(), hex, hex, hex])).length(518),
  ed25519: z.array(z.tuple([z.int(), hex, hex, hex, Result])).length(151),
  hkdfSha256: z.array(z.tuple([z.int(), hex, hex, hex, z.int(), hex, Result])).length(86),
  xchacha20Poly1305: z.array(z.tuple([z.int(), hex, hex, hex, hex, hex, Result])).length(315),
})
const cases = Wycheproof.parse(
  JSON.parse(readFileSync(new URL('./vectors/wycheproof.json', import.meta.url), 'utf8')),
)

const attempt = <T>(make: () => T): T | string => {
  try {
    return make()
  } catch (error) {
    return error instanceof Error ? error.name : 'thrown'
  }
}

test('X25519 gives every secret, and refuses each that is all zeros', () => {
  const zeros = '00'.repeat(32)
  const wrong = cases.x25519.filter(([, secret, publicKey, shared]) => {
    const found = attempt(() => toHex(sharedSecret(fromHex(secret), fromHex(publicKey))))
    return found !== (shared === zeros ? LowOrderKeyError.name : shared)
  })
  expect(wrong).toEqual([])
  expect(cases.x25519.filter(([, , , shared]) => shared === zeros)).toHaveLength(31)
})

test('Ed25519 verifies the valid signatures and no other', () => {
  const wrong = cases.ed25519.filter(
    ([, publicKey, message, signature, result]) =>
      verify(fromHex(publicKey), fromHex(message), fromHex(signature)) !== (result === 'valid'),
  )
  expect(wrong).toEqual([])
})

test('HKDF-SHA256 derives the valid keys and refuses sizes that there are not', () => {
  const wrong = cases.hkdfSha256.filter(([, secret, salt, info, length, key, result]) => {
    const found = attempt(() =>
      toHex(deriveKey({ secret: fromHex(secret), salt: fromHex(salt), info: fromHex(info), length })),
    )
    return (found === key) !== (result === 'valid')
  })
  expect(wrong).toEqual([])
})

test('XChaCha20-Poly1305, which seals share bundles, opens the valid boxes alone', () => {
  const wrong = cases.xchacha20Poly1305.filter(([, key, nonce, associated, plaintext, box, result]) => {
    const opened = attempt(() =>
      toHex(xchacha20poly1305(fromHex(key), fromHex(nonce), fromHex(associated)).decrypt(fromHex(box))),
    )
    const sealed = attempt(() =>
      toHex(xchacha20poly1305(fromHex(key), fromHex(nonce), fromHex(associated)).encrypt(fromHex(plaintext))),
    )
    return result === 'valid' ? opened !== plaintext || sealed !== box : opened === plaintext
  })
  expect(wrong).toEqual([])
})
