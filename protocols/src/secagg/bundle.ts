/**
 * A share bundle: the two shares that one member deals to another, sealed under the channel key of that direction with
 * XChaCha20-Poly1305. Session, sender and receiver are associated data, so a bundle opens nowhere else.
 *
 *     nonce (24) ‖ XChaCha20-Poly1305( x (1) ‖ share of the mask key (32) ‖ share of the self-mask seed (32) )
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { concatBytes } from '../crypto/encoding.ts'
import { lengthPrefixed } from '../crypto/signing-bytes.ts'
import { BUNDLE_BYTES, NONCE_BYTES, PLAIN_BYTES } from './bundle-format.ts'
import { uint32s } from './keys.ts'

/** A member's shares of another's two secrets; never both may be shown. */
export type SharePair = { x: number; maskKey: Uint8Array; seed: Uint8Array }

export type BundleAddress = { sessionId: Uint8Array; from: number; to: number }

/** Seals the shares. `nonce`: 24 bytes that this key seals nothing else with. */
export const sealBundle = (
  pair: SharePair,
  sealing: BundleAddress & { key: Uint8Array; nonce: Uint8Array },
): Uint8Array => {
  const plain = concatBytes(Uint8Array.of(pair.x), pair.maskKey, pair.seed)
  if (plain.length !== PLAIN_BYTES || sealing.nonce.length !== NONCE_BYTES)
    throw new RangeError('a bundle is two shares of 32 bytes and a nonce of 24')
  const sealed = xchacha20poly1305(sealing.key, sealing.nonce, associated(sealing)).encrypt(plain)
  plain.fill(0)
  return concatBytes(sealing.nonce, sealed)
}

/** The shares, or `undefined` when these bytes are no bundle of this session, sender and receiver. */
export const openBundle = (
  bundle: Uint8Array,
  opening: BundleAddress & { key: Uint8Array },
): SharePair | undefined => {
  if (bundle.length !== BUNDLE_BYTES) return undefined
  const plain = decrypted(bundle, opening)
  return plain && { x: plain[0] ?? 0, maskKey: plain.slice(1, 33), seed: plain.slice(33, 65) }
}

const decrypted = (
  bundle: Uint8Array,
  opening: BundleAddress & { key: Uint8Array },
): Uint8Array | undefined => {
  const cipher = xchacha20poly1305(opening.key, bundle.subarray(0, NONCE_BYTES), associated(opening))
  try {
    return cipher.decrypt(bundle.subarray(NONCE_BYTES))
  } catch {
    // The tag is wrong: the library tells so by throwing, and there is nothing else that it could be.
    return undefined
  }
}

const associated = ({ sessionId, from, to }: BundleAddress): Uint8Array =>
  lengthPrefixed('tributary secagg bundle v1', sessionId, uint32s(from, to))
