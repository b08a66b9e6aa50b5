/**
 * What any implementation of the cryptographic ports must do, as cases for any test runner: known answers of the
 * standards, and agreement with tweetnacl, the reference. Run every case before plugging an implementation in.
 */

import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { equalSecrets } from './constant-time.ts'
import {
  type CreateSigner,
  tweetnaclSigner,
  tweetnaclVerify,
  type VerifySignature,
  verify,
} from './ed25519.ts'
import { fromHex, toHex, toUtf8 } from './encoding.ts'
import { SECRETBOX_OVERHEAD_BYTES } from './envelope-sizes.ts'
import { deriveKey, type Hkdf, nobleHkdf, tweetnaclX25519, type X25519 } from './key-agreement.ts'
import { type Secretbox, tweetnaclSecretbox } from './secretbox.ts'
import type { Sha256 } from './signing-bytes.ts'

export type ConformanceCase<Implementation> = {
  title: string
  /** @throws Error that says what differs. */
  check(implementation: Implementation): void
}

export const x25519Cases: readonly ConformanceCase<X25519>[] = [
  {
    title: 'agrees on the key of RFC 7748, section 6.1, from both sides',
    check(x25519) {
      const alice = fromHex(ALICE_SECRET)
      const bob = fromHex(BOB_SECRET)
      same('Alice’s public key', x25519.publicKey(alice), fromHex(ALICE_PUBLIC))
      same('Bob’s public key', x25519.publicKey(bob), fromHex(BOB_PUBLIC))
      same('Alice’s secret', x25519.sharedSecret(alice, fromHex(BOB_PUBLIC)), fromHex(SHARED))
      same('Bob’s secret', x25519.sharedSecret(bob, fromHex(ALICE_PUBLIC)), fromHex(SHARED))
    },
  },
  {
    title: 'refuses every low-order key, whatever its unused top bit',
    check(x25519) {
      for (const text of LOW_ORDER) {
        for (const topBit of [0, 0x80]) {
          const key = fromHex(text)
          key[31] = (key[31] ?? 0) ^ topBit
          if (x25519.sharedSecret(fromHex(ALICE_SECRET), key) !== null)
            throw new Error(`low-order key ${toHex(key)} was not refused with null`)
        }
      }
    },
  },
  {
    title: 'agrees with tweetnacl on any keys, public keys that are not reduced and top bits included',
    check(x25519) {
      for (let round = 0; round < 32; round++) {
        const [secret, peer] = [sample(`x25519 secret ${round}`, 32), sample(`x25519 peer ${round}`, 32)]
        // 2^255 - 13, which is 6 once reduced.
        if (round === 0) peer.fill(0xff).fill(0xf3, 0, 1)
        same('public key', x25519.publicKey(secret), tweetnaclX25519.publicKey(secret))
        same('secret', x25519.sharedSecret(secret, peer), tweetnaclX25519.sharedSecret(secret, peer))
      }
    },
  },
]

