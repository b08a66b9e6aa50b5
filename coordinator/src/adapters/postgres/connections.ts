import { createHash } from 'node:crypto'
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import { type ClientBase, Pool, type PoolClient, types } from 'pg'
import * as z from 'zod'
import { StorageError } from '../../faults/storage.ts'
import type { Answer } from '../sql/changes.ts'
import { isStatementError } from './postgres-errors.ts'
import { storedText, textOf } from './stored-text.ts'

export type Query = { sql: string; parameters: readonly unknown[] }

export type Connection = {
  /**
   * One life of the server: it ends when the server crashes, and whatever had not been written to its log by then is
   * as if it had never been, down to the numbers of its transactions.
   */
  life: string
  /** Runs one statement, prepared under a name of its own. */
  run(query: Query): Promise<Answer>
  /** Runs statements without parameters in one message, and answers what the last one does. */
  script(sql: string): Promise<Answer>
}

export type Loan = {
  connection: Connection
  /** Gives it back; one that failed in a way that leaves it in doubt is ended. */
  release(): void
}

export type Connections = {
  /** Gives `work` a connection to itself, and ends one that failed in a way that leaves it in doubt. */
  use<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result>
  /** A connection for as long as the borrower wants it. */
  lend(): Promise<Loan>
  /** The pool as Kysely wants it, for reading. */
  reading: PostgresPool
  /** Waits for all that is at work. Closing again is harmless. */
  close(): Promise<void>
}

export type ConnectionOptions = { url: string; schema: string; poolSize: number }

const CONNECT_TIMEOUT_MS = 10_000
const STATEMENT_TIMEOUT_MS = 30_000
/** Only a server that fell silent is given up on here: one that lives has given up by itself. */
const ANSWER_TIMEOUT_MS = 40_000

/**
 * Said when a connection is opened, so that no statement runs under other settings. A process that vanishes in the
 * middle of a transaction holds its locks no longer than `idle_in_transaction_session_timeout`.
 */
const settings = (schema: string) => ({
  synchronous_commit: 'on',
  search_path: schema,
  statement_timeout: STATEMENT_TIMEOUT_MS,
  lock_timeout: 10_000,
  idle_in_transaction_session_timeout: 30_000,
})

/** A pool of connections on which a commit that is answered is on the server's disk. Connects when it is used. */
export const openConnections = ({ url, schema, poolSize }: ConnectionOptions): Connections => {
  const lives = new WeakMap<ClientBase, string>()
  const pool = new Pool({
    ...addressOf(url, settings(schema)),
    max: poolSize,
    application_name: 'tributary',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    keepAlive: true,
    // What is asked without waiting for the answer before goes on its way at once.
    pipeline: true,
    idleTimeoutMillis: 60_000,
    types: { getTypeParser },
    // The pool waits for it, though its types do not say so.
    onConnect: async (client) => {
      lives.set(client, await requireDurable(client))
    },
  })
  // A connection that breaks while nobody waits for an answer is replaced; whoever does wait is told.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const waiting = new Set<Promise<unknown>>()
  let closing: Promise<void> | undefined

  const connect = async (): Promise<PoolClient> => {
    if (closing) throw new StorageError('the store is closed')
    const client = pool.connect()
    waiting.add(client)
    return client.finally(() => waiting.delete(client))
  }
  const lend = async (): Promise<Loan> => {
    const client = await connect()
    let doubtful = false
    const asked = async (question: Promise<PgAnswer | PgAnswer[]>): Promise<Answer> => {
      try {
        const answers = await question
        const last = Array.isArray(answers) ? answers.at(-1) : answers
        return { rows: last?.rows ?? [], written: last?.rowCount ?? 0 }
      } catch (error) {
        doubtful ||= !isStatementError(error)
        throw error
      }
    }
    const connection: Connection = {
      life: lives.get(client) ?? '',
      run: (query) => asked(client.query(preparedQuery(query))),
      script: (sql) => asked(client.query(sql)),
    }
    return { connection, release: () => client.release(doubtful) }
  }

  return {
    lend,
    async use(work) {
      const { connection, release } = await lend()
      try {
        return await work(connection)
      } finally {
        release()
      }
    },
    reading: readingPool(lend),
    close() {
      closing ??= Promise.allSettled(waiting).then(() => pool.end())
      return closing
    },
  }
}

