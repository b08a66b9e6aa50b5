import type { CompiledQuery, Expression } from 'kysely'
import { ConflictError } from '../../faults/storage.ts'
import type { LeaseTable } from '../../ports/store.ts'
import { releaseLeases, renewLeases, takeLease } from '../sql/leases.ts'
import { leaseOf } from '../sql/rows.ts'
import type { LeaseRow } from '../sql/tables.ts'
import type { CommitQueue } from './commit-queue.ts'
import type { Database } from './database.ts'
import { violationOf } from './sqlite-errors.ts'

type Needs = {
  database: Pick<Database, 'kysely' | 'all' | 'run'>
  now(): Expression<number>
  commits: Pick<CommitQueue, 'enqueue'>
}

/** Leases are written in their turn among the commits, and share a transaction with them. */
export const sqliteLeases = ({ database, now, commits }: Needs): Omit<LeaseTable, 'get'> => {
  const { kysely, all, run } = database
  const taken = (task: string, query: CompiledQuery<LeaseRow>) => {
    try {
      return all(query).map(leaseOf)[0]
    } catch (cause) {
      if (violationOf(cause) !== 'missing') throw cause
      throw new ConflictError(`there is no task ${task}`, { cause })
    }
  }
  return {
    take: (request) =>
      commits.enqueue([], () => taken(request.task, takeLease(kysely, now(), request).compile())),
    renew: (request) =>
      commits.enqueue([], () => all(renewLeases(kysely, now(), request).compile()).map(leaseOf)),
    release: ({ holder }) => commits.enqueue([], () => run(releaseLeases(kysely, holder).compile())),
  }
}
