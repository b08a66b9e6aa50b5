import { setTimeout } from 'node:timers/promises'
import * as z from 'zod'
import { StorageError } from '../../faults/storage.ts'
import type { Connection, Connections } from './connections.ts'
import { isStatementError, mayTryAgain, storageErrorOf } from './postgres-errors.ts'

/** How often a transaction is tried that was undone for another's sake or lost its connection. */
const MOST_ATTEMPTS = 5
export type Transacting = {
  connections: Pick<Connections, 'use'>
  /** How long the server is asked what became of a commit whose answer was lost. */
  resolveWithinMs?: number
}
const ASK_AGAIN_MS = 100

/** A transaction as the server knows it. Its number is its own only as long as the server lives: see `life`. */
type Transaction = { id: string; life: string }

type Attempt =
  | { kind: 'committed' }
  | { kind: 'undone'; cause: unknown }
  /** The server was told to commit, and what it answered was lost. */
  | { kind: 'unknown'; transaction: Transaction; cause: unknown }

/**
 * Runs `write` in a transaction and resolves when it is durable. What deadlocked or lost its connection before the
 * server was told to commit is tried again. Where the answer to that was lost, the server is asked what became of it.
 * Throws `StorageError`, `uncertain` where even that remains unknown, and whatever `write` throws.
 */
export const transact = async (
  { connections, resolveWithinMs = 15_000 }: Transacting,
  write: (connection: Connection) => Promise<void>,
): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOn(connections, write)
    if (outcome.kind === 'committed') return
    if (outcome.kind === 'unknown') return resolveUnknown(connections, outcome, resolveWithinMs)
    if (attempt === MOST_ATTEMPTS || !mayTryAgain(outcome.cause))
      throw storageErrorOf(outcome.cause, 'saving')
    await setTimeout(5 * 2 ** attempt)
  }
}

const attemptOn = (
  connections: Pick<Connections, 'use'>,
  write: (connection: Connection) => Promise<void>,
): Promise<Attempt> =>
  connections
    .use(async (connection): Promise<Attempt> => {
      // The first statement travels with the beginning. Where that fails, the server refuses what follows it.
      const [begun, written] = await Promise.allSettled([begin(connection), write(connection)])
      if (begun.status === 'rejected') return undo(connection, begun.reason)
      if (written.status === 'rejected') return undo(connection, written.reason)
      try {
        await connection.script('commit')
        return { kind: 'committed' }
      } catch (cause) {
        if (isStatementError(cause)) return { kind: 'undone', cause }
        return { kind: 'unknown', transaction: begun.value, cause }
      }
    })
    .catch((cause: unknown) => ({ kind: 'undone', cause }))

/** Where the rollback fails too, the connection is ended, and the server undoes the rest. */
const undo = async (connection: Connection, cause: unknown): Promise<Attempt> => {
  await connection.script('rollback').catch(() => {})
  return { kind: 'undone', cause }
}

const begin = async (connection: Connection): Promise<Transaction> => {
  const { rows } = await connection.script(
    'begin isolation level read committed; select pg_current_xact_id()::text as id',
  )
  return { id: z.object({ id: z.string() }).parse(rows[0]).id, life: connection.life }
}

const Status = z.object({ status: z.enum(['in progress', 'committed', 'aborted']).nullable() })

/**
 * A server that crashed gives the numbers of transactions that never reached its log to others. So `committed` is
 * believed only within one life; `aborted` is the truth in any, for the number's first bearer or its next.
 */
const resolveUnknown = async (
  connections: Pick<Connections, 'use'>,
  { transaction, cause }: Extract<Attempt, { kind: 'unknown' }>,
  withinMs: number,
): Promise<void> => {
  const notSaved = () => new StorageError('saving: the connection was lost, and nothing was saved', { cause })
  const until = performance.now() + withinMs
  while (performance.now() < until) {
    const found = await connections
      .use((connection) => statusOf(connection, transaction))
      .catch(() => 'waiting')
    if (found === 'committed') return
    if (found === 'aborted') throw notSaved()
    if (found === 'unknowable') break
    await setTimeout(ASK_AGAIN_MS)
  }
  throw new StorageError(
    'saving: the connection was lost while the server was committing, and it cannot tell what became of it: ' +
      'it may have been saved',
    { cause, uncertain: true },
  )
}

const statusOf = async (connection: Connection, { id, life }: Transaction) => {
  const sameLife = connection.life === life
  const answer = await connection
    .run({ sql: 'select pg_xact_status($1::xid8) as status', parameters: [id] })
    .catch((error: unknown) => {
      // A number that the server has not given yet: after a crash, the transaction never was.
      if (isStatementError(error) && !sameLife) return { rows: [{ status: 'aborted' }] }
      throw error
    })
  const { status } = Status.parse(answer.rows[0])
  if (status === 'aborted') return 'aborted'
  if (!sameLife || status === null) return 'unknowable'
  return status === 'committed' ? 'committed' : 'waiting'
}
