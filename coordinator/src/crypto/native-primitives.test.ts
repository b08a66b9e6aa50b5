import { readFileSync } from 'node:fs'
import { ClientId, Digest, RoundId, TaskId } from '@tributary/protocols'
import {
  createOpener,
  ed25519Cases,
  fromBase64url,
  fromHex,
  hkdfCases,
  secretboxCases,
  sha256Cases,
  toHex,
  tweetnaclSigner,
  tweetnaclX25519,
  verify,
  x25519Cases,
} from '@tributary/protocols/crypto'
import { digestOf } from '@tributary/protocols/tensors'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { loadEnvelopePrimitives, nodeVerify, nodeX25519 } from './native-primitives.ts'

/** A file of tests/vectors, as far as it is used here. */
const vectors = <T>(file: string, schema: z.ZodType<T>): T =>
  schema.parse(JSON.parse(readFileSync(new URL(`../../../tests/vectors/${file}`, import.meta.url), 'utf8')))

const hex = z.string()
const primitives = vectors(
  'primitives.json',
  z.object({
    x25519: z.array(z.object({ source: z.string(), secretKey: hex, publicKey: hex, shared: hex })).min(4),
    x25519LowOrder: z.array(hex).min(7),
    ed25519: z.array(z.object({ source: z.string(), publicKey: hex, message: hex, signature: hex })).min(4),
    secretbox: z
      .array(z.object({ source: z.string(), key: hex, nonce: hex, plaintext: hex, box: hex }))
      .min(1),
  }),
)
const envelopes = vectors(
  'envelope.json',
  z.object({
    recipient: z.object({ secretKey: hex }),
    context: z.object({ task: TaskId, round: RoundId, client: ClientId, model: Digest }),
    cases: z.array(z.object({ envelope: z.string().optional(), plaintextDigest: Digest })).min(7),
  }),
)

const { name, primitives: native, verify: nativeVerify } = await loadEnvelopePrimitives()

describe.each([
  ['the platform', nodeX25519],
  [name, native.x25519],
])('X25519 by %s', (_, x25519) => {
  test.each(x25519Cases)('$title', ({ check }) => check(x25519))

  test.each(primitives.x25519)('agrees with $source', ({ secretKey, publicKey, shared }) => {
    expect(toHex(x25519.publicKey(fromHex(secretKey)))).toBe(
      toHex(tweetnaclX25519.publicKey(fromHex(secretKey))),
    )
    expect(toHex(x25519.sharedSecret(fromHex(secretKey), fromHex(publicKey)) ?? new Uint8Array())).toBe(
      shared,
    )
  })

  test('[E6] refuses every low-order key of the vectors', () => {
    for (const key of primitives.x25519LowOrder)
      expect(x25519.sharedSecret(new Uint8Array(32).fill(7), fromHex(key))).toBeNull()
  })
})

describe.each([
  ['the platform', nodeVerify],
  [name, nativeVerify],
])('Ed25519 by %s', (_, verifySignature) => {
  const implementation = { createSigner: tweetnaclSigner, verifySignature }
  test.each(ed25519Cases)('$title', ({ check }) => check(implementation))

  test.each(primitives.ed25519)('agrees with $source', ({ publicKey, message, signature }) => {
    expect(verify(fromHex(publicKey), fromHex(message), fromHex(signature), verifySignature)).toBe(true)
    expect(verify(fromHex(publicKey), fromHex(`${message}00`), fromHex(signature), verifySignature)).toBe(
      false,
    )
  })
})

describe(`secretbox by ${name}`, () => {
  test.each(secretboxCases)('$title', ({ check }) => check(native.secretbox))

  test.each(primitives.secretbox)('agrees with $source', ({ key, nonce, plaintext, box }) => {
    expect(toHex(native.secretbox.seal(fromHex(key), fromHex(nonce), fromHex(plaintext)))).toBe(box)
    expect(toHex(native.secretbox.open(fromHex(key), fromHex(nonce), fromHex(box)) ?? new Uint8Array())).toBe(
      plaintext,
    )
  })
})

test.each(sha256Cases)('SHA-256 $title', ({ check }) => check(native.sha256))
test.each(hkdfCases)('HKDF $title', ({ check }) => check(native.hkdf))

test('[E5] the native primitives open every envelope of the vectors', () => {
  const opener = createOpener({ secretKey: fromHex(envelopes.recipient.secretKey), ...native })
  const opened = envelopes.cases.flatMap(({ envelope, plaintextDigest }) =>
    envelope === undefined
      ? []
      : [[digestOf(opener.open(fromBase64url(envelope), envelopes.context)), plaintextDigest]],
  )
  expect(opened.length).toBeGreaterThan(1)
  for (const [found, expected] of opened) expect(found).toBe(expected)
})

test('libsodium is what opens envelopes where its native module is installed', async () => {
  const installed = await import('sodium-native').then(
    () => true,
    () => false,
  )
  expect(name).toBe(installed ? 'libsodium' : 'tweetnacl')
})
