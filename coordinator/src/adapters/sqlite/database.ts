import { closeSync, openSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { type CompiledQuery, Kysely, SqliteDialect } from 'kysely'
import { StorageError } from '../../faults/storage.ts'
import { errorCode, fileError } from '../files/file-errors.ts'
import type { Answer } from '../sql/changes.ts'
import type { Tables } from '../sql/tables.ts'
import { storageErrorOf } from './sqlite-errors.ts'

/**
 * One SQLite file behind two doors: `kysely` builds queries and runs reads; the others execute what it built
 * without leaving the turn, so a transaction of such calls cannot be interleaved with anything.
 */
export type Database = {
  sqlite: DatabaseSync
  kysely: Kysely<Tables>
  all<Row>(query: CompiledQuery<Row>): Row[]
  run(query: Pick<CompiledQuery, 'sql' | 'parameters'>): void
  /** Whichever of the two the query asks for. */
  answer(query: CompiledQuery): Answer
}

/** How long a write waits, and the process with it, for another process that holds the database. */
export const BUSY_TIMEOUT_MS = 5_000

/** Statements kept prepared. The store's own are some forty; the rest is room for lists and ad-hoc reads. */
const MOST_STATEMENTS = 200

/**
 * Opens or creates the file (`:memory:` for one that lives in this process alone) and sets what durability needs:
 * a write-ahead log that is synced at every commit, foreign keys, and deleted content overwritten with zeros.
 * One in memory may begin as the image of another. Throws `StorageError` naming the path.
 */
export const openDatabase = (path: string, image?: Uint8Array): Database => {
  let sqlite: DatabaseSync | undefined
  try {
    if (path !== ':memory:') makePrivate(path)
    sqlite = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true })
    if (image) sqlite.deserialize(image)
    configure(sqlite, path)
    return wrapDatabase(sqlite)
  } catch (cause) {
    sqlite?.close()
    throw storageErrorOf(cause, `opening the database ${path}`)
  }
}

/**
 * A new database is its user's alone; the files SQLite makes beside it take after it. One that is there is not even
 * opened here: closing it again would drop the locks that this process may hold on it (POSIX advisory locks).
 */
const makePrivate = (path: string) => {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw fileError(error, `making the database ${path}`)
  }
}

const configure = (sqlite: DatabaseSync, path: string) => {
  const mode = sqlite.prepare('pragma journal_mode = wal').get()?.journal_mode
  if (mode !== (path === ':memory:' ? 'memory' : 'wal'))
    throw new StorageError(
      `${path} cannot have a write-ahead log (its journal mode is ${String(mode)}): ` +
        'put it on a local disk, network file systems lack the shared memory it needs',
    )
  sqlite.exec('pragma synchronous = full')
  sqlite.exec('pragma secure_delete = on')
}

/** For a database that is open and configured. */
export const wrapDatabase = (sqlite: DatabaseSync): Database => {
  const prepare = statementCache(sqlite)
  return {
    sqlite,
    kysely: new Kysely<Tables>({ dialect: new SqliteDialect({ database: kyselyDatabase(sqlite, prepare) }) }),
    // Kysely knows the row's type from the query it compiled; SQLite returns plain values.
    all: <Row>({ sql, parameters }: CompiledQuery<Row>) =>
      prepare(sql).statement.all(...bindable(parameters)) as Row[],
    run({ sql, parameters }) {
      prepare(sql).statement.run(...bindable(parameters))
    },
    answer({ sql, parameters }) {
      const { statement, reader } = prepare(sql)
      if (reader) return { rows: statement.all(...bindable(parameters)), written: 0 }
      return { rows: [], written: Number(statement.run(...bindable(parameters)).changes) }
    },
  }
}

/** `reader`: whether it returns rows. */
type Prepared = { statement: StatementSync; reader: boolean }

/** Kysely's SQLite dialect speaks to better-sqlite3; this is that face on Node's own driver. */
const kyselyDatabase = (sqlite: DatabaseSync, prepare: (sql: string) => Prepared) => ({
  close: () => sqlite.close(),
  prepare(sql: string) {
    const { statement, reader } = prepare(sql)
    return {
      reader,
      all: (parameters: readonly unknown[]) => statement.all(...bindable(parameters)),
      run: (parameters: readonly unknown[]) => statement.run(...bindable(parameters)),
      iterate: (parameters: readonly unknown[]) => statement.iterate(...bindable(parameters)),
    }
  },
})

/** Preparing costs more than running, so statements are kept by their text; the least recently used goes first. */
const statementCache = (sqlite: DatabaseSync) => {
  const kept = new Map<string, Prepared>()
  const prepare = (sql: string): Prepared => {
    const statement = sqlite.prepare(sql)
    return { statement, reader: statement.columns().length > 0 }
  }
  return (sql: string): Prepared => {
    const prepared = kept.get(sql) ?? prepare(sql)
    kept.delete(sql)
    kept.set(sql, prepared)
    if (kept.size > MOST_STATEMENTS) {
      const [oldest] = kept.keys()
      if (oldest !== undefined) kept.delete(oldest)
    }
    return prepared
  }
}

const bindable = (parameters: readonly unknown[]): SQLInputValue[] => parameters.map(bindableValue)

const bindableValue = (value: unknown): SQLInputValue => {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  if (value instanceof Uint8Array) return value
  throw new TypeError(`a ${typeof value} cannot be stored in SQLite`)
}
