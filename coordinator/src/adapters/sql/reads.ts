import type { ClientId, RoundId, TaskId } from '@tributary/protocols'
import type { Expression, Kysely } from 'kysely'
import type { Client } from '../../ports/records.ts'
import type { ClientFilter, LeaseTable, PageRequest, Participation, Store } from '../../ports/store.ts'
import { heldLease } from './leases.ts'
import {
  auditOf,
  clientOf,
  consoleSessionOf,
  deliveryOf,
  leaseOf,
  ledgerOf,
  memberOf,
  modelOf,
  roundKeyOf,
  roundOf,
  sessionRowOf,
  taskReader,
  tokenOf,
  webhookOf,
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
  | 'revoked clients'
  | 'withdrawn clients'

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
  const countOf = async (status: Client['status']): Promise<number> => {
    const count = remember(`${status} clients`, () =>
      db
        .selectFrom('clients')
        .select(({ fn }) => fn.countAll<number>().as('rows'))
        .where('status', '=', status),
    )
    return (await one(count, ({ rows }) => rows)) ?? 0
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
      ofClient: (client, page) => many(participations(db, client, page), participationOf),
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
      list: async (page) => (page.among?.length === 0 ? [] : many(clientsOf(db, page), clientOf)),
      active: () => countOf('active'),
      revoked: () => countOf('revoked'),
      withdrawn: () => countOf('withdrawn'),
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
    webhooks: {
      get: (id) => one(webhooks(db).where('id', '=', id), webhookOf),
      list: () => many(webhooks(db).orderBy('created_at', 'desc').orderBy('id'), webhookOf),
      delivery: (webhook, id) => one(deliveries(db, webhook).where('id', '=', id), deliveryOf),
      deliveries(webhook, { limit, after }) {
        const newest = deliveries(db, webhook).orderBy('sequence', 'desc').limit(atMost(limit))
        return many(after === undefined ? newest : newest.where('sequence', '<', after), deliveryOf)
      },
      nextPending(webhook) {
        const pending = deliveries(db, webhook).where('status', '=', 'pending')
        return one(pending.orderBy('next_attempt_at').orderBy('sequence').limit(1), deliveryOf)
      },
      lastEnded(webhook, limit) {
        const ended = deliveries(db, webhook).where('ended_at', 'is not', null)
        return many(
          ended.orderBy('ended_at', 'desc').orderBy('sequence', 'desc').limit(atMost(limit)),
          deliveryOf,
        )
      },
    },
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
const webhooks = (db: Kysely<Tables>) => db.selectFrom('webhooks').selectAll()
const deliveries = (db: Kysely<Tables>, webhook: string) =>
  db.selectFrom('webhook_deliveries').selectAll().where('webhook', '=', webhook)

/** One member more than the greatest hex digit: what follows every id with a prefix. */
const AFTER_HEX = 'g'

const clientsOf = (
  db: Kysely<Tables>,
  { limit, after, status, prefix = '', among }: PageRequest<ClientId> & ClientFilter,
) => {
  let query = clients(db).orderBy('id').limit(atMost(limit))
  if (after !== undefined) query = query.where('id', '>', after)
  if (status !== undefined) query = query.where('status', '=', status)
  if (prefix !== '') query = query.where('id', '>=', prefix).where('id', '<', `${prefix}${AFTER_HEX}`)
  if (among) query = query.where('id', 'in', among)
  return query
}

/** The keys are sorted alone: a client may have been of ten thousand rounds, whose states are long. */
const participations = (db: Kysely<Tables>, client: ClientId, { limit, after }: PageRequest<RoundId>) => {
  let keys = db
    .selectFrom('members')
    .innerJoin('rounds', 'rounds.id', 'members.round')
    .select(['rounds.id', 'rounds.opened_at'])
    .where('members.client', '=', client)
    .orderBy('rounds.opened_at', 'desc')
    .orderBy('rounds.id', 'desc')
    .limit(atMost(limit))
  if (after !== undefined)
    keys = keys.where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('rounds.opened_at', 'rounds.id'),
        '<',
        selectFrom('rounds as last')
          .select(['last.opened_at', 'last.id'])
          .where('last.id', '=', after)
          .$asTuple('opened_at', 'id'),
      ),
    )
  return db
    .selectFrom(keys.as('key'))
    .innerJoin('rounds', 'rounds.id', 'key.id')
    .innerJoin('members', (join) =>
      join.onRef('members.round', '=', 'key.id').on('members.client', '=', client),
    )
    .select(['rounds.id', 'rounds.state', 'members.client', 'members.state as part'])
    .orderBy('key.opened_at', 'desc')
    .orderBy('key.id', 'desc')
}

const participationOf = (row: {
  id: string
  state: string
  client: string
  part: string
}): Participation => ({
  round: roundOf(row),
  member: memberOf({ round: row.id, client: row.client, state: row.part }),
})

export type Query<Row> = { execute(): Promise<Row[]> }

/** SQLite takes a negative limit for none at all. */
const atMost = (limit: PageRequest<never>['limit']): number => {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new RangeError(`a page holds a whole number of entries from 1 on, not ${limit}`)
  return limit
}
