/**
 * A session: one manifest, one roster, one graph. Its id is derived from all three and is in every key, so clients that
 * were told different things share no mask.
 *
 * The graph's seed is the coordinator's part, to which the manifest commits before anyone joins, hashed with the roster,
 * which holds everyone's fresh nonces and keys: neither side can choose it. (A coordinator that drops members to try
 * another roster can still draw again; a client counts the members, not the draws.)
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, fromBase64url } from '../crypto/encoding.ts'
import { tweetnaclX25519, type X25519 } from '../crypto/key-agreement.ts'
import { lengthPrefixed } from '../crypto/signing-bytes.ts'
import type { Digest } from '../ids.ts'
import type { Advertisement } from './advertisement.ts'
import { createGraph, type Graph } from './graph.ts'
import type { GraphParameters } from './graph-parameters.ts'
import { uint32s } from './keys.ts'

/** What the client signs of its advertisement: SHA-256 over domain, manifest, client and the three values. */
export const advertisementDigest = (
  manifest: Digest,
  advertisement: Omit<Advertisement, 'signature'>,
): Uint8Array =>
  sha256(
    lengthPrefixed(
      'tributary secagg advertisement v1',
      manifest,
      advertisement.client,
      fromBase64url(advertisement.identity),
      fromBase64url(advertisement.channelKey),
      fromBase64url(advertisement.maskKey),
      fromBase64url(advertisement.nonce),
    ),
  )

/** A member's line in the roster: the hash of its whole advertisement. */
export const rosterLeaf = (manifest: Digest, advertisement: Advertisement): Uint8Array =>
  sha256(
    lengthPrefixed(
      'tributary secagg member v1',
      advertisementDigest(manifest, advertisement),
      fromBase64url(advertisement.signature),
    ),
  )

/** What the manifest holds of the coordinator's part of the seed. */
export const seedPartCommitment = (part: Uint8Array): Uint8Array =>
  sha256(lengthPrefixed('tributary secagg graph seed v1', part))

/** All that a session is made of. `leaves` are in the order of members: ascending client ids. */
export type SessionTerms = {
  manifest: Digest
  leaves: readonly Uint8Array[]
  seedPart: Uint8Array
  parameters: GraphParameters
}

/** The 32-byte id of the session. */
export const sessionIdOf = ({ manifest, leaves, seedPart, parameters }: SessionTerms): Uint8Array =>
  sha256(
    lengthPrefixed(
      'tributary secagg session v1',
      manifest,
      rosterDigest(leaves),
      seedPart,
      uint32s(leaves.length, parameters.degree, parameters.threshold),
    ),
  )

/** The 32 bytes that put the members in their random order. */
export const graphSeedOf = ({ leaves, seedPart }: SessionTerms): Uint8Array =>
  sha256(lengthPrefixed('tributary secagg ring v1', seedPart, rosterDigest(leaves)))

/** The session's graph. */
export const graphOf = (terms: SessionTerms): Graph =>
  createGraph({
    size: terms.leaves.length,
    degree: terms.parameters.degree,
    seed: graphSeedOf(terms),
  })

const rosterDigest = (leaves: readonly Uint8Array[]): Uint8Array => sha256(concatBytes(...leaves))

/** Whether an X25519 key is of low order: with it there is no secret. Any secret key tells; this one guards nothing. */
export const isLowOrder = (publicKey: Uint8Array, x25519: X25519 = tweetnaclX25519): boolean =>
  x25519.sharedSecret(new Uint8Array(32).fill(7), publicKey) === null
