import { DatabaseSync } from 'node:sqlite'
import { StorageError } from '../../faults/storage.ts'
import type { Snapshot } from '../../ports/snapshot.ts'
import { snapshotReads } from '../sql/snapshot-reads.ts'
import { BUSY_TIMEOUT_MS, wrapDatabase } from './database.ts'
import { SCHEMA_VERSION } from './migrations.ts'
import { storageErrorOf } from './sqlite-errors.ts'

/**
 * The tables of a database file at this instant, by a read transaction on a connection of its own: the process that
 * writes goes on, and only its write-ahead log cannot be cut shorter before `close`. Throws `StorageError` where the
 * file cannot be opened or has not the schema of this program.
 */
export const openSqliteSnapshot = async (path: string): Promise<Snapshot> => {
  let sqlite: DatabaseSync | undefined
  try {
    sqlite = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
    sqlite.exec('begin')
    const schemaVersion = versionIn(sqlite) // the first read: from here on the transaction sees this instant
    if (schemaVersion !== SCHEMA_VERSION)
      throw new StorageError(
        `the database ${path} has schema version ${schemaVersion}, this program reads version ${SCHEMA_VERSION}: ` +
          'use the program that serves it, or bring it up with `tributary migrate`',
      )
    return snapshotOver(sqlite, schemaVersion)
  } catch (cause) {
    sqlite?.close()
    throw storageErrorOf(cause, `reading the database ${path}`)
  }
}

const versionIn = (sqlite: DatabaseSync): number =>
  Number(sqlite.prepare('select max(version) as version from schema_version').get()?.version)

const snapshotOver = (sqlite: DatabaseSync, schemaVersion: number): Snapshot => ({
  ...snapshotReads({ db: wrapDatabase(sqlite).kysely, schemaVersion, faultOf: storageErrorOf }),
  async close() {
    if (sqlite.isOpen) sqlite.close()
  },
})
