import { unreachable } from '@tributary/protocols'
import type { CompiledQuery, Kysely } from 'kysely'
import { CHAIN_START, chainEntry } from '../../audit/chain.ts'
import { ConflictError, LeaseLostError } from '../../faults/storage.ts'
import type { AuditEntry, ModelRecord } from '../../ports/records.ts'
import type { Change } from '../../ports/store.ts'
import type { OpenRound, Round } from '../../round/round.ts'
import { changeDelivery, forgetDeliveries, queueDeliveries } from './deliveries.ts'
import {
  auditRow,
  clientRow,
  consoleSessionRow,
  ledgerRow,
  modelRow,
  roundKeyRow,
  roundRow,
  sessionRow,
  taskRow,
  tokenRow,
  webhookRow,
} from './rows.ts'
import type { Tables } from './tables.ts'

/** What a statement answered: its rows, where it has some, and how many it wrote. */
export type Answer = { rows: readonly unknown[]; written: number }

/** Statements to run in order inside one transaction, each answered before the next is known. */
export type Steps<Result = void> = Generator<CompiledQuery, Result, Answer>

/** Where changes are written. */
export type Writing = {
  db: Kysely<Tables>
  /** Whether transactions run beside each other: then what a check has read is locked until the commit ends. */
  writers: { kind: 'one' } | { kind: 'many'; lockChain: CompiledQuery }
}

/** Members are written by the hundred, each database in its own quickest way. */
export type PlainChange = Exclude<Change, { kind: 'save-member' }>

/**
 * The statements that write one change. They throw `ConflictError` or `LeaseLostError` where a rule forbids it; the
 * rules that the tables hold themselves come back from the database as errors of its own.
 */
