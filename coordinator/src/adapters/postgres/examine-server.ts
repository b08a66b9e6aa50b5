/** What `tributary doctor` asks a server, on a connection of its own and changing nothing. */
import type { Clock } from '@tributary/protocols/runtime'
import * as z from 'zod'
import type { Standing } from '../../ports/standing.ts'
import { readStanding } from '../sql/standing.ts'
import { type Connection, openConnections } from './connections.ts'
import { kyselyOver } from './one-connection.ts'
import { storageErrorOf } from './postgres-errors.ts'
import { serverNow } from './server-now.ts'

type Where = { url: string; schema: string }

/** What a PostgreSQL server says of itself. */
export type ServerFacts = {
  version: string
  /** Whether the server is a standby, which takes no writes. */
  standby: boolean
  /** The settings that durability rests on, as the server has them for a new connection of the coordinator. */
  settings: Readonly<Record<'fsync' | 'synchronous_commit' | 'full_page_writes' | 'data_checksums', string>>
  /** How far the server's clock is ahead of this machine's, and how far off that may be. */
  clockAheadMs: number
  withinMs: number
}

const Facts = z.object({
  version: z.string(),
  standby: z.boolean(),
  fsync: z.string(),
  synchronous_commit: z.string(),
  full_page_writes: z.string(),
  data_checksums: z.string(),
})

const FACTS = `
  select current_setting('server_version') as version,
    pg_is_in_recovery() as standby,
    current_setting('fsync') as fsync,
    current_setting('synchronous_commit') as synchronous_commit,
    current_setting('full_page_writes') as full_page_writes,
    current_setting('data_checksums') as data_checksums`

/** Throws `StorageError` where the server cannot be reached, or is one that no coordinator would write to. */
export const postgresServerFacts = (where: Where, clock: Pick<Clock, 'now'>): Promise<ServerFacts> =>
  asking(where, async (connection) => {
    const { rows } = await connection.run({ sql: FACTS, parameters: [] })
    const { version, standby, ...settings } = Facts.parse(rows[0])
    return { version, standby, settings, ...(await clockAhead(connection, clock)) }
  })

export const postgresStanding = (where: Where): Promise<Standing> =>
  asking(where, (connection) => readStanding(kyselyOver(connection), serverNow()))

/** What the tables of a schema and their indexes take up. */
export const postgresBytes = (where: Where): Promise<number> =>
  asking(where, async (connection) => {
    const { rows } = await connection.run({ sql: BYTES, parameters: [where.schema] })
    return z.object({ bytes: z.number() }).parse(rows[0]).bytes
  })

const BYTES = `
  select coalesce(sum(pg_total_relation_size(c.oid)), 0)::double precision as bytes
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relkind in ('r', 'm')`

const asking = async <Result>(where: Where, ask: (connection: Connection) => Promise<Result>) => {
  const connections = openConnections({ ...where, poolSize: 1 })
  try {
    return await connections.use(ask)
  } catch (cause) {
    throw storageErrorOf(cause, 'asking the server')
  } finally {
    await connections.close()
  }
}

const ASKED = 5

/** The server said its time between question and answer: the quickest answer tells best. */
const clockAhead = async ({ run }: Connection, clock: Pick<Clock, 'now'>) => {
  let best = { clockAheadMs: 0, withinMs: Number.POSITIVE_INFINITY }
  for (let asked = 0; asked < ASKED; asked++) {
    const from = clock.now()
    const { rows } = await run({
      sql: 'select (extract(epoch from clock_timestamp()) * 1000)::double precision as now',
      parameters: [],
    })
    const to = clock.now()
    const { now } = z.object({ now: z.number() }).parse(rows[0])
    const withinMs = (to - from) / 2
    if (withinMs < best.withinMs) best = { clockAheadMs: now - (from + to) / 2, withinMs }
  }
  return best
}
