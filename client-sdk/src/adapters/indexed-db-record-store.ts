import type { RecordStore } from '../ports/record-store.ts'
import { openDatabase } from './indexed-db.ts'

/** Records in the page's IndexedDB, until the browser's data are cleared. */
export const indexedDbRecordStore = (databaseName = 'tributary-records'): RecordStore => {
  const database = openDatabase(databaseName, 'records', 'strict')
  return {
    async load(name) {
      const record = await database.read(name)
      return record instanceof Uint8Array ? record : undefined
    },
    save: (name, bytes) =>
      database.transact<void>('readwrite', (records, answer) => {
        records.put(bytes, name)
        answer()
      }),
    erase: (name) =>
      database.transact<void>('readwrite', (records, answer) => {
        records.delete(name)
        answer()
      }),
    names: () =>
      database.transact<string[]>('readonly', (records, answer) => {
        const reading = records.getAllKeys()
        reading.onsuccess = () => answer(reading.result.map(String))
      }),
  }
}
