import * as z from 'zod'
import { StorageError } from '../../faults/storage.ts'
import { type Migration, nextMigration } from '../sql/migrations.ts'
import type { Connection } from './connections.ts'
import { tables } from './migrations/0001-tables.ts'
import { leases } from './migrations/0002-leases.ts'
import { identity } from './migrations/0003-identity.ts'
import { privacy } from './migrations/0004-privacy.ts'
import { consoleSessions } from './migrations/0005-console-sessions.ts'
import { webhooks } from './migrations/0006-webhooks.ts'
import { fleetReads } from './migrations/0007-fleet-reads.ts'

export const MIGRATIONS: readonly Migration[] = [
  tables,
  leases,
  identity,
  privacy,
  consoleSessions,
  webhooks,
  fleetReads,
]

/** The newest version of the schema. */
export const SCHEMA_VERSION = MIGRATIONS.length

/**
 * Brings the schema up to the newest version, each step in a transaction of its own. Processes that start at once do
 * it one after the other. Throws `StorageError` where the schema is newer than this program, or is something else's.
 */
export const migrate = async (
  connection: Connection,
  schema: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> => {
  for (;;) {
    // Making an index of a large table takes its time, and so does waiting for another process that does.
    await connection.script('begin; set local statement_timeout = 0; set local lock_timeout = 0')
    try {
      const done = await step(connection, schema, migrations)
      await connection.script('commit')
      if (done) return
    } catch (error) {
      await connection.script('rollback').catch(() => {})
      throw error
    }
  }
}

/** Until the transaction ends, no other process can get past its migrations: none starts. */
export const holdSchema = async (connection: Pick<Connection, 'run'>, schema: string): Promise<void> => {
  await connection.run({
    sql: 'select pg_advisory_xact_lock(hashtextextended($1, 0))',
    parameters: [`tributary migrations of ${schema}`],
  })
}

const step = async (connection: Connection, schema: string, migrations: readonly Migration[]) => {
  await holdSchema(connection, schema)
  await prepareSchema(connection, schema)
  const { rows } = await connection.run({
    sql: 'select coalesce(max(version), 0)::int as version from schema_version',
    parameters: [],
  })
  const { version } = z.object({ version: z.int() }).parse(rows[0])
  const migration = nextMigration(version, migrations)
  if (!migration) return true
  await connection.script(migration.sql)
  await connection.run({
    sql: 'insert into schema_version (version, name) values ($1, $2)',
    parameters: [version + 1, migration.name],
  })
  return false
}

/** Makes the schema where it is not there: the right to do so is asked for only then. */
const prepareSchema = async (connection: Connection, schema: string) => {
  const { rows } = await connection.run({
    sql: `
      select n.nspname, c.relname from pg_namespace n
      left join pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f')
      where n.nspname = $1`,
    parameters: [schema],
  })
  const tables = z.array(z.object({ relname: z.string().nullable() })).parse(rows)
  if (tables.some(({ relname }) => relname === 'schema_version')) return
  if (tables.some(({ relname }) => relname !== null))
    throw new StorageError(`the schema ${schema} holds another program's tables: choose another`)
  if (tables.length === 0) await connection.script(`create schema ${schema}`)
  await connection.script('create table schema_version (version integer primary key, name text not null)')
}
