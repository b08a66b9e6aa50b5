import type { ModelCache } from '../ports/model-cache.ts'
import { openDatabase } from './indexed-db.ts'

/** Reading a model again soon after does not write all of it again only to note the time. */
const FRESH_MS = 60_000

type Kept = { bytes: Uint8Array; usedAt: number }

/** Keeps up to `maxBytes` in the page's IndexedDB. */
export const indexedDbModelCache = (name = 'tributary-models', { maxBytes = 2 ** 27 } = {}): ModelCache => {
  const database = openDatabase(name, 'models')
  return {
    get: (digest) =>
      database.transact<Uint8Array | undefined>('readwrite', (models, answer) => {
        const reading = models.get(digest)
        reading.onsuccess = () => {
          const kept = keptOf(reading.result)
          if (kept && Date.now() - kept.usedAt > FRESH_MS)
            models.put({ bytes: kept.bytes, usedAt: Date.now() } satisfies Kept, digest)
          answer(kept?.bytes)
        }
      }),
    async put(digest, bytes) {
      if (bytes.length > maxBytes) return
      await database.transact<undefined>('readwrite', (models, answer) => {
        models.put({ bytes, usedAt: Date.now() } satisfies Kept, digest)
        trim(models, maxBytes)
        answer(undefined)
      })
    },
    clear: () =>
      database.transact<void>('readwrite', (models, answer) => {
        models.clear()
        answer()
      }),
  }
}

/** Walks over all that is kept and deletes what was used longest ago until the rest fits. */
const trim = (models: IDBObjectStore, maxBytes: number): void => {
  const found: { key: IDBValidKey; bytes: number; usedAt: number }[] = []
  const walking = models.openCursor()
  walking.onsuccess = () => {
    const cursor = walking.result
    if (cursor) {
      const kept = keptOf(cursor.value)
      found.push({ key: cursor.key, bytes: kept?.bytes.length ?? 0, usedAt: kept?.usedAt ?? 0 })
      return cursor.continue()
    }
    let total = 0
    for (const { key, bytes } of found.sort((a, b) => b.usedAt - a.usedAt)) {
      total += bytes
      if (total > maxBytes) models.delete(key)
    }
  }
}

const keptOf = (stored: unknown): Kept | undefined =>
  typeof stored === 'object' &&
  stored !== null &&
  'bytes' in stored &&
  stored.bytes instanceof Uint8Array &&
  'usedAt' in stored &&
  typeof stored.usedAt === 'number'
    ? { bytes: stored.bytes, usedAt: stored.usedAt }
    : undefined
