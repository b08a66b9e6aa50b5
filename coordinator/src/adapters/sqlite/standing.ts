import { DatabaseSync } from 'node:sqlite'
import { systemClock } from '@tributary/protocols/runtime'
import { sql } from 'kysely'
import type { Standing } from '../../ports/standing.ts'
import { readStanding } from '../sql/standing.ts'
import { BUSY_TIMEOUT_MS, wrapDatabase } from './database.ts'
import { storageErrorOf } from './sqlite-errors.ts'

/** What stands in a database file beside the process that writes it. Throws `StorageError` where it cannot be read. */
export const sqliteStanding = async (path: string): Promise<Standing> => {
  let sqlite: DatabaseSync | undefined
  try {
    sqlite = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
    return await readStanding(wrapDatabase(sqlite).kysely, sql<number>`cast(${systemClock().now()} as real)`)
  } catch (cause) {
    throw storageErrorOf(cause, `reading the database ${path}`)
  } finally {
    sqlite?.close()
  }
}
