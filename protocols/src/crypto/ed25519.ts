/** Ed25519 signatures (RFC 8032), with room for a faster implementation of the same bytes. */
import nacl from 'tweetnacl'
import { fromHex, toHex } from './encoding.ts'

/** A signer of a 32-byte seed (RFC 8032's private key). It may keep the key in the form it likes best. */
export type CreateSigner = (seed: Uint8Array) => Signer

export type Signer = {
  /** 32 bytes. */
  publicKey: Uint8Array
  /** The 64-byte signature of `message`. */
  sign(message: Uint8Array): Uint8Array
}

/** Whether a 64-byte signature is one of `message` under a 32-byte key. Strictness is `verify`'s part. */
export type VerifySignature = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean

/** The client's implementation and the reference: about 290 signatures a second. */
export const tweetnaclSigner: CreateSigner = (seed) => {
  const { publicKey, secretKey } = nacl.sign.keyPair.fromSeed(seed)
  return { publicKey, sign: (message) => nacl.sign.detached(message, secretKey) }
}

/** The reference: about 110 verifications a second. */
export const tweetnaclVerify: VerifySignature = (publicKey, message, signature) =>
  nacl.sign.detached.verify(message, signature, publicKey)

/**
 * Whether `signature` is one that the holder of `publicKey` made of `message`; never throws on what a peer sent.
 * Beyond the equation it demands a reduced S (RFC 8032, 5.1.7), so that a signature cannot be changed into another
 * valid one, and a key of large order, since under a small-order key one signature fits many messages. With both
 * demands tweetnacl, OpenSSL and libsodium answer alike.
 */
export const verify = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  verifySignature: VerifySignature = tweetnaclVerify,
): boolean =>
  publicKey.length === 32 &&
  signature.length === 64 &&
  !isSmallOrder(publicKey) &&
  isReduced(signature.subarray(32)) &&
  verifySignature(publicKey, message, signature)

/** The group's order, 2^252 + 27742317777372353535851937790883648493, little-endian. */
const ORDER = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')

/** Every encoding of a point whose order divides 8, its sign bit cleared (the list of libsodium's ge25519_has_small_order). */
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
])

const isSmallOrder = (publicKey: Uint8Array): boolean => {
  const unsigned = publicKey.slice()
  unsigned[31] = (unsigned[31] ?? 0) & 0x7f
  return SMALL_ORDER.has(toHex(unsigned))
}

const isReduced = (scalar: Uint8Array): boolean => {
  for (let i = 31; i >= 0; i--) {
    const difference = (scalar[i] ?? 0) - (ORDER[i] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}
