import { TaskId } from '@tributary/protocols'
import type { Expression, Kysely } from 'kysely'
import type { Standing } from '../../ports/standing.ts'
import { roundKeyOf } from './rows.ts'
import type { Tables } from './tables.ts'

/** Two reads, of tables that are small. */
export const readStanding = async (db: Kysely<Tables>, now: Expression<number>): Promise<Standing> => {
  const leases = await db
    .selectFrom('leases')
    .select(({ eb }) => ['task', 'holder', 'expires_at', eb('expires_at', '-', now).as('left')])
    .orderBy('task')
    .execute()
  const keys = await db.selectFrom('round_keys').selectAll().orderBy('round').execute()
  return {
    leases: leases.map(({ task, holder, expires_at, left }) => ({
      task: TaskId.parse(task),
      holder: holder ?? undefined,
      expiresAt: expires_at,
      leftMs: Number(left),
    })),
    roundKeys: keys.map(roundKeyOf),
  }
}