export function* stepsOf(writing: Writing, change: PlainChange): Steps {
  const { db } = writing
  switch (change.kind) {
    case 'insert-task':
      yield db.insertInto('tasks').values(taskRow(change.task)).compile()
      return
    case 'save-task': {
      const { id, ...rest } = taskRow(change.task)
      yield db
        .insertInto('tasks')
        .values({ id, ...rest })
        .onConflict((taken) => taken.column('id').doUpdateSet(rest))
        .compile()
      return
    }
    case 'insert-round':
      yield* holdLine(writing, change.round.task)
      yield* requireNextNumber(db, change.round)
      yield* requireNewestBase(db, change.round)
      yield db.insertInto('rounds').values(roundRow(change.round)).compile()
      return
    case 'save-round': {
      const row = roundRow(change.round)
      const { phase, settled, state } = row // the id says of which task it is, and which one
      yield db
        .insertInto('rounds')
        .values(row)
        .onConflict((taken) => taken.column('id').doUpdateSet({ phase, settled, state }))
        .compile()
      return
    }
    case 'insert-model':
      yield* holdLine(writing, change.model.task)
      yield* requireNewestParent(db, change.model)
      if (change.model.origin.kind !== 'round') yield* requireNoRound(db, change.model)
      yield db.insertInto('models').values(modelRow(change.model)).compile()
      return
    case 'insert-round-key':
      yield db.insertInto('round_keys').values(roundKeyRow(change.key)).compile()
      return
    case 'destroy-round-key':
      yield db.deleteFrom('round_keys').where('round', '=', change.round).compile()
      return
    case 'insert-session-row':
      yield db.insertInto('session_rows').values(sessionRow(change)).compile()
      return
    case 'erase-session':
      yield db.deleteFrom('session_rows').where('round', '=', change.round).compile()
      return
    case 'save-ledger': {
      const { task, ledger } = ledgerRow(change)
      yield db
        .insertInto('ledgers')
        .values({ task, ledger })
        .onConflict((taken) => taken.column('task').doUpdateSet({ ledger }))
        .compile()
      return
    }
    case 'insert-client':
      yield db.insertInto('clients').values(clientRow(change.client)).compile()
      return
    case 'save-client': {
      const { id, ...rest } = clientRow(change.client)
      yield db
        .insertInto('clients')
        .values({ id, ...rest })
        .onConflict((taken) => taken.column('id').doUpdateSet(rest))
        .compile()
      return
    }
    case 'insert-token':
      yield db.insertInto('tokens').values(tokenRow(change.token)).compile()
      return
    case 'save-token': {
      const { id, ...rest } = tokenRow(change.token)
      yield db
        .insertInto('tokens')
        .values({ id, ...rest })
        .onConflict((taken) => taken.column('id').doUpdateSet(rest))
        .compile()
      return
    }
    case 'revoke-token':
      yield* revokeToken(writing, change.id)
      return
    case 'spend-token':
      yield* spendToken(db, change.id)
      return
    case 'insert-console-session':
      yield db.insertInto('console_sessions').values(consoleSessionRow(change.session)).compile()
      return
    case 'see-console-session':
      yield db
        .updateTable('console_sessions')
        .set({ seen_at: change.at })
        .where('id', '=', change.id)
        .where('seen_at', '<', change.at)
        .compile()
      return
    case 'end-console-session':
      yield db.deleteFrom('console_sessions').where('id', '=', change.id).compile()
      return
    case 'forget-console-sessions':
      yield db.deleteFrom('console_sessions').where('expires_at', '<', change.before).compile()
      return
    case 'insert-reply':
      yield db.insertInto('replies').values(change.reply).compile()
      return
    case 'forget-replies':
      yield db.deleteFrom('replies').where('at', '<', change.before).compile()
      return
    case 'insert-identity':
      yield db.insertInto('identity').values({ sole: 1, coordinator: change.coordinator }).compile()
      return
    case 'insert-webhook':
      yield db.insertInto('webhooks').values(webhookRow(change.webhook)).compile()
      return
    case 'delete-webhook':
      yield db.deleteFrom('webhooks').where('id', '=', change.id).compile()
      return
    case 'queue-deliveries':
      yield queueDeliveries(writing, change)
      return
    case 'change-delivery': {
      const { written } = yield changeDelivery(db, change)
      if (written !== 1)
        throw new ConflictError(
          `delivery ${change.delivery.id} to webhook ${change.delivery.webhook} is gone, or somebody else has changed it`,
        )
      return
    }
    case 'forget-deliveries':
      yield* forgetDeliveries(db, change)
      return
    case 'append-audit':
      yield* appendAudit(writing, change.entry)
      return
    case 'require-lease':
      yield* requireLease(writing, change)
      return
    default:
      unreachable(change)
  }
}

/** Rounds and versions of one task are added by one commit at a time: each sees what the one before it left. */
function* holdLine({ db, writers }: Writing, task: string): Steps {
  if (writers.kind === 'many')
    yield db.selectFrom('tasks').select('id').where('id', '=', task).forNoKeyUpdate().compile()
}

function* requireNextNumber(db: Kysely<Tables>, { task, number }: Round): Steps {
  const newest = db
    .selectFrom('rounds')
    .select('number')
    .where('task', '=', task)
    .orderBy('number', 'desc')
    .limit(1)
  const last = (yield* rowsOf(newest))[0]?.number ?? 0
  if (number !== last + 1)
    throw new ConflictError(
      `round ${number} of task ${task} is not its next: that would be round ${last + 1}`,
    )
}

function* requireNewestBase(db: Kysely<Tables>, { task, number, base }: Round): Steps {
  const newest = yield* newestVersion(db, task)
  if (newest === base.version) return
  const there = yield* rowsOf(db.selectFrom('tasks').select('id').where('id', '=', task))
  // Of a task that is not there, the tables say so.
  if (there.length > 0)
    throw new ConflictError(
      `round ${number} of task ${task} starts from version ${base.version}, but the newest is ${named(newest)}`,
    )
}

