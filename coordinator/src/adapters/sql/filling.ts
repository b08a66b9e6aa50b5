/** The statements that fill empty tables from records. */
import { unreachable } from '@tributary/protocols'
import type { CompiledQuery, Kysely } from 'kysely'
import type { TableRecord } from '../../ports/snapshot.ts'
import {
  auditRow,
  clientRow,
  ledgerRow,
  memberRow,
  modelRow,
  roundRow,
  taskRow,
  tokenRow,
  webhookRow,
} from './rows.ts'
import type { Tables } from './tables.ts'

const TABLES = [
  'tasks',
  'rounds',
  'members',
  'models',
  'round_keys',
  'session_rows',
  'ledgers',
  'clients',
  'tokens',
  'console_sessions',
  'replies',
  'identity',
  'audit',
  'webhooks',
  'webhook_deliveries',
] as const

/** One question a table; any row that comes back says that it holds something. */
export const filledOf = (db: Kysely<Tables>): CompiledQuery[] =>
  TABLES.map((table) =>
    db
      .selectFrom(table)
      .select(({ lit }) => lit(1).as('filled'))
      .limit(1)
      .compile(),
  )

/**
 * Writes every record as it is, up to `most` that follow each other in one table by one statement. Model versions come
 * before those they were made from, so that has to be looked at when all is written.
 */
export async function* insertions(
  db: Kysely<Tables>,
  records: AsyncIterable<TableRecord>,
  { most }: { most: number },
): AsyncGenerator<CompiledQuery> {
  let batch: TableRecord[] = []
  for await (const record of records) {
    if (batch[0] && (batch[0].table !== record.table || batch.length === most)) {
      yield insertionOf(db, batch[0].table, batch)
      batch = []
    }
    batch.push(record)
  }
  if (batch[0]) yield insertionOf(db, batch[0].table, batch)
}

const insertionOf = (
  db: Kysely<Tables>,
  table: TableRecord['table'],
  batch: readonly TableRecord[],
): CompiledQuery => {
  switch (table) {
    case 'tasks':
      return db.insertInto(table).values(recordsOf(table, batch).map(taskRow)).compile()
    case 'rounds':
      return db.insertInto(table).values(recordsOf(table, batch).map(roundRow)).compile()
    case 'members':
      return db.insertInto(table).values(recordsOf(table, batch).map(memberRow)).compile()
    case 'models':
      return db.insertInto(table).values(recordsOf(table, batch).map(modelRow)).compile()
    case 'ledgers':
      return db.insertInto(table).values(recordsOf(table, batch).map(ledgerRow)).compile()
    case 'clients':
      return db.insertInto(table).values(recordsOf(table, batch).map(clientRow)).compile()
    case 'tokens':
      return db.insertInto(table).values(recordsOf(table, batch).map(tokenRow)).compile()
    case 'replies':
      return db.insertInto(table).values(recordsOf(table, batch)).compile()
    case 'webhooks':
      return db.insertInto(table).values(recordsOf(table, batch).map(webhookRow)).compile()
    case 'audit':
      return db.insertInto(table).values(recordsOf(table, batch).map(auditRow)).compile()
    default:
      return unreachable(table)
  }
}

/** What a record of each table is. */
type Records = { [One in TableRecord as One['table']]: One['record'] }

const recordsOf = <Table extends TableRecord['table']>(
  table: Table,
  batch: readonly TableRecord[],
): Records[Table][] =>
  batch
    .filter((one): one is TableRecord & { table: Table; record: Records[Table] } => one.table === table)
    .map(({ record }) => record)
