import { unreachable } from '@tributary/protocols'
import { CHAIN_START, chainEntry } from '../../audit/chain.ts'
import { ConflictError } from '../../faults/storage.ts'
import type { AuditEntry, ModelRecord } from '../../ports/records.ts'
import type { Change } from '../../ports/store.ts'
import type { Member } from '../../round/member.ts'
import type { Round } from '../../round/round.ts'
import { inTheWay } from './conflict-words.ts'
import type { Database } from './database.ts'
import { auditRow, clientRow, memberRow, modelRow, roundKeyRow, roundRow, taskRow, tokenRow } from './rows.ts'
import { violationOf } from './sqlite-errors.ts'

/**
 * Writes one change at once, inside the transaction that the caller holds. Throws `ConflictError` where a rule of
 * the tables forbids it; anything else that goes wrong is thrown as SQLite threw it.
 */
export const changeWriter = (database: Database): ((change: Change) => void) => {
  const saveMember = memberSaver(database)
  const write = (change: Change) =>
    change.kind === 'save-member' ? saveMember(change.member) : writeChange(database, change)
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

const writeChange = (
  { kysely, all, run }: Database,
  change: Exclude<Change, { kind: 'save-member' }>,
): void => {
  switch (change.kind) {
    case 'insert-task':
      run(kysely.insertInto('tasks').values(taskRow(change.task)).compile())
      return
    case 'save-task': {
      const { id, ...rest } = taskRow(change.task)
      run(
        kysely
          .insertInto('tasks')
          .values({ id, ...rest })
          .onConflict((taken) => taken.column('id').doUpdateSet(rest))
          .compile(),
      )
      return
    }
    case 'insert-round':
      requireNextNumber({ kysely, all }, change.round)
      run(kysely.insertInto('rounds').values(roundRow(change.round)).compile())
      return
    case 'save-round': {
      const { id, ...rest } = roundRow(change.round)
      run(
        kysely
          .insertInto('rounds')
          .values({ id, ...rest })
          .onConflict((taken) => taken.column('id').doUpdateSet(rest))
          .compile(),
      )
      return
    }
    case 'insert-model':
      requireNewestParent({ kysely, all }, change.model)
      run(kysely.insertInto('models').values(modelRow(change.model)).compile())
      return
    case 'insert-round-key':
      run(kysely.insertInto('round_keys').values(roundKeyRow(change.key)).compile())
      return
    case 'destroy-round-key':
      run(kysely.deleteFrom('round_keys').where('round', '=', change.round).compile())
      return
    case 'insert-client':
      run(kysely.insertInto('clients').values(clientRow(change.client)).compile())
      return
    case 'save-client': {
      const { id, ...rest } = clientRow(change.client)
      run(
        kysely
          .insertInto('clients')
          .values({ id, ...rest })
          .onConflict((taken) => taken.column('id').doUpdateSet(rest))
          .compile(),
      )
      return
    }
    case 'insert-token':
      run(kysely.insertInto('tokens').values(tokenRow(change.token)).compile())
      return
    case 'save-token': {
      const { id, ...rest } = tokenRow(change.token)
      run(
        kysely
          .insertInto('tokens')
          .values({ id, ...rest })
          .onConflict((taken) => taken.column('id').doUpdateSet(rest))
          .compile(),
      )
      return
    }
    case 'spend-token':
      spendToken({ kysely, run }, change.id)
      return
    case 'insert-reply':
      run(kysely.insertInto('replies').values(change.reply).compile())
      return
    case 'append-audit':
      appendAudit({ kysely, all, run }, change.entry)
      return
    default:
      unreachable(change)
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

const requireNextNumber = ({ kysely, all }: Pick<Database, 'kysely' | 'all'>, { task, number }: Round) => {
  const newest = kysely
    .selectFrom('rounds')
    .select('number')
    .where('task', '=', task)
    .orderBy('number', 'desc')
    .limit(1)
  const last = all(newest.compile())[0]?.number ?? 0
  if (number !== last + 1)
    throw new ConflictError(
      `round ${number} of task ${task} is not its next: that would be round ${last + 1}`,
    )
}

const requireNewestParent = (
  { kysely, all }: Pick<Database, 'kysely' | 'all'>,
  { task, version, parent }: ModelRecord,
) => {
  const newest = kysely
    .selectFrom('models')
    .select('version')
    .where('task', '=', task)
    .orderBy('version', 'desc')
    .limit(1)
  const latest = all(newest.compile())[0]?.version ?? null
  if (parent !== latest)
    throw new ConflictError(
      `version ${version} of task ${task} was made from ${named(parent)}, but the newest is ${named(latest)}`,
    )
  if (latest !== null && version <= latest)
    throw new ConflictError(`version ${version} of task ${task} does not come after the newest, ${latest}`)
}

const named = (version: number | null) => (version === null ? 'none' : `version ${version}`)

const spendToken = ({ kysely, run }: Pick<Database, 'kysely' | 'run'>, id: string) => {
  const spend = kysely
    .updateTable('tokens')
    .set(({ eb }) => ({ uses_left: eb('uses_left', '-', 1) }))
    .where('id', '=', id)
    .where('kind', '=', 'enrolment')
    .where('uses_left', '>', 0)
  if (run(spend.compile()) !== 1) throw new ConflictError(`enrolment token ${id} has no use left`)
}

const appendAudit = ({ kysely, all, run }: Omit<Database, 'sqlite'>, entry: AuditEntry) => {
  const last = kysely.selectFrom('audit').select(['sequence', 'hash']).orderBy('sequence', 'desc').limit(1)
  const head = all(last.compile())[0] ?? CHAIN_START
  run(
    kysely
      .insertInto('audit')
      .values(auditRow(chainEntry(head, entry)))
      .compile(),
  )
}
