import { StorageError } from '../../faults/storage.ts'
import type { LoadTables } from '../../ports/snapshot.ts'
import { filledOf, insertions } from '../sql/filling.ts'
import { snapshotReads } from '../sql/snapshot-reads.ts'
import { changeWriter } from './apply-change.ts'
import { openDatabase } from './database.ts'
import { migrate, SCHEMA_VERSION } from './migrations.ts'
import { storageErrorOf } from './sqlite-errors.ts'

/** Fills the tables of a database file, which is made where it is not there. Hold the folder's lock, or tell nobody of it. */
export const loadSqliteTables =
  (path: string): LoadTables =>
  async (records, finish) => {
    const database = openDatabase(path)
    const { sqlite, kysely, all, run } = database
    try {
      migrate(sqlite)
      sqlite.exec('begin immediate; pragma defer_foreign_keys = on')
      for (const query of filledOf(kysely))
        if (all(query).length > 0) throw new StorageError(`the database ${path} is not empty`)
      for await (const insertion of insertions(kysely, records, { most: 1 })) run(insertion)
      const write = changeWriter(database)
      const result = await finish({
        ...snapshotReads({ db: kysely, schemaVersion: SCHEMA_VERSION, faultOf: storageErrorOf }),
        commit: async (changes) => changes.forEach(write),
      })
      sqlite.exec('commit')
      return result
    } catch (cause) {
      throw storageErrorOf(cause, `filling the database ${path}`)
    } finally {
      sqlite.close() // undoes what was not committed
    }
  }
