/** Where coordinators of a trial keep what they keep: one stage a kind of storage. */
import { randomBytes } from 'node:crypto'
import { cp } from 'node:fs/promises'
import { createLogger, loadConfig, serve } from '@tributary/coordinator'
import type { TaskId } from '@tributary/protocols'
import { PrivacyLedger } from '@tributary/protocols/privacy'
import { Client } from 'pg'
import { startCoordinatorProcess } from '../fleet/coordinator-process.ts'
import { filesIn, temporaryFolder } from '../fleet/folder-bytes.ts'
import { askDatabase } from '../fleet/folder-database.ts'
import { startPostgres } from '../fleet/postgres-server.ts'

/** A place where a coordinator has started once and done nothing. */
export type Place = AsyncDisposable & {
  /** Its `--data`. */
  folder: string
  /** Variables that name its storage, where it is not all in the folder. */
  env: Readonly<Record<string, string>>
  adminToken: string
  /** What rounds still owe, in words; nothing once they have settled. For a place at which nothing is at work. */
  debts(): Promise<readonly string[]>
  /** What the task's privacy ledger was saved as. */
  ledger(task: TaskId): Promise<PrivacyLedger | undefined>
}

export type Stage = AsyncDisposable & {
  /** A fresh place, as every other one of this stage. */
  place(): Promise<Place>
}

/** SQLite and files in one folder: a folder in which one process has started and stopped is copied for every trial. */
export const sqliteStage = async (): Promise<Stage> => {
  const template = await temporaryFolder()
  const first = await startCoordinatorProcess({ folder: template.path })
  await first.stop()
  const adminToken = first.firstAdminToken
  if (!adminToken) throw new Error('the first start in a folder printed no token')
  return {
    async place() {
      const folder = await temporaryFolder()
      await cp(template.path, folder.path, { recursive: true })
      return {
        folder: folder.path,
        env: {},
        adminToken,
        async debts() {
          const open = askDatabase(folder.path, UNSETTLED)
          const keys = askDatabase(folder.path, KEYS)
          const words = askDatabase(folder.path, WORDS)
          return debtsOf({ open, keys, words, updates: await filesIn(`${folder.path}/updates`) })
        },
        ledger: async (task) => ledgerOf(task, askDatabase(folder.path, LEDGERS)),
        [Symbol.asyncDispose]: folder[Symbol.asyncDispose],
      }
    },
    [Symbol.asyncDispose]: template[Symbol.asyncDispose],
  }
}

/**
 * Tables in PostgreSQL, each trial's in a schema of its own, and files in a folder. The server is the one named, else one
 * that is started here and ends with the stage.
 */
export const postgresStage = async ({ postgresUrl }: StageOptions): Promise<Stage> => {
  const server = postgresUrl === undefined ? await startPostgres() : undefined
  const url = postgresUrl ?? server?.url ?? ''
  return {
    async place() {
      const folder = await temporaryFolder()
      const schema = `kills_${randomBytes(8).toString('hex')}`
      const database = new URL(url)
      database.searchParams.set('schema', schema)
      const env = { TRIBUTARY_DATABASE: database.href }
      const adminToken = await startOnce(env, folder.path)
      const asking = new Client({ connectionString: url })
      await asking.connect()
      await asking.query(`set search_path = ${schema}`)
      return {
        folder: folder.path,
        env,
        adminToken,
        async debts() {
          const [open, keys] = [await asking.query(UNSETTLED), await asking.query(KEYS)]
          const words = await asking.query(WORDS)
          const updates = await filesIn(`${folder.path}/updates`)
          return debtsOf({ open: open.rows, keys: keys.rows, words: words.rows, updates })
        },
        ledger: async (task) => ledgerOf(task, (await asking.query(LEDGERS)).rows),
        async [Symbol.asyncDispose]() {
          await asking.query(`drop schema ${schema} cascade`)
          await asking.end()
          await folder[Symbol.asyncDispose]()
        },
      }
    },
    [Symbol.asyncDispose]: async () => server?.[Symbol.asyncDispose](),
  }
}

export type StageOptions = {
  /** Of a PostgreSQL server that is there already. */
  postgresUrl?: string | undefined
}

/** The stages there are, by the name that `--store` gives. */
export const stages: Readonly<Record<string, (options: StageOptions) => Promise<Stage>>> = {
  sqlite: sqliteStage,
  postgres: postgresStage,
}

/** A coordinator's first start, in this process: it makes the tables and the admin token that it answers. */
const startOnce = async (env: Place['env'], folder: string): Promise<string> => {
  const config = loadConfig(env, ['--data', folder, '--port', '0'])
  const { firstAdminToken, close } = await serve({ ...config, logger: createLogger({ level: 'error' }) })
  await close()
  if (!firstAdminToken) throw new Error('the first start on fresh tables gave no token')
  return firstAdminToken
}

const UNSETTLED = 'select id from rounds where settled = 0'
const KEYS = 'select round from round_keys'
const WORDS = 'select round, type from session_rows'
const LEDGERS = 'select task, ledger from ledgers'

const ledgerOf = (id: TaskId, rows: readonly Record<string, unknown>[]): PrivacyLedger | undefined => {
  const saved = rows.find(({ task }) => task === id)
  return saved && PrivacyLedger.parse(JSON.parse(String(saved.ledger)))
}

type Owed = {
  open: readonly Record<string, unknown>[]
  keys: readonly Record<string, unknown>[]
  words: readonly Record<string, unknown>[]
  updates: readonly string[]
}

const debtsOf = ({ open, keys, words, updates }: Owed): readonly string[] => [
  ...open.map(({ id }) => `round ${id} is not settled`),
  ...keys.map(({ round }) => `the key of ${round} is there`),
  ...words.map(({ round, type }) => `${type} of ${round} is there`),
  ...updates.map((path) => `${path} is there`),
]
