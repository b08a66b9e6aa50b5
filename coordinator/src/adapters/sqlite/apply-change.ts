import { ConflictError } from '../../faults/storage.ts'
import type { Change } from '../../ports/store.ts'
import type { Member } from '../../round/member.ts'
import { stepsOf, type Writing } from '../sql/changes.ts'
import { inTheWay } from '../sql/conflict-words.ts'
import { memberRow } from '../sql/rows.ts'
import type { Database } from './database.ts'
import { violationOf } from './sqlite-errors.ts'

/**
 * Writes one change at once, inside the transaction that the caller holds. Throws `ConflictError` or `LeaseLostError`
 * where a rule forbids it; anything else that goes wrong is thrown as SQLite threw it.
 */
export const changeWriter = (database: Database): ((change: Change) => void) => {
  const saveMember = memberSaver(database)
  const writing: Writing = { db: database.kysely, writers: { kind: 'one' } }
  const write = (change: Change) => {
    if (change.kind === 'save-member') return saveMember(change.member)
    const steps = stepsOf(writing, change)
    for (let step = steps.next(); !step.done; ) step = steps.next(database.answer(step.value))
  }
  return (change) => {
    try {
      write(change)
    } catch (cause) {
      const violation = violationOf(cause)
      if (!violation) throw cause
      throw new ConflictError(inTheWay(change, violation), { cause })
    }
  }
}

/** Members are written by the hundred: the query is compiled once, and only its four parameters change. */
const memberSaver = ({ kysely, run }: Pick<Database, 'kysely' | 'run'>): ((member: Member) => void) => {
  const { sql } = kysely
    .insertInto('members')
    .values({ round: '', client: '', status: '', state: '' })
    .onConflict((taken) =>
      taken.columns(['round', 'client']).doUpdateSet(({ ref }) => ({
        status: ref('excluded.status'),
        state: ref('excluded.state'),
      })),
    )
    .compile()
  return (member) => {
    const { round, client, status, state } = memberRow(member)
    run({ sql, parameters: [round, client, status, state] })
  }
}
