/** A client's lasting identity: an Ed25519 key (RFC 8032) and the id that follows from it. */
import { sha256 } from '@noble/hashes/sha2.js'
import { ClientId } from '../ids.ts'
import { type Random, systemRandom } from '../runtime/random.ts'
import { type CreateSigner, tweetnaclSigner } from './ed25519.ts'
import { toHex } from './encoding.ts'

/** Holds the key inside its functions, so that printing or storing the record gives no secret away. */
export type Identity = {
  readonly clientId: ClientId
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** The 64-byte signature of `message`. Sign statements (`signingDigest`), never bytes that a peer chose. */
  sign(message: Uint8Array): Uint8Array
  /** The 32-byte seed that `identityFromSeed` takes: the secret itself, for a key store. */
  exportSeed(): Uint8Array
}

/** A new identity. Leave `random` out, for the platform's cryptographic source, everywhere but in simulations. */
export const createIdentity = (random: Random = systemRandom()): Identity =>
  identityFromSeed(random.bytes(32))

/**
 * The identity of a 32-byte seed: one that was exported, or a simulated client's.
 * @throws RangeError for another length.
 */
export const identityFromSeed = (
  seed: Uint8Array,
  createSigner: CreateSigner = tweetnaclSigner,
): Identity => {
  if (seed.length !== 32) throw new RangeError(`an identity’s seed is 32 bytes, not ${seed.length}`)
  const kept = seed.slice()
  const { publicKey, sign } = createSigner(kept)
  return { clientId: clientIdOf(publicKey), publicKey, sign, exportSeed: () => kept.slice() }
}

/** The id of the client that holds this Ed25519 public key: `c-` and the first 128 bits of its SHA-256. */
export const clientIdOf = (publicKey: Uint8Array): ClientId =>
  ClientId.parse(`c-${toHex(sha256(publicKey).subarray(0, 16))}`)
