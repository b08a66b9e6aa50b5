import type { DatabaseSync } from 'node:sqlite'
import { StorageError } from '../../faults/storage.ts'
import { type Migration, nextMigration } from '../sql/migrations.ts'
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
 * Brings the schema up to the newest version, each step in a transaction of its own.
 * Throws `StorageError` where the database is newer than this program, or is something else's.
 */
export const migrate = (sqlite: DatabaseSync, migrations: readonly Migration[] = MIGRATIONS): void => {
  refuseForeign(sqlite)
  sqlite.exec(
    'create table if not exists schema_version (version integer primary key, name text not null) strict',
  )
  for (;;) {
    sqlite.exec('begin immediate')
    try {
      const done = step(sqlite, migrations)
      sqlite.exec('commit')
      if (done) return
    } catch (error) {
      if (sqlite.isTransaction) sqlite.exec('rollback')
      throw error
    }
  }
}

/** The version is read inside the transaction: of two processes that start at once, the second finds the work done. */
const step = (sqlite: DatabaseSync, migrations: readonly Migration[]): boolean => {
  const version = Number(
    sqlite.prepare('select coalesce(max(version), 0) as version from schema_version').get()?.version,
  )
  const migration = nextMigration(version, migrations)
  if (!migration) return true
  sqlite.exec(migration.sql)
  sqlite.prepare('insert into schema_version (version, name) values (?, ?)').run(version + 1, migration.name)
  return false
}

const refuseForeign = (sqlite: DatabaseSync) => {
  const names = sqlite.prepare("select name from sqlite_schema where type = 'table'").all()
  if (names.length > 0 && !names.some(({ name }) => name === 'schema_version'))
    throw new StorageError("the database holds another program's tables: choose another path")
}