export const secretboxCases: readonly ConformanceCase<Secretbox>[] = [
  {
    title: 'makes the box of NaCl’s own test',
    check(secretbox) {
      const { key, nonce, plaintext, box } = naclBox()
      same('box', secretbox.seal(key, nonce, plaintext), box)
      same('plaintext', secretbox.open(key, nonce, box), plaintext)
    },
  },
  {
    title: 'agrees with tweetnacl on plaintexts of any length, unaligned ones included',
    check(secretbox) {
      const [key, nonce] = [sample('secretbox key', 32), sample('secretbox nonce', 24)]
      for (const length of [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1_000, 262_144]) {
        const plaintext = sample('secretbox plaintext', length + 1).subarray(1)
        const box = tweetnaclSecretbox.seal(key, nonce, plaintext)
        same(`box of ${length} bytes`, secretbox.seal(key, nonce, plaintext), box)
        same(`plaintext of ${length} bytes`, secretbox.open(key, nonce, box), plaintext)
        const around = new Uint8Array(length + 2)
        const into = around.subarray(1, length + 1)
        same(`plaintext of ${length} bytes, in place`, secretbox.open(key, nonce, box, into), plaintext)
        if (around.at(0) !== 0 || around.at(-1) !== 0) throw new Error('more was written than the plaintext')
      }
    },
  },
  {
    title: 'answers null, and never throws, for a box that is changed, cut, or of another key or nonce',
    check(secretbox) {
      const [key, nonce] = [sample('secretbox key', 32), sample('secretbox nonce', 24)]
      const box = tweetnaclSecretbox.seal(key, nonce, sample('secretbox plaintext', 100))
      for (let at = 0; at < box.length; at++)
        refuses('a changed box', secretbox, [key, nonce, flipped(box, at)])
      for (let length = 0; length < box.length; length++)
        refuses(`a box cut to ${length} bytes`, secretbox, [key, nonce, box.subarray(0, length)])
      refuses('another key', secretbox, [flipped(key, 0), nonce, box])
      refuses('another nonce', secretbox, [key, flipped(nonce, 23), box])
    },
  },
  {
    title: 'leaves its inputs as they are and gives out bytes of its own',
    check(secretbox) {
      const [key, nonce] = [sample('secretbox key', 32), sample('secretbox nonce', 24)]
      const plaintext = sample('secretbox plaintext', 40)
      const inputs = [key, nonce, plaintext]
      const before = inputs.map(toHex)
      const box = secretbox.seal(key, nonce, plaintext)
      const kept = toHex(box)
      const opened = secretbox.open(key, nonce, box)
      if (inputs.map(toHex).join() !== before.join() || toHex(box) !== kept)
        throw new Error('an input was changed')
      secretbox.seal(key, nonce, sample('another plaintext', 40))
      if (toHex(box) !== kept || toHex(opened ?? new Uint8Array(0)) !== toHex(plaintext))
        throw new Error('a later call changed what an earlier one gave out')
      if (box.length !== plaintext.length + SECRETBOX_OVERHEAD_BYTES)
        throw new Error(`the box has ${box.length} bytes`)
    },
  },
]

export type Ed25519Implementation = { createSigner: CreateSigner; verifySignature: VerifySignature }

export const ed25519Cases: readonly ConformanceCase<Ed25519Implementation>[] = [
  {
    title: 'makes and verifies the signatures of RFC 8032, section 7.1',
    check({ createSigner, verifySignature }) {
      for (const { seed, publicKey, message, signature } of RFC_8032) {
        const signer = createSigner(fromHex(seed))
        same('public key', signer.publicKey, fromHex(publicKey))
        same('signature', signer.sign(fromHex(message)), fromHex(signature))
        if (!verify(fromHex(publicKey), fromHex(message), fromHex(signature), verifySignature))
          throw new Error(`the signature of message ${message} does not verify`)
      }
    },
  },
  {
    title: 'agrees with tweetnacl on signatures that hold and on ones that do not, and never throws',
    check({ createSigner, verifySignature }) {
      for (let round = 0; round < 12; round++) {
        const seed = sample(`ed25519 seed ${round}`, 32)
        const message = sample(`ed25519 message ${round}`, round * 7)
        const { publicKey, sign } = createSigner(seed)
        const signature = sign(message)
        same('public key', publicKey, tweetnaclSigner(seed).publicKey)
        same('signature', signature, tweetnaclSigner(seed).sign(message))
        for (const attempt of [
          { key: publicKey, signature },
          { key: publicKey, signature: flipped(signature, 5 * round) },
          { key: flipped(publicKey, round), signature },
          { key: sample(`not a key ${round}`, 32), signature },
          { key: new Uint8Array(32).fill(0xff), signature },
          { key: publicKey, signature: new Uint8Array(64) },
        ])
          sameVerdict(verifySignature, message, attempt)
      }
    },
  },
]

