import type { Digest } from '@tributary/protocols'

/**
 * Downloaded bytes by digest, up to a bound. A cache may lose anything at any time and must not invent; whoever reads
 * checks the digest.
 */
export type ModelCache = {
  get(digest: Digest): Promise<Uint8Array | undefined>
  /** Keeps the bytes, at the cost of those used longest ago. Bytes above the bound are not kept. */
  put(digest: Digest, bytes: Uint8Array): Promise<void>
  /** Nothing is kept any more. */
  clear(): Promise<void>
}
