import { encodeNonce } from '../crypto/encoded.ts'
import type { SharePair } from './bundle.ts'
import { shareDigest } from './keys.ts'
import type { ShareDigests } from './messages.ts'

/** The digests that an owner publishes of one holder's pair, as they stand in messages. */
export const shareDigests = (
  sessionId: Uint8Array,
  owner: number,
  { x, maskKey, seed }: SharePair,
): ShareDigests => ({
  maskKey: encodeNonce(shareDigest({ sessionId, kind: 'mask-key', owner, x, share: maskKey })),
  seed: encodeNonce(shareDigest({ sessionId, kind: 'seed', owner, x, share: seed })),
})
