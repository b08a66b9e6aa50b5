import { type Clock, systemClock } from '@tributary/protocols/runtime'
import { sql } from 'kysely'
import type { Change, Store } from '../../ports/store.ts'
import { reads } from '../sql/reads.ts'
import { changeWriter } from './apply-change.ts'
import { commitQueue } from './commit-queue.ts'
import { BUSY_TIMEOUT_MS, type Database, openDatabase } from './database.ts'
import { migrate } from './migrations.ts'
import { rememberedRows } from './remembered-rows.ts'
import { isSqliteError, storageErrorOf } from './sqlite-errors.ts'
import { sqliteLeases } from './sqlite-leases.ts'

export type SqliteStoreOptions = {
  /** The database file, created when it is not there; or `:memory:`, the twin for tests and simulations. */
  path: string
  /** By which leases run out; the machine's own unless given. */
  clock?: Pick<Clock, 'now'>
}

/**
 * The tables in SQLite, through the driver that is part of Node: durable at every commit, migrated at the start.
 * One process at a time should write (hold the folder's lock); others may read the file meanwhile, for a backup say.
 * Throws `StorageError` where the file cannot be opened, is damaged, or was written by a newer program.
 */
export const openSqliteStore = async ({
  path,
  clock = systemClock(),
}: SqliteStoreOptions): Promise<Store> => {
  const database = openDatabase(path)
  try {
    migrate(database.sqlite)
  } catch (cause) {
    database.sqlite.close()
    throw storageErrorOf(cause, `preparing the database ${path}`)
  }
  return storeOver({ database, clock, soon: path === ':memory:' ? queueMicrotask : setImmediate })
}

type Needs = {
  database: Database
  clock: Pick<Clock, 'now'>
  /** Decides how long a commit waits for company. */
  soon: (flush: () => void) => void
}

/** The store over an open, migrated database. */
export const storeOver = ({ database, clock, soon }: Needs): Store => {
  const { sqlite, kysely } = database
  const eraseLog = logEraser(database)
  eraseLog()
  // A number without a fraction would be bound as an integer, and the column holds reals.
  const now = () => sql<number>`cast(${clock.now()} as real)`
  const { remember, forget } = rememberedRows({ dataVersion: dataVersionOf(sqlite) })
  const { leases, ...known } = reads({ db: kysely, now, faultOf: storageErrorOf, remember })
  const commits = commitQueue({
    database,
    afterGroup(changes) {
      forget(changes)
      if (changes.some(destroysKey)) eraseLog()
    },
    soon,
  })
  const write = changeWriter(database)
  return {
    ...known,
    leases: { ...leases, ...sqliteLeases({ database, now, commits }) },
    async commit(changes) {
      try {
        await commits.enqueue(changes, () => changes.forEach(write))
      } catch (failure) {
        forget(changes) // it may have been written all the same
        throw failure
      }
    },
    async close() {
      if (!sqlite.isOpen) return
      commits.flush()
      sqlite.close()
    },
  }
}

/** SQLite's own count of what other connections have written. */
const dataVersionOf = (sqlite: Database['sqlite']) => {
  const version = sqlite.prepare('pragma data_version')
  return () => (sqlite.isOpen ? version.get()?.data_version : 'closed')
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
