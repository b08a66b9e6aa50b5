import { setTimeout } from 'node:timers/promises'
import { createAdapter } from '@socket.io/postgres-adapter'
import { Pool } from 'pg'
import { Server } from 'socket.io'
import { StorageError } from '../../faults/storage.ts'
import type { Signals } from '../../ports/signals.ts'

export type PostgresSignalsOptions = {
  /** `postgres://user:password@host:port/database` */
  url: string
  /** The schema that the processes share: those of another one hear nothing of it. */
  schema: string
  /** Told of connections that broke; they are made again. */
  fault(error: unknown): void
}

/** A notification must be shorter than 8,000 bytes; the adapter keeps longer ones in a table and sends their number. */
const PAYLOAD_BYTES = 7_900
const CONNECT_MS = 5_000
const EVENT = 'letter'
const MOST_UNDER_WAY = 1_000
/** The connection that listens is given back at the end alone. */
const LISTENING = 1

/**
 * Signals over PostgreSQL's LISTEN and NOTIFY, through the adapter by which socket.io servers speak to each other. One
 * connection listens and one sends, so that what a process says arrives in its order; what is said while either
 * is down is lost. Throws `StorageError` where the database cannot be reached.
 */
export const openPostgresSignals = async ({
  url,
  schema,
  fault,
}: PostgresSignalsOptions): Promise<Signals> => {
  const pool = new Pool({
    connectionString: url,
    max: 2,
    application_name: 'tributary signals',
    connectionTimeoutMillis: CONNECT_MS,
  })
  pool.on('error', fault)
  // The adapter keeps a connection for itself and does not listen for its errors, which would end the process.
  pool.on('connect', (client) => client.on('error', fault))
  const table = `"${schema.replaceAll('"', '""')}".socket_io_attachments`
  try {
    // Of two processes that make it at once, the second would fail. One message is one transaction, and has the lock.
    await pool.query(
      `select pg_advisory_xact_lock(hashtextextended('tributary signals of ${schema.replaceAll("'", "''")}', 0));
      create table if not exists ${table} (id bigserial primary key, created_at timestamptz default now(), payload bytea)`,
    )
  } catch (cause) {
    await pool.end()
    throw new StorageError(
      `preparing the signals between coordinators: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    )
  }
  let closed = false
  const listening = firstListening(pool)
  const io = new Server({
    adapter: createAdapter(pool, {
      channelPrefix: `${schema}.signals`,
      tableName: table,
      payloadThreshold: PAYLOAD_BYTES,
      errorHandler: (error) => closed || fault(error),
    }),
  })
  /** A pool that is to end serves nobody who still waits. What is long is put in the table first, and told of after that. */
  const said = async () => {
    const underWay = () => pool.waitingCount > 0 || pool.totalCount - pool.idleCount > LISTENING
    for (let tries = 0; tries === 0 || (underWay() && tries < MOST_UNDER_WAY); tries++)
      await pool.query('select 1')
  }
  return {
    send: (signal) => void io.serverSideEmit(EVENT, signal),
    listen: (hear) => void io.on(EVENT, hear),
    async close() {
      await Promise.race([listening, setTimeout(CONNECT_MS, undefined, { ref: false })])
      await said().catch(fault)
      closed = true // what the adapters say to each other is answered no more
      await io.of('/').adapter.close()
      await pool.end()
    },
  }
}

/**
 * Resolves once the adapter's first connection has been told to listen: closed before that, the adapter forgets the
 * connection, and the pool waits for it for ever. What is asked behind its question is answered behind it.
 */
const firstListening = (pool: Pool): Promise<void> =>
  new Promise((resolve) => {
    pool.once('acquire', (client) => {
      const ask = () =>
        client.query('select 1').then(
          () => setImmediate(resolve),
          () => resolve(),
        )
      setImmediate(() => void ask())
    })
  })
