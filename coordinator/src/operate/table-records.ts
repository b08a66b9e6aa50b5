/** A snapshot's tables as one stream of records, and each record as a line of JSON that another database can be filled from. */
import { Instant, type ModelVersion, TaskId } from '@tributary/protocols'
import { PrivacyLedger } from '@tributary/protocols/privacy'
import { TaskFile } from '@tributary/protocols/task'
import * as z from 'zod'
import { AuditRecord, Client, ModelRecord, Task, Token, Webhook } from '../adapters/sql/rows.ts'
import type { Snapshot, TableRecord } from '../ports/snapshot.ts'
import type { PageRequest } from '../ports/store.ts'
import { Member } from '../round/member.ts'
import { Round } from '../round/round.ts'

const PAGE = 500

/** Every record, the ones that others refer to first. */
export async function* tableRecords(snapshot: Snapshot): AsyncGenerator<TableRecord> {
  const tasks = await all(snapshot.tasks.list, ({ id }) => id)
  for (const record of tasks) yield { table: 'tasks', record }
  for (const { id } of tasks) {
    for await (const record of paged(
      (page: PageRequest<number>) => snapshot.rounds.list(id, page),
      ({ number }) => number,
    )) {
      yield { table: 'rounds', record }
      for (const member of await snapshot.members.ofRound(record.id))
        yield { table: 'members', record: member }
    }
    for await (const record of paged(
      (page: PageRequest<ModelVersion>) => snapshot.models.list(id, page),
      ({ version }) => version,
    ))
      yield { table: 'models', record }
    const ledger = await snapshot.ledgers.get(id)
    if (ledger) yield { table: 'ledgers', record: { task: id, ledger } }
  }
  for await (const record of paged(snapshot.clients.list, ({ id }) => id)) yield { table: 'clients', record }
  for (const record of await snapshot.tokens.list()) yield { table: 'tokens', record }
  for await (const record of paged(snapshot.replies, ({ scope, key }) => ({ scope, key })))
    yield { table: 'replies', record }
  for (const record of await snapshot.webhooks.list()) yield { table: 'webhooks', record }
  for await (const record of paged(snapshot.audit, ({ sequence }) => sequence))
    yield { table: 'audit', record }
}

/** Everything that a paged list holds, one by one. */
export async function* paged<T, Key>(
  list: (page: PageRequest<Key>) => Promise<T[]>,
  keyOf: (last: T) => Key,
): AsyncGenerator<T> {
  for (let page = await list({ limit: PAGE }); ; ) {
    yield* page
    const last = page.at(-1)
    if (page.length < PAGE || last === undefined) return
    page = await list({ limit: PAGE, after: keyOf(last) })
  }
}

/** Everything that a paged list holds, at once. */
export const all = async <T, Key>(
  list: (page: PageRequest<Key>) => Promise<T[]>,
  keyOf: (last: T) => Key,
): Promise<T[]> => {
  const found: T[] = []
  for await (const item of paged(list, keyOf)) found.push(item)
  return found
}

const Reply = z.strictObject({
  scope: z.string(),
  key: z.string(),
  request: z.string(),
  resource: z.string(),
  at: Instant,
})

const Line = z.discriminatedUnion('table', [
  z.strictObject({ table: z.literal('tasks'), record: z.strictObject({ ...Task.shape, file: TaskFile }) }),
  z.strictObject({ table: z.literal('rounds'), record: Round }),
  z.strictObject({ table: z.literal('members'), record: Member }),
  z.strictObject({ table: z.literal('models'), record: ModelRecord }),
  z.strictObject({
    table: z.literal('ledgers'),
    record: z.strictObject({ task: TaskId, ledger: PrivacyLedger }),
  }),
  z.strictObject({ table: z.literal('clients'), record: Client }),
  z.strictObject({ table: z.literal('tokens'), record: Token }),
  z.strictObject({ table: z.literal('replies'), record: Reply }),
  z.strictObject({ table: z.literal('webhooks'), record: Webhook }),
  z.strictObject({ table: z.literal('audit'), record: AuditRecord }),
]) satisfies z.ZodType<TableRecord>

export const lineOf = (record: TableRecord): string => `${JSON.stringify(record)}\n`

/** Throws an error that names the line's number where it is not a record of this format. */
export const recordOf = (line: string, number: number): TableRecord => {
  try {
    return Line.parse(JSON.parse(line))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : 'it is not JSON'
    throw new Error(`line ${number} of the tables is not a record that this program knows: ${why}`, { cause })
  }
}
