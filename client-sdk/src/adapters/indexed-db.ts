/** The few parts of IndexedDB that the browser's stores use, as promises. */
import { messageOf, TributaryError } from '../tributary-error.ts'

const VERSION = 1
/** One that has not opened after this long is not waited for. */
const OPEN_MS = 30_000

export type Database = {
  /** One transaction over one store. It is committed when the promise resolves with `work`'s result. */
  transact<T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore, answer: (result: T) => void) => void,
  ): Promise<T>
  /** What is under this key, whatever it is; `undefined` where there is nothing. */
  read(key: string): Promise<unknown>
}

/**
 * Opens the database on first use, with the one store that is named.
 * @param durability `strict` where a promise that resolved must outlive a power cut: browsers flush to disk for nothing less.
 */
export const openDatabase = (
  name: string,
  store: string,
  durability: IDBTransactionDurability = 'default',
): Database => {
  let opening: Promise<IDBDatabase> | undefined
  const forget = () => {
    opening = undefined
  }
  const database: Database = {
    async transact<T>(
      mode: IDBTransactionMode,
      work: (objects: IDBObjectStore, answer: (result: T) => void) => void,
    ) {
      opening ??= open(name, store, forget)
      try {
        const database = await opening
        return await run<T>(database.transaction(store, mode, { durability }), store, work)
      } catch (cause) {
        forget()
        throw failure(name, cause)
      }
    },
    read: (key) =>
      database.transact('readonly', (objects, answer) => {
        const reading = objects.get(key)
        reading.onsuccess = () => answer(reading.result)
      }),
  }
  return database
}

const run = <T>(
  transaction: IDBTransaction,
  store: string,
  work: (objects: IDBObjectStore, answer: (result: T) => void) => void,
) =>
  new Promise<T>((resolve, reject) => {
    let answered: { result: T } | undefined
    transaction.oncomplete = () =>
      answered ? resolve(answered.result) : reject(new Error('it gave no answer'))
    transaction.onabort = () => reject(transaction.error ?? new Error('it was aborted'))
    work(transaction.objectStore(store), (result) => {
      answered = { result }
    })
  })

const open = (name: string, store: string, closed: () => void) =>
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
    opening.onerror = () => reject(opening.error)
    // A page that wants it deleted, and one that holds it open meanwhile, keep it from everybody.
    setTimeout(reject, OPEN_MS, new Error('timeout'))
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
