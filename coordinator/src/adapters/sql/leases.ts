/** The statements behind leases. Each is one statement, so that of two processes one comes first. */
import type { TaskId } from '@tributary/protocols'
import type { Expression, Kysely } from 'kysely'
import type { LeaseTable } from '../../ports/store.ts'
import type { Tables } from './tables.ts'

type Taking = Parameters<LeaseTable['take']>[0]
type Renewal = Parameters<LeaseTable['renew']>[0]

/** The database's own clock as an expression: milliseconds since the Unix epoch. */
type Now = Expression<number>

export const heldLease = (db: Kysely<Tables>, now: Now, task: TaskId) =>
  db
    .selectFrom('leases')
    .selectAll()
    .where('task', '=', task)
    .where('holder', 'is not', null)
    .where('expires_at', '>', now)

/** Answers the lease where it was taken or prolonged, and no row where another holds it. */
export const takeLease = (db: Kysely<Tables>, now: Now, { task, holder, forMs }: Taking) =>
  db
    .insertInto('leases')
    .values(({ eb }) => ({ task, holder, token: 1, expires_at: eb(now, '+', whole(forMs)) }))
    .onConflict((there) =>
      there
        .column('task')
        .doUpdateSet(({ eb, ref, and }) => ({
          holder: ref('excluded.holder'),
          expires_at: ref('excluded.expires_at'),
          token: eb
            .case()
            .when(and([eb('leases.holder', '=', ref('excluded.holder')), eb('leases.expires_at', '>', now)]))
            .then(ref('leases.token'))
            .else(eb('leases.token', '+', 1))
            .end(),
        }))
        .where(({ eb, ref, or }) =>
          or([
            eb('leases.holder', 'is', null),
            eb('leases.holder', '=', ref('excluded.holder')),
            eb('leases.expires_at', '<=', now),
          ]),
        ),
    )
    .returningAll()

export const renewLeases = (db: Kysely<Tables>, now: Now, { holder, forMs }: Renewal) =>
  db
    .updateTable('leases')
    .set(({ eb }) => ({ expires_at: eb(now, '+', whole(forMs)) }))
    .where('holder', '=', holder)
    .where('expires_at', '>', now)
    .returningAll()

export const releaseLeases = (db: Kysely<Tables>, holder: string) =>
  db.updateTable('leases').set({ holder: null }).where('holder', '=', holder)

const whole = (forMs: number): number => {
  if (!Number.isFinite(forMs) || forMs <= 0)
    throw new RangeError(`a lease is held for a time above 0 ms, not ${forMs}`)
  return forMs
}
