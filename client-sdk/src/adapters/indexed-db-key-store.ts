import type { KeyStore } from '../ports/key-store.ts'
import { openDatabase } from './indexed-db.ts'

const KEY = 'identity-seed'

/**
 * The identity in the page's IndexedDB: it is this origin's on this device, until the browser's data are cleared.
 * Script of the same origin can read it.
 */
export const indexedDbKeyStore = (name = 'tributary-keys'): KeyStore => {
  const database = openDatabase(name, 'keys', 'strict')
  return {
    load: async () => seedOf(await database.read(KEY)),
    keep: (seed) =>
      database.transact<Uint8Array>('readwrite', (keys, answer) => {
        const reading = keys.get(KEY)
        reading.onsuccess = () => {
          const kept = seedOf(reading.result)
          if (!kept) keys.put(seed.slice(), KEY)
          answer(kept ?? seed.slice())
        }
      }),
    erase: () =>
      database.transact<void>('readwrite', (keys, answer) => {
        keys.delete(KEY)
        answer()
      }),
  }
}

const seedOf = (stored: unknown): Uint8Array | undefined =>
  stored instanceof Uint8Array && stored.length === 32 ? stored : undefined
