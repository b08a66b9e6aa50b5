import { unreachable } from '@tributary/protocols'
import type { Change } from '../../ports/store.ts'
import type { Database } from './database.ts'
import { isSqliteError, storageErrorOf } from './sqlite-errors.ts'

export type CommitQueue = {
  /** Runs `write` in its turn, in a transaction; `changes` is what it will write of a commit. */
  enqueue<Result>(changes: readonly Change[], write: () => Result): Promise<Result>
  /** Writes what is queued, at once. */
  flush(): void
}

type Needs = {
  database: Pick<Database, 'sqlite'>
  /** Runs after a group is durable and before its commits are answered. */
  afterGroup(changes: readonly Change[]): void
  /** Calls back soon, when others have had the chance to queue theirs. */
  soon(flush: () => void): void
}

/** Beyond this many changes in one group the rest waits a turn, so that reads and sockets are served between. */
const MOST_CHANGES = 2_000

/**
 * Group commit. A sync to disk costs the same for one commit as for fifty, so commits that are issued close together
 * share a transaction. Each stands in a savepoint of its own: one that conflicts is undone alone. What cannot
 * be written together (a disk about to be full) is tried again one by one, so that no commit fails for another.
 */
export const commitQueue = ({ database: { sqlite }, afterGroup, soon }: Needs): CommitQueue => {
  const queue: Waiting[] = []
  let scheduled = false

  const flush = () => {
    scheduled = false
    while (queue.length > 0) writeGroup(takeGroup(queue))
  }
  const turn = () => {
    scheduled = false
    writeGroup(takeGroup(queue))
    if (queue.length > 0) schedule()
  }
  const schedule = () => {
    if (scheduled) return
    scheduled = true
    soon(turn)
  }

  const writeGroup = (group: readonly Waiting[]) => {
    if (group.length === 0) return
    const outcome = attempt(group)
    switch (outcome.kind) {
      case 'committed':
        return settle(outcome.outcomes)
      case 'unavailable':
        for (const { reject } of group) reject(outcome.fault)
        return
      case 'undone':
        if (group.length > 1) for (const commit of group) writeGroup([commit])
        else group[0]?.reject(outcome.fault)
        return
      default:
        unreachable(outcome)
    }
  }

  /** Begins, writes every commit and ends the transaction. What it returns is final: nothing is left open. */
  const attempt = (group: readonly Waiting[]): Outcome => {
    try {
      sqlite.exec('begin immediate')
    } catch (cause) {
      return { kind: 'unavailable', fault: fault(cause) }
    }
    try {
      const outcomes = group.map(writeOne)
      sqlite.exec('commit')
      return { kind: 'committed', outcomes }
    } catch (cause) {
      // SQLite ends the transaction itself after some failures: a full disk, an I/O error.
      if (sqlite.isTransaction) sqlite.exec('rollback')
      return { kind: 'undone', fault: fault(cause) }
    }
  }

  /** Throws when the whole group cannot go on. */
  const writeOne = ({ changes, write, reject }: Waiting): Written => {
    sqlite.exec('savepoint one')
    try {
      const resolve = write()
      sqlite.exec('release one')
      return { changes, answer: resolve }
    } catch (failure) {
      if (isSqliteError(failure)) throw failure
      sqlite.exec('rollback to one')
      sqlite.exec('release one')
      return { changes: [], answer: () => reject(failure) }
    }
  }

  const settle = (outcomes: readonly Written[]) => {
    afterGroup(outcomes.flatMap(({ changes }) => changes))
    for (const { answer } of outcomes) answer()
  }

  return {
    enqueue(changes, write) {
      return new Promise((resolve, reject) => {
        const writeAndAnswer = () => {
          const result = write()
          return () => resolve(result)
        }
        queue.push({ changes, write: writeAndAnswer, reject })
        schedule()
      })
    },
    flush,
  }
}

/** `write` answers how to tell whoever waits, once what it wrote is durable. */
type Waiting = { changes: readonly Change[]; write: () => () => void; reject(why: unknown): void }

/** `changes`: what is written of the commit, nothing where it was undone. */
type Written = { changes: readonly Change[]; answer: () => void }

type Outcome =
  | { kind: 'committed'; outcomes: readonly Written[] }
  /** Another process has the database, or it is closed: trying one by one would only wait again for each. */
  | { kind: 'unavailable'; fault: Error }
  | { kind: 'undone'; fault: Error }

const takeGroup = (queue: Waiting[]): Waiting[] => {
  let changes = 0
  const end = queue.findIndex((commit, index) => {
    changes += commit.changes.length
    return index > 0 && changes > MOST_CHANGES
  })
  return queue.splice(0, end === -1 ? queue.length : end)
}

const fault = (cause: unknown) => storageErrorOf(cause, 'saving')
