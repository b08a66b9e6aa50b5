import type { VariateStore } from '../ports/variate-store.ts'
import { openDatabase } from './indexed-db.ts'

/** Vectors in the page's IndexedDB, until the browser's data are cleared. */
export const indexedDbVariateStore = (name = 'tributary-variates'): VariateStore => {
  const database = openDatabase(name, 'variates', 'strict')
  return {
    load: (task) =>
      database.transact<Uint8Array | undefined>('readonly', (variates, answer) => {
        const reading = variates.get(task)
        reading.onsuccess = () => answer(reading.result instanceof Uint8Array ? reading.result : undefined)
      }),
    save: (task, bytes) =>
      database.transact<void>('readwrite', (variates, answer) => {
        variates.put(bytes, task)
        answer()
      }),
    erase: (task) =>
      database.transact<void>('readwrite', (variates, answer) => {
        variates.delete(task)
        answer()
      }),
  }
}
