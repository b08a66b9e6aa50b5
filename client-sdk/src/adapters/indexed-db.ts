/** The few parts of IndexedDB that the browser's stores use, as promises. */
import { messageOf, TributaryError } from '../tributary-error.ts'

const VERSION = 1

export type Database = {
  /** One transaction over one store. It is committed when the promise resolves with `work`'s result. */
  transact<T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore, answer: (result: T) => void) => void,
  ): Promise<T>
}

/** Opens the database on first use, with the one store that is named. */
export const openDatabase = (name: string, store: string): Database => {
  let opening: Promise<IDBDatabase> | undefined
  const open = () => {
    opening ??= request(name, store, () => {
      opening = undefined
    })
    return opening
  }
  return {
    async transact<T>(
      mode: IDBTransactionMode,
      work: (objects: IDBObjectStore, answer: (result: T) => void) => void,
    ) {
      const database = await open()
      return new Promise<T>((resolve, reject) => {
        const transaction = database.transaction(store, mode)
        let answered: { result: T } | undefined
        transaction.oncomplete = () =>
          answered ? resolve(answered.result) : reject(failure(name, undefined))
        transaction.onabort = () => reject(failure(name, transaction.error))
        work(transaction.objectStore(store), (result) => {
          answered = { result }
        })
      })
    },
  }
}

const request = (name: string, store: string, closed: () => void) =>
  new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open(name, VERSION)
    opening.onupgradeneeded = () => opening.result.createObjectStore(store)
    opening.onsuccess = () => {
      const database = opening.result
      // Another tab may want to delete or upgrade; a database that is held open would block it.
      database.onversionchange = () => {
        database.close()
        closed()
      }
      database.onclose = closed
      resolve(database)
    }
    opening.onerror = () => {
      closed()
      reject(failure(name, opening.error))
    }
  })

const failure = (name: string, cause: unknown) =>
  new TributaryError(
    {
      code: 'storage-failed',
      problem: `the browser’s database ${name} failed: ${messageOf(cause)}`,
      remedy: 'Check that this page may store data (private windows may not) and that there is space',
    },
    { cause },
  )