export const sha256Cases: readonly ConformanceCase<Sha256>[] = [
  {
    title: 'gives the digest of FIPS 180-4 for “abc”',
    check(sha256) {
      same('digest', sha256(toUtf8('abc')), fromHex(SHA256_ABC))
    },
  },
  {
    title: 'agrees with noble on bytes of any length, unaligned ones included, and leaves them as they are',
    check(sha256) {
      for (const length of [0, 1, 55, 56, 63, 64, 65, 1_000, 262_144]) {
        const bytes = sample('sha256', length + 1).subarray(1)
        const before = toHex(bytes)
        same(`digest of ${length} bytes`, sha256(bytes), nobleSha256(bytes))
        if (toHex(bytes) !== before) throw new Error('the input was changed')
      }
    },
  },
]

export const hkdfCases: readonly ConformanceCase<Hkdf>[] = [
  {
    title: 'gives the keys of RFC 5869, appendices A.1 and A.3',
    check(hkdf) {
      const secret = new Uint8Array(22).fill(0x0b)
      const salt = Uint8Array.from({ length: 13 }, (_, i) => i)
      const info = Uint8Array.from({ length: 10 }, (_, i) => 0xf0 + i)
      const empty = new Uint8Array(0)
      same('key of A.1', hkdf({ secret, salt, info, length: 42 }), fromHex(RFC_5869_A1))
      same('key of A.3', hkdf({ secret, salt: empty, info: empty, length: 42 }), fromHex(RFC_5869_A3))
    },
  },
  {
    title: 'agrees with noble on keys of any length',
    check(hkdf) {
      for (const length of [1, 31, 32, 33, 255, 8_160]) {
        const input = {
          secret: sample('hkdf secret', 32),
          salt: sample('hkdf salt', 84),
          info: sample('hkdf info', length % 200),
          length,
        }
        same(`key of ${length} bytes`, hkdf(input), nobleHkdf(input))
      }
    },
  },
]

const same = (what: string, found: Uint8Array | null, expected: Uint8Array | null): void => {
  if (found === null || expected === null ? found !== expected : !equalSecrets(found, expected))
    throw new Error(
      `${what} is ${found && toHex(found.subarray(0, 64))}, not ${expected && toHex(expected.subarray(0, 64))}`,
    )
}

const sameVerdict = (
  verifySignature: VerifySignature,
  message: Uint8Array,
  { key, signature }: { key: Uint8Array; signature: Uint8Array },
): void => {
  const found = verify(key, message, signature, verifySignature)
  const expected = verify(key, message, signature, tweetnaclVerify)
  if (found !== expected)
    throw new Error(
      `key ${toHex(key)}, signature ${toHex(signature)}: the answer is ${found} where tweetnacl’s is ${expected}`,
    )
}

const refuses = (what: string, secretbox: Secretbox, args: [Uint8Array, Uint8Array, Uint8Array]): void => {
  if (secretbox.open(...args) !== null) throw new Error(`${what} was not refused with null`)
}

const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const changed = bytes.slice()
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}

/** Repeatable bytes that differ by label. */
const sample = (label: string, length: number): Uint8Array => {
  const block = deriveKey({
    secret: toUtf8(label),
    salt: new Uint8Array(0),
    info: new Uint8Array(0),
    length: 255,
  })
  return Uint8Array.from({ length }, (_, i) => (block[i % 255] ?? 0) ^ (i >> 8))
}

const SHA256_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
const RFC_5869_A1 = '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865'
const RFC_5869_A3 = '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8'

const ALICE_SECRET = '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'
const ALICE_PUBLIC = '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'
const BOB_SECRET = '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'
const BOB_PUBLIC = 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'
const SHARED = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742'

/** Points whose order divides 8, and the unreduced forms of 0 and 1 (https://cr.yp.to/ecdh.html#validate). */
const LOW_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]

/** NaCl's tests/secretbox.c. */
const naclBox = () => ({
  key: fromHex('1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389'),
  nonce: fromHex('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37'),
  plaintext: fromHex(
    'be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705',
  ),
  box: fromHex(
    'f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5',
  ),
})

/** Tests 1 to 3 of RFC 8032, section 7.1. */
const RFC_8032 = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
]
