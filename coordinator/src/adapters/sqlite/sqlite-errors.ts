/** SQLite's result codes (https://sqlite.org/rescode.html) as this project's faults. */
import { ConflictError, LeaseLostError, StorageError } from '../../faults/storage.ts'
import type { Violation } from '../sql/conflict-words.ts'

const FULL = 13
const CANNOT_OPEN = 14
const CONSTRAINT_FOREIGN_KEY = 787
/** A unique index, a primary key or a row id that is taken. */
const TAKEN: ReadonlySet<number> = new Set([2067, 1555, 2579])

/** The rule of the tables that a write would have broken, or `undefined` where it failed for another reason. */
export const violationOf = (error: unknown): Violation | undefined => {
  const code = resultCode(error)
  if (code === CONSTRAINT_FOREIGN_KEY) return 'missing'
  if (code === undefined || !TAKEN.has(code)) return undefined
  const message = error instanceof Error ? error.message : ''
  // The index that lets a task have one open round is the only one on that column alone.
  return message.endsWith(': rounds.task') ? 'round-open' : 'taken'
}

/** Any failure of SQLite as a `StorageError` that says what was being done. Errors of our own pass unchanged. */
export const storageErrorOf = (cause: unknown, doing: string): Error => {
  if (cause instanceof StorageError || cause instanceof ConflictError || cause instanceof LeaseLostError)
    return cause
  const code = resultCode(cause)
  if (code === undefined)
    return isClosed(cause) ? new StorageError(`${doing}: the store is closed`, { cause }) : asError(cause)
  const message = cause instanceof Error ? cause.message : String(cause)
  const full = (code & 0xff) === FULL
  return new StorageError(`${doing}: ${message} (SQLite result code ${code})${adviceOn(code & 0xff)}`, {
    cause,
    full,
  })
}

const adviceOn = (code: number): string => {
  if (code === FULL) return '; free some space, nothing that was acknowledged is lost'
  if (code === CANNOT_OPEN)
    return '; see that it is there and may be read, and that --data names the folder of the coordinator'
  return ''
}

export const isSqliteError = (error: unknown): boolean => resultCode(error) !== undefined

/** SQLite's extended result code; its low byte is the primary one. */
const resultCode = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode
    : undefined

const isClosed = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_STATE'

const asError = (cause: unknown) => (cause instanceof Error ? cause : new Error(String(cause)))
