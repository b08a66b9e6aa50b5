import { Kysely, PostgresDialect } from 'kysely'
import type { Tables } from '../sql/tables.ts'
import { type Connection, readingPool } from './connections.ts'

/** Queries that all run on one connection, in whatever transaction it is in. */
export const kyselyOver = (connection: Connection): Kysely<Tables> =>
  new Kysely({
    dialect: new PostgresDialect({ pool: readingPool(async () => ({ connection, release() {} })) }),
  })

/** Whoever has a long transaction has it in the middle of other work: a process that vanished holds it no longer than this. */
export const LONG_TRANSACTION = "set local idle_in_transaction_session_timeout = '1h'"
