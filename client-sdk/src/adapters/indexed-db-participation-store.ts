import type { ParticipationStore } from '../ports/participation-store.ts'
import { openDatabase } from './indexed-db.ts'

/** Records in the page's IndexedDB, until the browser's data are cleared. */
export const indexedDbParticipationStore = (name = 'tributary-participations'): ParticipationStore => {
  const database = openDatabase(name, 'participations', 'strict')
  return {
    load: (task) => database.read(task),
    save: (task, record) =>
      database.transact<void>('readwrite', (records, answer) => {
        records.put(record, task)
        answer()
      }),
    clear: () =>
      database.transact<void>('readwrite', (records, answer) => {
        records.clear()
        answer()
      }),
  }
}
