import { unreachable } from '@tributary/protocols'
import type { CompiledQuery, Kysely } from 'kysely'
import { StorageError } from '../../faults/storage.ts'
import type { LoadTables, TableRecord } from '../../ports/snapshot.ts'
import { auditRow, clientRow, memberRow, modelRow, roundRow, taskRow, tokenRow } from '../sql/rows.ts'
import type { Tables } from '../sql/tables.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrations.ts'
import { storageErrorOf } from './sqlite-errors.ts'

/** Fills the tables of a database file, which is made where it is not there. Hold the folder's lock, or tell nobody of it. */
export const loadSqliteTables =
  (path: string): LoadTables =>
  async (records) => {
    const { sqlite, kysely, all, run } = openDatabase(path)
    try {
      migrate(sqlite)
      sqlite.exec('begin immediate; pragma defer_foreign_keys = on')
      for (const query of filledOf(kysely))
        if (all(query).length > 0) throw new StorageError(`the database ${path} is not empty`)
      for await (const record of records) run(insertionOf(kysely, record))
      sqlite.exec('commit')
    } catch (cause) {
      throw storageErrorOf(cause, `filling the database ${path}`)
    } finally {
      sqlite.close() // undoes what was not committed
    }
  }

const TABLES = [
  'tasks',
  'rounds',
  'members',
  'models',
  'round_keys',
  'clients',
  'tokens',
  'replies',
  'audit',
] as const

const filledOf = (kysely: Kysely<Tables>) =>
  TABLES.map((table) =>
    kysely
      .selectFrom(table)
      .select(({ lit }) => lit(1).as('filled'))
      .limit(1)
      .compile(),
  )

/** Writes the record as it is, whatever order records come in, for foreign keys that are looked at when all is written. */
const insertionOf = (kysely: Kysely<Tables>, { table, record }: TableRecord): CompiledQuery => {
  switch (table) {
    case 'tasks':
      return kysely.insertInto(table).values(taskRow(record)).compile()
    case 'rounds':
      return kysely.insertInto(table).values(roundRow(record)).compile()
    case 'members':
      return kysely.insertInto(table).values(memberRow(record)).compile()
    case 'models':
      return kysely.insertInto(table).values(modelRow(record)).compile()
    case 'clients':
      return kysely.insertInto(table).values(clientRow(record)).compile()
    case 'tokens':
      return kysely.insertInto(table).values(tokenRow(record)).compile()
    case 'replies':
      return kysely.insertInto(table).values(record).compile()
    case 'audit':
      return kysely.insertInto(table).values(auditRow(record)).compile()
    default:
      return unreachable(table)
  }
}
