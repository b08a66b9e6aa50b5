import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { BUSY_TIMEOUT_MS } from './database.ts'
import { SCHEMA_VERSION } from './migrations.ts'
import { storageErrorOf } from './sqlite-errors.ts'

/**
 * The schema version of a database file beside whoever writes it, and the newest that this program knows. `found` is
 * `undefined` where there is no file or no schema yet. Throws `StorageError` where the file is no database.
 */
export const sqliteSchemaVersion = async (
  path: string,
): Promise<{ found: number | undefined; newest: number }> => {
  const newest = SCHEMA_VERSION
  if (!existsSync(path)) return { found: undefined, newest }
  let sqlite: DatabaseSync | undefined
  try {
    sqlite = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
    const made = sqlite.prepare("select 1 from sqlite_schema where name = 'schema_version'").get()
    const version =
      made && sqlite.prepare('select max(version) as version from schema_version').get()?.version
    return { found: typeof version === 'number' ? version : undefined, newest }
  } catch (cause) {
    throw storageErrorOf(cause, `reading the database ${path}`)
  } finally {
    sqlite?.close()
  }
}
