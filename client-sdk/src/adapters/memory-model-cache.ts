import type { Digest } from '@tributary/protocols'
import type { ModelCache } from '../ports/model-cache.ts'

/** Keeps up to `maxBytes` for as long as this object lives. */
export const memoryModelCache = ({ maxBytes = 2 ** 26 }: { maxBytes?: number } = {}): ModelCache => {
  /** The one used longest ago comes first. */
  const kept = new Map<Digest, Uint8Array>()
  let total = 0
  const forget = (digest: Digest) => {
    total -= kept.get(digest)?.length ?? 0
    kept.delete(digest)
  }
  return {
    async get(digest) {
      const bytes = kept.get(digest)
      if (!bytes) return undefined
      kept.delete(digest)
      kept.set(digest, bytes)
      return bytes
    },
    async put(digest, bytes) {
      forget(digest)
      if (bytes.length > maxBytes) return
      kept.set(digest, bytes)
      total += bytes.length
      for (const oldest of kept.keys()) {
        if (total <= maxBytes) return
        forget(oldest)
      }
    },
    async clear() {
      kept.clear()
      total = 0
    },
  }
}
