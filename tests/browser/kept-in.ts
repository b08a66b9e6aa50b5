import type { LearnerPage } from './learner-page.ts'

/** The keys of what every database of the page's origin holds, by the database's name up to its coordinator. */
export const keptIn = (page: LearnerPage): Promise<Record<string, string[]>> =>
  page.ask(async () => {
    const keysIn = (name: string) =>
      new Promise<string[]>((resolve, reject) => {
        const opening = indexedDB.open(name)
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const database = opening.result
          const [store] = database.objectStoreNames
          if (!store) return resolve([])
          const reading = database.transaction(store).objectStore(store).getAllKeys()
          reading.onerror = () => reject(reading.error)
          reading.onsuccess = () => {
            database.close()
            resolve(reading.result.map(String))
          }
        }
      })
    const kept: Record<string, string[]> = {}
    for (const { name = '' } of await indexedDB.databases())
      kept[name.split(' ')[0] ?? ''] = await keysIn(name)
    return kept
  })
