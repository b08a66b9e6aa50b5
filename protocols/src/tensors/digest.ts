/** SHA-256 addresses of immutable bytes. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import type { Sha256 } from '../crypto/signing-bytes.ts'
import { Digest } from '../ids.ts'

/** The digest of these bytes. */
export const digestOf = (bytes: Uint8Array, hash: Sha256 = sha256): Digest => digestOfHash(hash(bytes))

export type DigestStream = {
  /** Adds bytes; they may be reused once this returns. */
  update(bytes: Uint8Array): void
  /** The digest of all bytes added. Call it once, last. */
  digest(): Digest
}

/** A digest taken piece by piece, for bytes that stream past. */
export const createDigest = (): DigestStream => {
  const hash = sha256.create()
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => digestOfHash(hash.digest()),
  }
}

/** The digest whose 32 hash bytes these are, for hashes that a platform's own SHA-256 took. */
export const digestOfHash = (hash: Uint8Array): Digest => Digest.parse(`sha256:${bytesToHex(hash)}`)

/** A digest's 32 hash bytes. */
export const hashOfDigest = (digest: Digest): Uint8Array => hexToBytes(digest.slice('sha256:'.length))
