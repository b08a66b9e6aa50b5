/** The tables that a configuration names, and what can be done with them. */
import { join } from 'node:path'
import { unreachable } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import {
  postgresServerFacts,
  postgresStanding,
  type ServerFacts,
} from '../adapters/postgres/examine-server.ts'
import { loadPostgresTables } from '../adapters/postgres/load-tables.ts'
import { openPostgresStore } from '../adapters/postgres/postgres-store.ts'
import { postgresSchemaVersion } from '../adapters/postgres/schema-version.ts'
import { openPostgresSnapshot } from '../adapters/postgres/snapshot.ts'
import { sqliteDamage } from '../adapters/sqlite/integrity.ts'
import { loadSqliteTables } from '../adapters/sqlite/load-tables.ts'
import { sqliteSchemaVersion } from '../adapters/sqlite/schema-version.ts'
import { openSqliteSnapshot } from '../adapters/sqlite/snapshot.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { sqliteStanding } from '../adapters/sqlite/standing.ts'
import type { LoadTables, Snapshot } from '../ports/snapshot.ts'
import type { Standing } from '../ports/standing.ts'
import type { Store } from '../ports/store.ts'
import type { StorageOptions } from '../settings/storage-settings.ts'

/** The version of the schema that the tables have, `undefined` where there are none yet; and the newest there is. */
export type SchemaVersion = { found: number | undefined; newest: number }

/** What can be done with the tables, wherever they are. */
export type Tables = {
  /** For the process that writes: brings the schema up to the newest version. */
  open(): Promise<Store>
  /** Changes nothing, and may be asked beside a process that writes. */
  schemaVersion(): Promise<SchemaVersion>
  /** Changes nothing either. Throws where the schema is not the newest. */
  snapshot(): Promise<Snapshot>
  /** What is wrong with the file they are kept in; nothing where it is sound, or a server looks after it. Changes nothing. */
  damage(depth: 'quick' | 'full'): Promise<string[]>
  /** Who drives what, and the keys of rounds, sealed as they are. Changes nothing. */
  standing(): Promise<Standing>
  /** What the server that keeps them says of itself; nothing where they are a file. Changes nothing. */
  server(clock: Pick<Clock, 'now'>): Promise<ServerFacts | undefined>
  /** For tables that are empty, and that nobody else has. */
  load: LoadTables
}

export const tablesOf = ({ database, folder }: Pick<StorageOptions, 'database' | 'folder'>): Tables => {
  switch (database.kind) {
    case 'sqlite': {
      const path = join(folder, 'tributary.sqlite')
      return {
        open: () => openSqliteStore({ path }),
        schemaVersion: () => sqliteSchemaVersion(path),
        snapshot: () => openSqliteSnapshot(path),
        damage: (depth) => sqliteDamage(path, depth),
        standing: () => sqliteStanding(path),
        server: async () => undefined,
        load: loadSqliteTables(path),
      }
    }
    case 'postgres': {
      const where = { url: database.url.reveal(), schema: database.schema }
      return {
        open: () => openPostgresStore(where),
        schemaVersion: () => postgresSchemaVersion(where),
        snapshot: () => openPostgresSnapshot(where),
        damage: async () => [],
        standing: () => postgresStanding(where),
        server: (clock) => postgresServerFacts(where, clock),
        load: loadPostgresTables(where),
      }
    }
    default:
      return unreachable(database)
  }
}
