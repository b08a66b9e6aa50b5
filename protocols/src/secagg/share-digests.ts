import { toBase64url } from '../crypto/encoding.ts'
import type { SharePair } from './bundle.ts'
import { shareDigest } from './keys.ts'

/** The digests that an owner publishes of one holder's pair, as they stand in messages. */
export const shareDigests = (sessionId: Uint8Array, owner: number, { x, maskKey, seed }: SharePair): string =>
  toBase64url(shareDigest({ sessionId, kind: 'mask-key', owner, x, share: maskKey })) +
  toBase64url(shareDigest({ sessionId, kind: 'seed', owner, x, share: seed }))
