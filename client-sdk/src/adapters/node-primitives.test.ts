import { readFileSync } from 'node:fs'
import {
  ed25519Cases,
  fromHex,
  hkdfCases,
  sha256Cases,
  tweetnaclSigner,
  tweetnaclVerify,
  tweetnaclX25519,
  verify,
  x25519Cases,
} from '@tributary/protocols/crypto'
import { seededRandom } from '@tributary/protocols/runtime'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { nodePrimitives } from './node-primitives.ts'

const { verifySignature, x25519, createSigner, sha256, hkdf } = nodePrimitives

test.each(ed25519Cases)('Ed25519 $title', ({ check }) => check(nodePrimitives))
test.each(x25519Cases)('X25519 $title', ({ check }) => check(x25519))

test.each(sha256Cases)('SHA-256 $title', ({ check }) => check(sha256 ?? expect.fail('there is none')))
test.each(hkdfCases)('HKDF $title', ({ check }) => check(hkdf ?? expect.fail('there is none')))

describe('on Project Wycheproof’s cases', () => {
  const hex = z.string()
  const cases = z
    .object({
      ed25519: z.array(z.tuple([z.int(), hex, hex, hex, z.enum(['valid', 'invalid'])])).length(151),
      x25519: z.array(z.tuple([z.int(), hex, hex, hex])).length(518),
    })
    .parse(
      JSON.parse(
        readFileSync(
          new URL('../../../protocols/src/crypto/vectors/wycheproof.json', import.meta.url),
          'utf8',
        ),
      ),
    )

  test('signatures are judged as they are to be, and as the reference judges them', () => {
    const judged = (verifySignature: typeof tweetnaclVerify) =>
      cases.ed25519.map(([, key, message, signature]) =>
        verify(fromHex(key), fromHex(message), fromHex(signature), verifySignature),
      )
    const byNode = judged(verifySignature)
    expect(byNode).toEqual(cases.ed25519.map(([, , , , result]) => result === 'valid'))
    expect(byNode).toEqual(judged(tweetnaclVerify))
    expect(new Set(byNode)).toEqual(new Set([true, false]))
  })

  test('secrets are the reference’s, and none where that is all zeros', () => {
    for (const [, secret, key, shared] of cases.x25519) {
      const found = x25519.sharedSecret(fromHex(secret), fromHex(key))
      expect(found).toEqual(tweetnaclX25519.sharedSecret(fromHex(secret), fromHex(key)))
      expect(found).toEqual(shared === '00'.repeat(32) ? null : fromHex(shared))
    }
  })
})

test('a signer is the reference’s, bytes and all', () => {
  const random = seededRandom('signers')
  for (let length = 0; length < 200; length += 13) {
    const [seed, message] = [random.bytes(32), random.bytes(length)]
    const [ours, reference] = [createSigner(seed), tweetnaclSigner(seed)]
    expect(ours.publicKey).toEqual(reference.publicKey)
    expect(ours.sign(message)).toEqual(reference.sign(message))
  }
})
