import * as z from 'zod'
import { StorageError } from '../../faults/storage.ts'
import type { Snapshot } from '../../ports/snapshot.ts'
import { snapshotReads } from '../sql/snapshot-reads.ts'
import { type Connection, openConnections } from './connections.ts'
import { SCHEMA_VERSION } from './migrations.ts'
import { kyselyOver, LONG_TRANSACTION } from './one-connection.ts'
import { storageErrorOf } from './postgres-errors.ts'

/**
 * The tables of a schema at this instant, by a transaction that reads and nothing else, on a connection of its own:
 * processes that write go on, and only what they delete cannot be vacuumed before `close`. Throws `StorageError`
 * where the server cannot be reached or the tables have not the schema of this program.
 */
export const openPostgresSnapshot = async ({
  url,
  schema,
}: {
  url: string
  schema: string
}): Promise<Snapshot> => {
  const connections = openConnections({ url, schema, poolSize: 1 })
  try {
    const { connection, release } = await connections.lend()
    // A transaction that was not ended must not be met by whoever borrows the connection next: nobody does.
    const close = async () => {
      await connection.script('rollback').catch(() => {})
      release()
      await connections.close()
    }
    try {
      await connection.script(`begin isolation level repeatable read read only; ${LONG_TRANSACTION}`)
      const schemaVersion = await versionIn(connection, schema)
      if (schemaVersion !== SCHEMA_VERSION)
        throw new StorageError(
          `the schema ${schema} has version ${schemaVersion}, this program reads version ${SCHEMA_VERSION}: ` +
            'use the program that serves it, or bring it up with `tributary migrate`',
        )
      const read = snapshotReads({ db: kyselyOver(connection), schemaVersion, faultOf: storageErrorOf })
      let closing: Promise<void> | undefined
      return {
        ...read,
        close() {
          closing ??= close()
          return closing
        },
      }
    } catch (error) {
      await close()
      throw error
    }
  } catch (cause) {
    await connections.close()
    throw storageErrorOf(cause, 'reading the database')
  }
}

/** The first read: from here on the transaction sees this instant. */
const versionIn = async ({ run }: Pick<Connection, 'run'>, schema: string): Promise<number> => {
  const there = await run({
    sql: "select 1 from pg_tables where schemaname = $1 and tablename = 'schema_version'",
    parameters: [schema],
  })
  if (there.rows.length === 0)
    throw new StorageError(`there is no schema ${schema} of a coordinator in this database`)
  const { rows } = await run({
    sql: 'select coalesce(max(version), 0)::int as version from schema_version',
    parameters: [],
  })
  return z.object({ version: z.int() }).parse(rows[0]).version
}
