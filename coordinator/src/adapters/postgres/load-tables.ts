import { StorageError } from '../../faults/storage.ts'
import type { LoadTables } from '../../ports/snapshot.ts'
import type { Writing } from '../sql/changes.ts'
import { filledOf, insertions } from '../sql/filling.ts'
import { snapshotReads } from '../sql/snapshot-reads.ts'
import { type Connection, openConnections } from './connections.ts'
import { holdSchema, migrate, SCHEMA_VERSION } from './migrations.ts'
import { kyselyOver, LONG_TRANSACTION } from './one-connection.ts'
import { isStatementError, storageErrorOf } from './postgres-errors.ts'
import { writeChanges } from './write-changes.ts'

/** Rows a statement: as many as make the way to the server matter little, and far from the 65,535 parameters it may have. */
const MOST_ROWS = 500

/**
 * Fills the tables of a schema, which is made where it is not there, in one transaction. No coordinator can start on it
 * meanwhile. `uncertain` where the server's answer to the commit was lost.
 */
export const loadPostgresTables =
  ({ url, schema }: { url: string; schema: string }): LoadTables =>
  async (records, finish) => {
    const connections = openConnections({ url, schema, poolSize: 1 })
    try {
      return await connections.use(async (connection) => {
        await migrate(connection, schema)
        await connection.script(`begin; ${LONG_TRANSACTION}; set constraints all deferred`)
        try {
          await holdSchema(connection, schema)
          const db = kyselyOver(connection)
          for (const query of filledOf(db))
            if ((await connection.run(query)).rows.length > 0)
              throw new StorageError(`the schema ${schema} of the database is not empty`)
          for await (const insertion of insertions(db, records, { most: MOST_ROWS }))
            await connection.run(insertion)
          // Nobody else writes: what is asked of a single writer will do.
          const writing: Writing = { db, writers: { kind: 'one' } }
          const result = await finish({
            ...snapshotReads({ db, schemaVersion: SCHEMA_VERSION, faultOf: storageErrorOf }),
            commit: (changes) => writeChanges(connection, writing, changes),
          })
          await commit(connection)
          return result
        } catch (error) {
          await connection.script('rollback').catch(() => {})
          throw error
        }
      })
    } catch (cause) {
      throw storageErrorOf(cause, `filling the schema ${schema}`)
    } finally {
      await connections.close()
    }
  }

const commit = ({ script }: Connection) =>
  script('commit').catch((cause: unknown) => {
    if (isStatementError(cause)) throw cause
    throw new StorageError(
      'the connection was lost while the server was committing: it may have been filled; see `tributary doctor`',
      { cause, uncertain: true },
    )
  })