/** Connections as Kysely wants them, for reading. */
export const readingPool = (lend: () => Promise<Loan>): PostgresPool => ({
  async connect() {
    const { connection, release } = await lend()
    return {
      // Of a function with several faces, only this one is called.
      query: (async (sql: string, parameters: readonly unknown[] = []) => {
        const { rows } = await connection.run({ sql, parameters })
        return { command: 'SELECT' as const, rowCount: rows.length, rows: [...rows] }
      }) as PostgresPoolClient['query'],
      release,
    }
  },
  end: () => Promise.resolve(),
})

type PgAnswer = { rows: unknown[]; rowCount: number | null }

/** The settings go with the address, behind those that it brings itself, so that these hold. */
const addressOf = (url: string, set: Record<string, string | number>) => {
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol))
    throw new StorageError(
      'the address of PostgreSQL is to look like postgres://user:password@host:5432/database',
    )
  const address = new URL(url)
  const own = Object.entries(set).map(([name, value]) => `-c ${name}=${value}`)
  const options = [address.searchParams.get('options') ?? '', ...own].join(' ')
  address.searchParams.delete('options')
  return { connectionString: address.href, options }
}

const ServerFacts = z.object({
  version: z.int(),
  encoding: z.string(),
  fsync: z.string(),
  synchronous_commit: z.string(),
  life: z.string().nullable(),
})

/** The server's statistics begin anew when it recovers from a crash, and that is how everybody may see that it did. */
const SERVER_FACTS = `
  select current_setting('server_version_num')::int as version,
    current_setting('server_encoding') as encoding,
    current_setting('fsync') as fsync,
    current_setting('synchronous_commit') as synchronous_commit,
    (select stats_reset::text from pg_stat_bgwriter) as life`

/** Throws `StorageError` where a commit that this server answers would not be on its disk. Answers its life. */
const requireDurable = async (client: ClientBase): Promise<string> => {
  const { rows } = await client.query(SERVER_FACTS)
  const facts = ServerFacts.parse(rows[0])
  if (facts.version < 140_000)
    throw new StorageError(
      `PostgreSQL 14 or newer is needed, this is ${Math.floor(facts.version / 10_000)}: upgrade the server`,
    )
  if (facts.encoding !== 'UTF8')
    throw new StorageError(
      `the database is encoded as ${facts.encoding}: create one with encoding 'UTF8', or names cannot be kept`,
    )
  if (facts.fsync !== 'on')
    throw new StorageError(
      'the server runs with fsync = off, and a power cut would lose what was acknowledged: turn it on',
    )
  if (facts.synchronous_commit !== 'on')
    throw new StorageError(
      `synchronous_commit stays ${facts.synchronous_commit} although on was asked for, and a crash would lose what ` +
        'was acknowledged: connect to the server itself, or through a pooler that passes settings on',
    )
  return facts.life ?? ''
}

/** Statements kept by name. The store's own are some sixty; what comes beyond that is parsed every time. */
const MOST_NAMES = 500
const names = new Map<string, string>()

const preparedQuery = ({ sql, parameters }: Query) => {
  const values = parameters.map(storedValue)
  const known = names.get(sql)
  if (known === undefined && names.size >= MOST_NAMES) return { text: sql, values }
  const name = known ?? createHash('sha256').update(sql).digest('base64url').slice(0, 24)
  names.set(sql, name)
  return { name, text: sql, values }
}

const storedValue = (value: unknown): unknown => {
  if (typeof value === 'string') return storedText(value)
  return Array.isArray(value) ? value.map(storedValue) : value
}

const TEXT = 25
const BIGINT = 20

const getTypeParser: typeof types.getTypeParser = (type: number, format?: 'text' | 'binary') => {
  if (type === TEXT) return textOf
  if (type === BIGINT) return safeInteger
  return types.getTypeParser(type, format)
}

const safeInteger = (digits: string): number => {
  const value = Number(digits)
  if (!Number.isSafeInteger(value))
    throw new StorageError(`the number ${digits} is too large to be read exactly`)
  return value
}
