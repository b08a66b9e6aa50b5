/** What this person has typed: in this browser's IndexedDB, and nowhere else. */

export type OwnLines = {
  add(texts: readonly string[]): Promise<void>
  count(): Promise<number>
  /** Oldest first. */
  all(): Promise<string[]>
  /** The database itself goes. */
  erase(): Promise<void>
}

const STORE = 'lines'

export const databaseOf = (person: string): string => `keyboard ${person}`

export const ownLines = (person: string): OwnLines => {
  const within = async <T>(
    mode: IDBTransactionMode,
    ask: (lines: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> => {
    const database = await opened(databaseOf(person))
    try {
      const transaction = database.transaction(STORE, mode)
      const asked = ask(transaction.objectStore(STORE))
      await done(transaction)
      return asked.result
    } finally {
      database.close()
    }
  }
  return {
    add: async (texts) => {
      const [first, ...others] = texts
      if (first === undefined) return
      await within('readwrite', (lines) => {
        const adding = lines.add(first)
        for (const text of others) lines.add(text)
        return adding
      })
    },
    count: () => within('readonly', (lines) => lines.count()),
    all: async () =>
      (await within('readonly', (lines) => lines.getAll())).filter((line) => typeof line === 'string'),
    erase: () => settled(indexedDB.deleteDatabase(databaseOf(person))).then(() => undefined),
  }
}

const opened = (name: string): Promise<IDBDatabase> => {
  const opening = indexedDB.open(name, 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { autoIncrement: true })
  return settled(opening)
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

const done = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
  })
