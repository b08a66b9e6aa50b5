import type { Change, Store } from '../../ports/store.ts'
import { changeWriter } from './apply-change.ts'
import { commitQueue } from './commit-queue.ts'
import { BUSY_TIMEOUT_MS, type Database, openDatabase } from './database.ts'
import { migrate } from './migrations.ts'
import { reads } from './reads.ts'
import { isSqliteError, storageErrorOf } from './sqlite-errors.ts'

export type SqliteStoreOptions = {
  /** The database file, created when it is not there; or `:memory:`, the twin for tests and simulations. */
  path: string
}

/**
 * The tables in SQLite, through the driver that is part of Node: durable at every commit, migrated at the start.
 * One process at a time should write (hold the folder's lock); others may read the file meanwhile, for a backup say.
 * Throws `StorageError` where the file cannot be opened, is damaged, or was written by a newer program.
 */
export const openSqliteStore = async ({ path }: SqliteStoreOptions): Promise<Store> => {
  const database = openDatabase(path)
  try {
    migrate(database.sqlite)
  } catch (cause) {
    database.sqlite.close()
    throw storageErrorOf(cause, `preparing the database ${path}`)
  }
  return storeOver(database, path === ':memory:' ? queueMicrotask : setImmediate)
}

/** The store over an open, migrated database. `soon` decides how long a commit waits for company. */
export const storeOver = (database: Database, soon: (flush: () => void) => void): Store => {
  const { sqlite, kysely } = database
  const eraseLog = logEraser(database)
  eraseLog()
  const commits = commitQueue({
    database,
    write: changeWriter(database),
    afterGroup(changes) {
      if (changes.some(destroysKey)) eraseLog()
    },
    soon,
  })
  return {
    ...reads(kysely),
    commit: commits.commit,
    async close() {
      if (!sqlite.isOpen) return
      commits.flush()
      sqlite.close()
    },
  }
}

const destroysKey = ({ kind }: Change) => kind === 'destroy-round-key'

/**
 * `secure_delete` zeroes a destroyed key in the database file, but the write-ahead log still holds the page as it
 * was: it is copied back and cut to nothing. Another process that is reading may be in the way; nobody waits for
 * it, the log is emptied at the next key's end, at closing or at the next start. What the disk keeps of freed
 * blocks is beyond a program's reach, which is why the key lies there only encrypted under the coordinator's own.
 */
const logEraser = ({ sqlite }: Database) => {
  const truncate = sqlite.prepare('pragma wal_checkpoint(truncate)')
  return () => {
    sqlite.exec('pragma busy_timeout = 0')
    try {
      truncate.get()
    } catch (cause) {
      // A full disk keeps the log a while longer. The deletion itself is durable and is not taken back.
      if (!isSqliteError(cause)) throw cause
    } finally {
      sqlite.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`)
    }
  }
}
