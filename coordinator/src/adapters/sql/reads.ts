import type { ClientId, RoundId, TaskId } from '@tributary/protocols'
import type { Expression, Kysely } from 'kysely'
import type { LeaseTable, PageRequest, Store } from '../../ports/store.ts'
import { heldLease } from './leases.ts'
import {
  auditOf,
  clientOf,
  consoleSessionOf,
  leaseOf,
  ledgerOf,
  memberOf,
  modelOf,
  roundKeyOf,
  roundOf,
  sessionRowOf,
  taskReader,
  tokenOf,
} from './rows.ts'
import type { Tables } from './tables.ts'

type Reading = {
  db: Kysely<Tables>
  /** The store's clock, in milliseconds since the Unix epoch. */
  now(): Expression<number>
  /** What the driver threw as a fault that says what was being done. */
  faultOf(cause: unknown, doing: string): Error
  /** Answers what it knows already; left out, every question is a query. */
  remember?<Row>(name: RememberedRow, query: () => Query<Row>): Query<Row>
}

/** What is asked for often, by the key that it is written under. */
export type RememberedRow =
  | `task ${TaskId}`
  | `round ${RoundId}`
  | `latest round of ${TaskId}`
  | `latest model of ${TaskId}`
  | `client ${ClientId}`
  | 'active clients'

export type Reads = Omit<Store, 'commit' | 'close' | 'leases'> & { leases: Pick<LeaseTable, 'get'> }

/** Everything a store can be asked. Each answer is one query, and sees only what has been committed. */
export const reads = ({ db, now, faultOf, remember = (_, query) => query() }: Reading): Reads => {
  const taskOf = taskReader()
  const many = async <Row, T>(query: Query<Row>, recordOf: (row: Row) => T): Promise<T[]> => {
    const rows = await query.execute().catch((cause: unknown) => {
      throw faultOf(cause, 'reading')
    })
    return rows.map(recordOf)
  }
  const one = async <Row, T>(query: Query<Row>, recordOf: (row: Row) => T): Promise<T | undefined> =>
    (await many(query, recordOf))[0]
  return {
    tasks: {
      get: (id) =>
        one(
          remember(`task ${id}`, () => tasks(db).where('id', '=', id)),
          taskOf,
        ),
      list({ limit, after }) {
        const inOrder = tasks(db).orderBy('id').limit(atMost(limit))
        return many(after === undefined ? inOrder : inOrder.where('id', '>', after), taskOf)
      },
    },
    rounds: {
      get: (id) =>
        one(
          remember(`round ${id}`, () => rounds(db).where('id', '=', id)),
          roundOf,
        ),
      latest: (task) =>
        one(
          remember(`latest round of ${task}`, () =>
            rounds(db).where('task', '=', task).orderBy('number', 'desc').limit(1),
          ),
          roundOf,
        ),
      list(task, { limit, after }) {
        const newest = rounds(db).where('task', '=', task).orderBy('number', 'desc').limit(atMost(limit))
        return many(after === undefined ? newest : newest.where('number', '<', after), roundOf)
      },
      async completed(task) {
        const count = db
          .selectFrom('rounds')
          .select(({ fn }) => fn.countAll<number>().as('rows'))
          .where('task', '=', task)
          .where('phase', '=', 'completed')
        return (await one(count, ({ rows }) => rows)) ?? 0
      },
      unsettled: () => many(rounds(db).where('settled', '=', 0).orderBy('task').orderBy('number'), roundOf),
    },
    members: {
      get: (round, client) =>
        one(members(db).where('round', '=', round).where('client', '=', client), memberOf),
      ofRound: (round) => many(members(db).where('round', '=', round).orderBy('client'), memberOf),
    },
    models: {
      get: (task, version) =>
        one(models(db).where('task', '=', task).where('version', '=', version), modelOf),
      latest: (task) =>
        one(
          remember(`latest model of ${task}`, () =>
            models(db).where('task', '=', task).orderBy('version', 'desc').limit(1),
          ),
          modelOf,
        ),
      list(task, { limit, after }) {
        const newest = models(db).where('task', '=', task).orderBy('version', 'desc').limit(atMost(limit))
        return many(after === undefined ? newest : newest.where('version', '<', after), modelOf)
      },
    },
    sessions: {
      ofRound: (round) =>
        many(db.selectFrom('session_rows').selectAll().where('round', '=', round), sessionRowOf),
    },
    ledgers: {
      get: (task) => one(db.selectFrom('ledgers').selectAll().where('task', '=', task), ledgerOf),
    },
    clients: {
      get: (id) =>
        one(
          remember(`client ${id}`, () => clients(db).where('id', '=', id)),
          clientOf,
        ),
      list({ limit, after }) {
        const inOrder = clients(db).orderBy('id').limit(atMost(limit))
        return many(after === undefined ? inOrder : inOrder.where('id', '>', after), clientOf)
      },
      async active() {
        const count = remember('active clients', () =>
          db
            .selectFrom('clients')
            .select(({ fn }) => fn.countAll<number>().as('rows'))
            .where('status', '=', 'active'),
        )
        return (await one(count, ({ rows }) => rows)) ?? 0
      },
    },
    tokens: {
      find: (hash) => one(tokens(db).where('hash', '=', hash), tokenOf),
      get: (id) => one(tokens(db).where('id', '=', id), tokenOf),
      list: () => many(tokens(db).orderBy('created_at', 'desc').orderBy('id'), tokenOf),
    },
    consoleSessions: {
      find: (hash) => one(consoleSessions(db).where('hash', '=', hash), consoleSessionOf),
      get: (id) => one(consoleSessions(db).where('id', '=', id), consoleSessionOf),
      list: () =>
        many(consoleSessions(db).orderBy('created_at', 'desc').orderBy('id', 'desc'), consoleSessionOf),
    },
    leases: { get: (task) => one(heldLease(db, now(), task), leaseOf) },
    roundKey: (round) => one(db.selectFrom('round_keys').selectAll().where('round', '=', round), roundKeyOf),
    reply: (scope, key) =>
      one(
        db.selectFrom('replies').selectAll().where('scope', '=', scope).where('key', '=', key),
        (reply) => reply,
      ),
    identity: () => one(db.selectFrom('identity').select('coordinator'), ({ coordinator }) => coordinator),
    audit({ limit, after = 0 }) {
      const entries = db.selectFrom('audit').selectAll().where('sequence', '>', after).orderBy('sequence')
      return many(entries.limit(atMost(limit)), auditOf)
    },
  }
}

const tasks = (db: Kysely<Tables>) => db.selectFrom('tasks').selectAll()
const rounds = (db: Kysely<Tables>) => db.selectFrom('rounds').selectAll()
const members = (db: Kysely<Tables>) => db.selectFrom('members').selectAll()
const models = (db: Kysely<Tables>) => db.selectFrom('models').selectAll()
const clients = (db: Kysely<Tables>) => db.selectFrom('clients').selectAll()
const consoleSessions = (db: Kysely<Tables>) => db.selectFrom('console_sessions').selectAll()
const tokens = (db: Kysely<Tables>) => db.selectFrom('tokens').selectAll()

export type Query<Row> = { execute(): Promise<Row[]> }

/** SQLite takes a negative limit for none at all. */
const atMost = (limit: PageRequest<never>['limit']): number => {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new RangeError(`a page holds a whole number of entries from 1 on, not ${limit}`)
  return limit
}
