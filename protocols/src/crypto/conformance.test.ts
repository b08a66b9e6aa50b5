import { createPrivateKey, createPublicKey, diffieHellman, sign, verify } from 'node:crypto'
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import nacl from 'tweetnacl'
import { describe, expect, test } from 'vitest'
import {
  type ConformanceCase,
  type Ed25519Implementation,
  ed25519Cases,
  secretboxCases,
  x25519Cases,
} from './conformance.ts'
import { tweetnaclSigner, tweetnaclVerify } from './ed25519.ts'
import { concatBytes, fromHex } from './encoding.ts'
import { tweetnaclX25519, type X25519 } from './key-agreement.ts'
import { type Secretbox, tweetnaclSecretbox } from './secretbox.ts'

/** What another library throws for, the ports answer with null. */
const nullOnThrow = <T>(attempt: () => T): T | null => {
  try {
    return attempt()
  } catch {
    return null
  }
}

const nobleX25519: X25519 = {
  publicKey: (secretKey) => x25519.getPublicKey(secretKey),
  sharedSecret: (secretKey, peer) => nullOnThrow(() => x25519.getSharedSecret(secretKey, peer)),
}
const nobleSecretbox: Secretbox = {
  seal: (key, nonce, plaintext) => xsalsa20poly1305(key, nonce).encrypt(plaintext),
  open: (key, nonce, box) => nullOnThrow(() => xsalsa20poly1305(key, nonce).decrypt(box)),
}
const nobleEd25519: Ed25519Implementation = {
  createSigner: (seed) => ({
    publicKey: ed25519.getPublicKey(seed),
    sign: (message) => ed25519.sign(message, seed),
  }),
  verifySignature: (publicKey, message, signature) =>
    nullOnThrow(() => ed25519.verify(signature, message, publicKey, { zip215: false })) ?? false,
}

const pkcs8 = (algorithm: 'X25519' | 'Ed25519', secret: Uint8Array) =>
  createPrivateKey({
    key: Buffer.from(
      concatBytes(fromHex(`302e020100300506032b65${algorithm === 'X25519' ? '6e' : '70'}04220420`), secret),
    ),
    format: 'der',
    type: 'pkcs8',
  })
const spki = (algorithm: 'X25519' | 'Ed25519', publicKey: Uint8Array) =>
  createPublicKey({
    key: Buffer.from(
      concatBytes(fromHex(`302a300506032b65${algorithm === 'X25519' ? '6e' : '70'}032100`), publicKey),
    ),
    format: 'der',
    type: 'spki',
  })
const nodeX25519: X25519 = {
  publicKey: (secretKey) =>
    new Uint8Array(
      createPublicKey(pkcs8('X25519', secretKey)).export({ format: 'der', type: 'spki' }).subarray(-32),
    ),
  sharedSecret: (secretKey, peer) =>
    nullOnThrow(
      () =>
        new Uint8Array(
          diffieHellman({ privateKey: pkcs8('X25519', secretKey), publicKey: spki('X25519', peer) }),
        ),
    ),
}
const nodeEd25519: Ed25519Implementation = {
  createSigner: (seed) => {
    const key = pkcs8('Ed25519', seed)
    const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
    return {
      publicKey: new Uint8Array(publicKey),
      sign: (message) => new Uint8Array(sign(null, message, key)),
    }
  },
  verifySignature: (publicKey, message, signature) =>
    nullOnThrow(() => verify(null, message, spki('Ed25519', publicKey), signature)) ?? false,
}
const tweetnaclEd25519 = { createSigner: tweetnaclSigner, verifySignature: tweetnaclVerify }

const conforms = <T>(what: string, cases: readonly ConformanceCase<T>[], implementation: T) =>
  describe(what, () => {
    for (const { title, check } of cases) test(title, () => check(implementation))
  })
conforms('X25519 by tweetnacl', x25519Cases, tweetnaclX25519)
conforms('X25519 by noble', x25519Cases, nobleX25519)
conforms('X25519 by node:crypto', x25519Cases, nodeX25519)
conforms('secretbox by tweetnacl', secretboxCases, tweetnaclSecretbox)
conforms('secretbox by noble', secretboxCases, nobleSecretbox)
conforms('Ed25519 by tweetnacl', ed25519Cases, tweetnaclEd25519)
conforms('Ed25519 by noble', ed25519Cases, nobleEd25519)
conforms('Ed25519 by node:crypto', ed25519Cases, nodeEd25519)

describe('the cases turn away', () => {
  const failures = <T>(cases: readonly ConformanceCase<T>[], implementation: T) =>
    cases.filter(({ check }) => nullOnThrow(() => check(implementation)) === null).length

  test.each<[string, X25519]>([
    ['zeros for a low-order key', { ...tweetnaclX25519, sharedSecret: (a, b) => nacl.scalarMult(a, b) }],
    [
      'a top bit that counts',
      {
        ...nobleX25519,
        sharedSecret: (a, b) => ((b[31] ?? 0) > 127 ? a : tweetnaclX25519.sharedSecret(a, b)),
      },
    ],
    ['an unclamped secret', { ...tweetnaclX25519, publicKey: (secret) => secret }],
  ])('X25519 with %s', (_, implementation) => {
    expect(failures(x25519Cases, implementation)).toBeGreaterThan(0)
  })

  const shared = new Uint8Array(300_000)
  test.each<[string, Secretbox]>([
    ['a tag that nobody checks', { ...tweetnaclSecretbox, open: (_, __, box) => box.slice(16) }],
    [
      'a throw for a bad box',
      { ...tweetnaclSecretbox, open: (key, nonce, box) => xsalsa20poly1305(key, nonce).decrypt(box) },
    ],
    [
      'a nonce that is ignored',
      {
        seal: (key, _, plain) => tweetnaclSecretbox.seal(key, new Uint8Array(24), plain),
        open: (key, _, box) => tweetnaclSecretbox.open(key, new Uint8Array(24), box),
      },
    ],
    [
      'one buffer for all',
      {
        ...tweetnaclSecretbox,
        seal: (key, nonce, plain) => {
          shared.set(tweetnaclSecretbox.seal(key, nonce, plain))
          return shared.subarray(0, plain.length + 16)
        },
      },
    ],
  ])('a secretbox with %s', (_, implementation) => {
    expect(failures(secretboxCases, implementation)).toBeGreaterThan(0)
  })

  test.each<[string, Ed25519Implementation]>([
    ['verification that always agrees', { ...tweetnaclEd25519, verifySignature: () => true }],
    ['verification that never does', { ...tweetnaclEd25519, verifySignature: () => false }],
    [
      'a signature of something else',
      {
        ...tweetnaclEd25519,
        createSigner: (seed) => ({ ...tweetnaclSigner(seed), sign: () => new Uint8Array(64) }),
      },
    ],
  ])('Ed25519 with %s', (_, implementation) => {
    expect(failures(ed25519Cases, implementation)).toBeGreaterThan(0)
  })
})
