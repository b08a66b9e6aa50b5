import { DatabaseSync } from 'node:sqlite'
import { BUSY_TIMEOUT_MS } from './database.ts'
import { storageErrorOf } from './sqlite-errors.ts'

/**
 * What SQLite finds wrong in a database file, beside whoever writes it; nothing where it is sound. `quick` leaves out
 * whether indexes say what their tables say.
 */
export const sqliteDamage = async (path: string, depth: 'quick' | 'full'): Promise<string[]> => {
  let sqlite: DatabaseSync | undefined
  try {
    sqlite = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
    const rows = sqlite.prepare(`pragma ${depth === 'quick' ? 'quick_check' : 'integrity_check'}(5)`).all()
    return rows.flatMap((row) => Object.values(row).map(String)).filter((line) => line !== 'ok')
  } catch (cause) {
    throw storageErrorOf(cause, `checking the database ${path}`)
  } finally {
    sqlite?.close()
  }
}
