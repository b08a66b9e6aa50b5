import { CompiledQuery } from 'kysely'
import { ConflictError } from '../../faults/storage.ts'
import type { Change } from '../../ports/store.ts'
import type { Member } from '../../round/member.ts'
import { type PlainChange, stepsOf, type Writing } from '../sql/changes.ts'
import { inTheWay } from '../sql/conflict-words.ts'
import { memberRow } from '../sql/rows.ts'
import type { Connection } from './connections.ts'
import { violationOf } from './postgres-errors.ts'

/**
 * Writes the changes of a commit, inside the transaction that the caller holds. Members that follow each other are one
 * statement, however many. Audit entries come last: nothing rests on them, and whoever appends one holds up every
 * other that does until its commit ends.
 */
export const writeChanges = async (
  connection: Connection,
  writing: Writing,
  changes: readonly Change[],
): Promise<void> => {
  const isEntry = ({ kind }: Change) => kind === 'append-audit'
  const others = changes.filter((change) => !isEntry(change))
  for (const step of batches([...others, ...changes.filter(isEntry)])) {
    const [first] = step
    if (first.kind === 'save-member') await saving(first, () => saveMembers(connection, membersOf(step)))
    else await saving(first, () => follow(connection, writing, first))
  }
}

const saving = async (change: Change, write: () => Promise<void>) => {
  try {
    await write()
  } catch (cause) {
    const violation = violationOf(cause)
    if (!violation) throw cause
    throw new ConflictError(inTheWay(change, violation), { cause })
  }
}

const follow = async (connection: Connection, writing: Writing, change: PlainChange) => {
  const steps = stepsOf(writing, change)
  for (let step = steps.next(); !step.done; ) step = steps.next(await connection.run(step.value))
}

type Batch = [Change, ...Change[]]

/** Changes as they come, but members of one round that follow each other together. */
const batches = (changes: readonly Change[]): Batch[] => {
  const all: Batch[] = []
  for (const change of changes) {
    const last = all.at(-1)
    if (last && isMemberOf(change, last[0])) last.push(change)
    else all.push([change])
  }
  return all
}

const isMemberOf = (change: Change, first: Change) =>
  change.kind === 'save-member' && first.kind === 'save-member' && change.member.round === first.member.round

/** Of a member that is saved twice the later stays. In the order of their ids, so that two commits cannot deadlock. */
const membersOf = (batch: Batch): Member[] => {
  const members = new Map<string, Member>()
  for (const change of batch)
    if (change.kind === 'save-member') members.set(change.member.client, change.member)
  return [...members.values()].sort((a, b) => (a.client < b.client ? -1 : 1))
}

const SAVE_MEMBERS = `
  insert into members (round, client, status, state)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
  on conflict (round, client) do update set status = excluded.status, state = excluded.state`

const saveMembers = async (connection: Connection, members: readonly Member[]) => {
  const rows = members.map(memberRow)
  const columns = (['round', 'client', 'status', 'state'] as const).map((name) =>
    rows.map((row) => row[name]),
  )
  await connection.run(CompiledQuery.raw(SAVE_MEMBERS, columns))
}
