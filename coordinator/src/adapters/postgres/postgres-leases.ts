import type { CompiledQuery, Expression, Kysely } from 'kysely'
import { ConflictError } from '../../faults/storage.ts'
import type { LeaseTable } from '../../ports/store.ts'
import { releaseLeases, renewLeases, takeLease } from '../sql/leases.ts'
import { leaseOf } from '../sql/rows.ts'
import type { LeaseRow, Tables } from '../sql/tables.ts'
import type { Connections } from './connections.ts'
import { mayTryAgain, storageErrorOf, violationOf } from './postgres-errors.ts'

type Needs = { connections: Pick<Connections, 'use'>; db: Kysely<Tables>; now(): Expression<number> }

/** Each act is one statement that may be repeated, so one whose connection was lost is simply said again, once. */
export const postgresLeases = ({ connections, db, now }: Needs): Omit<LeaseTable, 'get'> => {
  const run = async (query: CompiledQuery) => {
    const once = () => connections.use((connection) => connection.run(query))
    const { rows } = await once().catch((error: unknown) => {
      if (mayTryAgain(error)) return once()
      throw error
    })
    return rows
  }
  const ask = async (query: { compile(): CompiledQuery<LeaseRow> }) =>
    // Kysely knows the row's type from the query it compiled; the driver returns plain values.
    ((await run(query.compile())) as LeaseRow[]).map(leaseOf)
  const asFault = (cause: unknown): never => {
    throw storageErrorOf(cause, 'saving a lease')
  }
  return {
    async take(request) {
      const [lease] = await ask(takeLease(db, now(), request)).catch((cause: unknown) => {
        if (violationOf(cause) !== 'missing') return asFault(cause)
        throw new ConflictError(`there is no task ${request.task}`, { cause })
      })
      return lease
    },
    renew: async (request) => ask(renewLeases(db, now(), request)).catch(asFault),
    async release({ holder }) {
      await run(releaseLeases(db, holder).compile()).catch(asFault)
    },
  }
}
