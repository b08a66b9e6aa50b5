import type { Remains } from './state.ts'

/** The databases of this person that are there, and how many records each holds. */
export const remainsOf = async (person: string): Promise<Remains> => {
  const mine = (await indexedDB.databases()).flatMap(({ name }) =>
    name?.split(' ').includes(person) ? [name] : [],
  )
  return Promise.all(mine.toSorted().map(async (name) => ({ name, records: await recordsIn(name) })))
}

const recordsIn = (name: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open(name)
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const database = opening.result
      const stores = [...database.objectStoreNames]
      if (stores.length === 0) return resolve(0)
      const transaction = database.transaction(stores, 'readonly')
      const counts = stores.map((store) => transaction.objectStore(store).count())
      transaction.oncomplete = () => {
        database.close()
        resolve(counts.reduce((sum, { result }) => sum + result, 0))
      }
      transaction.onabort = () => reject(transaction.error)
    }
  })