function* requireNewestParent(db: Kysely<Tables>, { task, version, parent }: ModelRecord): Steps {
  const newest = yield* newestVersion(db, task)
  if (parent !== newest)
    throw new ConflictError(
      `version ${version} of task ${task} was made from ${named(parent)}, but the newest is ${named(newest)}`,
    )
  if (newest !== null && version <= newest)
    throw new ConflictError(`version ${version} of task ${task} does not come after the newest, ${newest}`)
}

function* newestVersion(db: Kysely<Tables>, task: string): Steps<number | null> {
  const newest = db
    .selectFrom('models')
    .select('version')
    .where('task', '=', task)
    .orderBy('version', 'desc')
    .limit(1)
  return (yield* rowsOf(newest))[0]?.version ?? null
}

const named = (version: number | null) => (version === null ? 'none' : `version ${version}`)

/** The next version of a task whose round is open is that round's to make. */
function* requireNoRound(db: Kysely<Tables>, { task, version }: ModelRecord): Steps {
  const open = db.selectFrom('rounds').select('id').where('task', '=', task).where('phase', 'in', OPEN)
  const [round] = yield* rowsOf(open)
  if (round)
    throw new ConflictError(
      `version ${version} of task ${task} would come from outside while round ${round.id} is open`,
    )
}

const OPEN: readonly OpenRound['phase'][] = ['selecting', 'training', 'secure-training', 'aggregating']

/** Somebody has to be left who can make tokens. Of two that revoke each other, the second waits for the first and sees what it did. */
function* revokeToken({ db, writers }: Writing, id: string): Steps {
  const admins = db
    .selectFrom('tokens')
    .select('id')
    .where('kind', '=', 'operator')
    .where('role', '=', 'admin')
    .where('status', '=', 'active')
    .orderBy('id')
  const active = yield* rowsOf(writers.kind === 'many' ? admins.forUpdate() : admins)
  if (active.length === 1 && active[0]?.id === id)
    throw new ConflictError(`the token ${id} is the last active one of an admin`)
  yield db
    .updateTable('tokens')
    .set({ status: 'revoked' })
    .where('id', '=', id)
    .where('kind', '=', 'operator')
    .compile()
}

function* spendToken(db: Kysely<Tables>, id: string): Steps {
  const spend = db
    .updateTable('tokens')
    .set(({ eb }) => ({ uses_left: eb('uses_left', '-', 1) }))
    .where('id', '=', id)
    .where('kind', '=', 'enrolment')
    .where('uses_left', '>', 0)
  const { written } = yield spend.compile()
  if (written !== 1) throw new ConflictError(`enrolment token ${id} has no use left`)
}

function* appendAudit({ db, writers }: Writing, entry: AuditEntry): Steps {
  if (writers.kind === 'many') yield writers.lockChain
  const last = db.selectFrom('audit').select(['sequence', 'hash']).orderBy('sequence', 'desc').limit(1)
  const head = (yield* rowsOf(last))[0] ?? CHAIN_START
  yield db
    .insertInto('audit')
    .values(auditRow(chainEntry(head, entry)))
    .compile()
}

/**
 * A takeover writes the token, which is part of a key of the table, and so waits for whoever has locked the key's row;
 * a renewal does not. Hence the weakest lock will do: what is written here is written before another process drives.
 */
function* requireLease(
  { db, writers }: Writing,
  { task, token }: Extract<Change, { kind: 'require-lease' }>,
): Steps {
  const lease = db.selectFrom('leases').select(['holder', 'token']).where('task', '=', task)
  const [row] = yield* rowsOf(writers.kind === 'many' ? lease.forKeyShare() : lease)
  if (!row || row.holder === null || row.token !== token) throw new LeaseLostError(task)
}

function* rowsOf<Row>(query: { compile(): CompiledQuery<Row> }): Steps<readonly Row[]> {
  const { rows } = yield query.compile()
  // Kysely knows the row's type from the query it compiled; databases return plain values.
  return rows as readonly Row[]
}
