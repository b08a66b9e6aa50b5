/** PostgreSQL's error codes (https://www.postgresql.org/docs/current/errcodes-appendix.html) as this project's faults. */
import { DatabaseError } from 'pg'
import { ConflictError, LeaseLostError, StorageError } from '../../faults/storage.ts'
import type { Violation } from '../sql/conflict-words.ts'

/** The rule of the tables that a write would have broken, or `undefined` where it failed for another reason. */
export const violationOf = (error: unknown): Violation | undefined => {
  if (!(error instanceof DatabaseError)) return undefined
  if (error.code === '23503') return 'missing'
  if (error.code !== '23505') return undefined
  return error.constraint === 'rounds_open' ? 'round-open' : 'taken'
}

/** Any failure of the server or of the way to it as a `StorageError` that says what was being done, and what to do. */
export const storageErrorOf = (cause: unknown, doing: string): Error => {
  if (cause instanceof StorageError || cause instanceof ConflictError || cause instanceof LeaseLostError)
    return cause
  if (cause instanceof DatabaseError) {
    const advice = ADVICE[cause.code ?? '']
    const why = `${cause.message} (SQLSTATE ${cause.code})${advice ? `; ${advice}` : ''}`
    return new StorageError(`${doing}: ${why}`, { cause, full: cause.code === '53100' })
  }
  if (!isConnectionError(cause)) return cause instanceof Error ? cause : new Error(String(cause))
  const how = POOL_IS_BUSY.test(cause.message)
    ? 'every connection was busy for too long: raise the size of the pool, or look for what holds them'
    : 'PostgreSQL cannot be reached: see that it runs, and that address and network are right'
  return new StorageError(`${doing}: ${how} (${messageOf(cause)})`, { cause })
}

const ADVICE: Readonly<Record<string, string>> = {
  '53100': 'free some space, nothing that was acknowledged is lost',
  '53300': 'raise max_connections, or lower the size of the pool',
  '57P01': 'the server is being shut down or its operator ended the connection: try again when it is back',
  '57P02': 'the server crashed and is being restarted: try again when it is back',
  '57P03': 'the server is starting or stopping: try again when it is back',
  '57014': 'it took too long: look at the load of the server',
  '55P03': 'something else holds what it needs: look at pg_locks',
  '25006': 'this is a standby or is set to read only: give the address of the primary',
  '28P01': 'see that user and password are right',
  '28000': 'see that user and password are right, and that pg_hba.conf lets this machine in',
  '3D000': 'create the database first',
  '42501': 'give the user the right to create the schema, or make it its own',
}

/** The transaction was undone for another's sake, or its connection was lost: the same again may well succeed. */
export const mayTryAgain = (error: unknown): boolean =>
  error instanceof DatabaseError
    ? ['40001', '40P01', '57P01', '57P02', ...STALE_PLAN].includes(error.code ?? '')
    : isConnectionError(error) && !NEVER_REACHED.test(messageOf(error))

/** The server refused the statement and lives on, so its connection does too. */
export const isStatementError = (error: unknown): boolean =>
  error instanceof DatabaseError && error.severity === 'ERROR' && !STALE_PLAN.includes(error.code ?? '')

/** A prepared statement's table was changed by a migration: the connection has to prepare anew. */
const STALE_PLAN: readonly string[] = ['0A000']

const NEVER_REACHED = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|timeout/
const POOL_IS_BUSY = /timeout exceeded when trying to connect/

/** What node-postgres and the platform throw where a connection cannot be made or breaks; some of it has no code. */
const isConnectionError = (error: unknown): error is Error =>
  error instanceof Error &&
  (('code' in error && /^(E[A-Z_]+|ERR_(TLS|SSL)_.*)$/.test(String(error.code))) ||
    /^(Connection terminated|timeout e|Query read timeout|Client has|Client was|The server does not support SSL)/.test(
      error.message,
    ))

/** A refused connection to a name with several addresses has its reasons one level down. */
const messageOf = (error: Error): string =>
  error.message ||
  (error instanceof AggregateError
    ? error.errors.map((each) => String(each?.message)).join(', ')
    : error.name)
