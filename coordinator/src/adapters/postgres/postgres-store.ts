import { CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import { StorageError } from '../../faults/storage.ts'
import type { Change, Store } from '../../ports/store.ts'
import type { Writing } from '../sql/changes.ts'
import { reads } from '../sql/reads.ts'
import type { Tables } from '../sql/tables.ts'
import { commitTurns } from './commit-turns.ts'
import { type Connections, openConnections } from './connections.ts'
import { migrate } from './migrations.ts'
import { storageErrorOf } from './postgres-errors.ts'
import { postgresLeases } from './postgres-leases.ts'
import { serverNow } from './server-now.ts'
import { transact } from './transactions.ts'
import { writeChanges } from './write-changes.ts'

export type PostgresStoreOptions = {
  /** `postgres://user:password@host:5432/database`; `?sslmode=verify-full` where the way there is not trusted. */
  url: string
  /** Where all the tables are, so that several can share a database. Lower-case letters, digits and `_`. */
  schema?: string
  /** Connections at most. Commits beyond that wait for one; beside each other they share the server's syncs. */
  poolSize?: number
}

/**
 * The tables in PostgreSQL 14 or newer, which several processes may share: durable at every commit, migrated at the
 * start. Connect to the server itself, not to a pooler that hands connections round between transactions.
 * Throws `StorageError` where it cannot be reached, does not write to its disk before it answers, or holds a schema
 * that a newer program or another one made.
 *
 * A round key that was destroyed is gone for every reader as soon as that is committed. Its bytes, which are encrypted
 * under the coordinator's own key, stay on the server's disk for a while: in the table's file until the vacuum that is
 * started here right after has cut the file short or another row has been written over them, and in the write-ahead log, replicas and
 * backups for as long as those are kept. Whoever has them all and the coordinator's own key can read that round's updates.
 */
export const openPostgresStore = async ({
  url,
  schema = 'tributary',
  poolSize = 10,
}: PostgresStoreOptions): Promise<Store> => {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema) || schema.startsWith('pg_'))
    throw new StorageError(`"${schema}" is no name for a schema here: use lower-case letters, digits and _`)
  if (!Number.isSafeInteger(poolSize) || poolSize < 1)
    throw new RangeError(`a pool has a whole number of connections from 1 on, not ${poolSize}`)
  const connections = openConnections({ url, schema, poolSize })
  try {
    await connections.use((connection) => migrate(connection, schema))
  } catch (cause) {
    await connections.close()
    throw storageErrorOf(cause, 'preparing the database')
  }
  return storeOver(connections, schema)
}

const storeOver = (connections: Connections, schema: string): Store => {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: connections.reading }) })
  const lockChain = CompiledQuery.raw('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `tributary audit of ${schema}`,
  ])
  const writing: Writing = { db, writers: { kind: 'many', lockChain } }
  const { leases, ...known } = reads({ db, now: serverNow, faultOf: storageErrorOf })
  const turns = commitTurns()
  const sweeping = keySweeper(connections)
  const atWork = new Set<Promise<unknown>>()
  let closed = false

  const commit = async (changes: readonly Change[]) => {
    await transact({ connections }, (connection) => writeChanges(connection, writing, changes))
    if (changes.some(({ kind }) => kind === 'destroy-round-key')) sweeping.soon()
  }
  return {
    ...known,
    leases: { ...leases, ...postgresLeases({ connections, db, now: serverNow }) },
    async commit(changes) {
      if (closed) throw new StorageError('saving: the store is closed')
      if (changes.length === 0) return
      const turn = turns(changes, () => commit(changes))
      const over: Promise<unknown> = turn.then(
        () => atWork.delete(over),
        () => atWork.delete(over),
      )
      atWork.add(over)
      return turn
    },
    async close() {
      closed = true
      await Promise.all(atWork)
      await sweeping.done()
      await connections.close()
    },
  }
}

/** Vacuums the table of round keys after one was destroyed, once at a time, in nobody's way. */
const keySweeper = (connections: Pick<Connections, 'use'>) => {
  let sweep: Promise<void> | undefined
  let again = false
  const start = () => {
    sweep = connections
      .use((connection) => connection.script('vacuum round_keys'))
      // The server's own vacuum comes round in time.
      .catch(() => {})
      .then(() => {
        sweep = undefined
        if (again) start()
      })
    again = false
  }
  return {
    soon() {
      if (sweep) again = true
      else start()
    },
    async done() {
      while (sweep) await sweep
    },
  }
}
