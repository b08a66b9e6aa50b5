/**
 * Shares that do not travel. A polynomial of `threshold` coefficients is settled by as many values, one of which is the
 * secret: the others may be had from the keys that a dealer has in common with the first `threshold` - 1 holders (of its
 * own share from its own entropy). Only the rest are dealt in bundles. To whoever does not know those keys they are
 * uniform, so nothing is told that Shamir's scheme would not tell; everyone's digest is published all the same.
 */
import { deriveKey } from '../crypto/key-agreement.ts'
import { lengthPrefixed } from '../crypto/signing-bytes.ts'
import type { BundleAddress, SharePair } from './bundle.ts'
import type { Graph } from './graph.ts'
import { uint32s } from './keys.ts'

/** Whether the share at `x` is implied, and in no bundle. */
export const isImplied = (x: number, threshold: number): boolean => x < threshold

/** The neighbours to whom a member deals bundles, ascending. */
export const dealtTo = (graph: Graph, member: number, threshold: number): number[] =>
  graph.holders(member).filter((holder, at) => holder !== member && !isImplied(at + 1, threshold))

/** What the holder at `x` has of `from`: 64 bytes of HKDF-SHA256 of the channel key of that direction. */
export const impliedShares = ({
  key,
  sessionId,
  from,
  to,
  x,
}: BundleAddress & { key: Uint8Array; x: number }): SharePair =>
  sharePairOf(
    x,
    deriveKey({
      secret: key,
      salt: sessionId,
      info: lengthPrefixed('tributary secagg implied shares v1', uint32s(from, to)),
      length: 64,
    }),
  )

/** The pair that 64 bytes are: the mask key's share, then the seed's. */
export const sharePairOf = (x: number, bytes: Uint8Array): SharePair => ({
  x,
  maskKey: bytes.slice(0, 32),
  seed: bytes.slice(32),
})
