import { type Kysely, sql } from 'kysely'
import type { Snapshot } from '../../ports/snapshot.ts'
import { reads } from './reads.ts'
import type { Tables } from './tables.ts'

type Needs = {
  /** Over one connection, in a transaction that sees one instant. */
  db: Kysely<Tables>
  schemaVersion: number
  faultOf(cause: unknown, doing: string): Error
}

/** What can be asked of the tables as they were at one instant. */
export const snapshotReads = ({ db, schemaVersion, faultOf }: Needs): Omit<Snapshot, 'close'> => ({
  // The time is asked for by leases alone, which are in no snapshot.
  ...reads({ db, now: () => sql<number>`0`, faultOf }),
  schemaVersion,
  replies({ limit, after }) {
    const inOrder = db.selectFrom('replies').selectAll().orderBy('scope').orderBy('key').limit(limit)
    const rest = after
      ? inOrder.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('scope', 'key'), '>', tuple(after.scope, after.key)),
        )
      : inOrder
    return rest.execute().catch((cause: unknown) => {
      throw faultOf(cause, 'reading')
    })
  },
})
