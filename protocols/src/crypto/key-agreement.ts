/** X25519 key agreement (RFC 7748) behind a port, and HKDF-SHA256 (RFC 5869) to make keys of what was agreed. */
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import nacl from 'tweetnacl'
import { type Random, systemRandom } from '../runtime/random.ts'
import { equalSecrets } from './constant-time.ts'

export type X25519 = {
  /** The 32-byte public key of a 32-byte secret key. */
  publicKey(secretKey: Uint8Array): Uint8Array
  /** The 32 bytes that both sides share, or `null` for a peer key of low order, whose secret anyone knows. */
  sharedSecret(secretKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array | null
}

/** Both 32 bytes. */
export type KeyPair = { publicKey: Uint8Array; secretKey: Uint8Array }

/** A peer's X25519 key is of low order: the agreed secret would be all zeros, and no secret. */
export class LowOrderKeyError extends Error {
  override readonly name = 'LowOrderKeyError'
  constructor() {
    super('the X25519 public key is of low order. Make a new key pair; no honest one is ever like this.')
  }
}

/** The client's implementation and the reference. tweetnacl returns zeros for a low-order key where others refuse. */
export const tweetnaclX25519: X25519 = {
  publicKey: (secretKey) => nacl.scalarMult.base(secretKey),
  sharedSecret(secretKey, peerPublicKey) {
    const shared = nacl.scalarMult(secretKey, peerPublicKey)
    return equalSecrets(shared, new Uint8Array(32)) ? null : shared
  },
}

/** A new key pair. Leave `random` out, for the platform's cryptographic source, everywhere but in simulations. */
export const createKeyPair = (random: Random = systemRandom(), x25519: X25519 = tweetnaclX25519): KeyPair =>
  keyPairFromSecret(random.bytes(32), x25519)

/** @throws RangeError unless the secret key is 32 bytes. */
export const keyPairFromSecret = (secretKey: Uint8Array, x25519: X25519 = tweetnaclX25519): KeyPair => {
  checkKeyLength(secretKey)
  return { publicKey: x25519.publicKey(secretKey), secretKey: secretKey.slice() }
}

/**
 * The 32 bytes that both sides agree on. Derive keys from it; it is not uniform and not a key itself.
 * @throws LowOrderKeyError for a peer key of low order.
 * @throws RangeError unless both keys are 32 bytes.
 */
export const sharedSecret = (
  secretKey: Uint8Array,
  peerPublicKey: Uint8Array,
  x25519: X25519 = tweetnaclX25519,
): Uint8Array => {
  checkKeyLength(secretKey)
  checkKeyLength(peerPublicKey)
  const shared = x25519.sharedSecret(secretKey, peerPublicKey)
  if (!shared) throw new LowOrderKeyError()
  return shared
}

/** HKDF-SHA256 (RFC 5869): `length` bytes, by whatever implementation; ours is noble's. */
export type Hkdf = (input: {
  secret: Uint8Array
  salt: Uint8Array
  info: Uint8Array
  length: number
}) => Uint8Array

export const nobleHkdf: Hkdf = ({ secret, salt, info, length }) => hkdf(sha256, secret, salt, info, length)

/** HKDF-SHA256: `length` bytes (32 unless said) of key from `secret`, bound to `salt` and `info`. At most 8,160. */
export const deriveKey = (
  { length = 32, ...input }: Omit<Parameters<Hkdf>[0], 'length'> & { length?: number },
  derive: Hkdf = nobleHkdf,
): Uint8Array => derive({ ...input, length })

const checkKeyLength = (key: Uint8Array): void => {
  if (key.length !== 32) throw new RangeError(`an X25519 key is 32 bytes, not ${key.length}`)
}
