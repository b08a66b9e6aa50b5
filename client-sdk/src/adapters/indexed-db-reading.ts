/** Reading an object store that another part of the app keeps: it is not made, and not changed. */
import { messageOf, TributaryError } from '../tributary-error.ts'

export type OpenStore = {
  /** `undefined` where the store is empty. */
  lastKey(): Promise<IDBValidKey | undefined>
  /** Up to `count` records behind the key `after`, `last` included, in order. */
  read(range: {
    after: IDBValidKey | undefined
    last: IDBValidKey
    count: number
  }): Promise<{ keys: IDBValidKey[]; values: unknown[] }>
  close(): void
}

/** @throws TributaryError `storage-failed`, also where there is no such database or store. */
export const openStore = async (name: string, store: string): Promise<OpenStore> => {
  const failure = (problem: string, cause?: unknown) =>
    new TributaryError(
      {
        code: 'storage-failed',
        problem: `the browser’s database ${name} is not read: ${problem}`,
        remedy: 'Check its name and that of the store, and that the app has made both',
      },
      cause === undefined ? undefined : { cause },
    )
  const database = await opened(name).catch((cause: unknown) => {
    throw failure(messageOf(cause), cause)
  })
  // Another tab may want to delete or upgrade it; a database that is held open would block it.
  database.onversionchange = () => database.close()
  if (!database.objectStoreNames.contains(store)) {
    database.close()
    throw failure(`it has no store ${store}`)
  }
  const ask = async <T>(question: (objects: IDBObjectStore) => Promise<T>): Promise<T> => {
    try {
      return await question(database.transaction(store, 'readonly').objectStore(store))
    } catch (cause) {
      throw failure(messageOf(cause), cause)
    }
  }
  return {
    lastKey: () => ask(async (objects) => (await answerOf(objects.openKeyCursor(null, 'prev')))?.key),
    async read({ after, last, count }) {
      // A range from a key to one before it is refused by the browser.
      if (after !== undefined && indexedDB.cmp(after, last) >= 0) return { keys: [], values: [] }
      const range =
        after === undefined ? IDBKeyRange.upperBound(last) : IDBKeyRange.bound(after, last, true, false)
      return ask(async (objects) => {
        // Both are asked in one transaction, and see the same store.
        const asked = [
          answerOf(objects.getAllKeys(range, count)),
          answerOf(objects.getAll(range, count)),
        ] as const
        const [keys, values] = await Promise.all(asked)
        return { keys, values }
      })
    },
    close: () => database.close(),
  }
}

const opened = (name: string) =>
  new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open(name)
    opening.onupgradeneeded = () => opening.transaction?.abort() // it was not there, and is not made
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error ?? new Error('it does not open'))
    opening.onblocked = () => reject(new Error('it is blocked'))
  })

const answerOf = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('it does not answer'))
  })
