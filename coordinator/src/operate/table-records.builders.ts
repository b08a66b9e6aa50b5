/** Records of every kind, and ways to hold two sets of tables against each other. */
import {
  aClient,
  aCompleted,
  aKeptState,
  aLedger,
  aModel,
  anAbandoned,
  anEnrolmentToken,
  anEntry,
  anInvited,
  anOccurrence,
  anOperatorToken,
  anOriginOf,
  aReceived,
  aReply,
  aRoundId,
  aRoundKey,
  aSelecting,
  aSessionRow,
  aTask,
  aTraining,
  aWebhook,
} from '../adapters/contracts/arrange.ts'
import type { Snapshot, TableRecord } from '../ports/snapshot.ts'
import type { Change } from '../ports/store.ts'
import { lineOf, recordOf, tableRecords } from './table-records.ts'

export const collected = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** Everything that a snapshot holds; it is closed. */
export const recordsIn = async (snapshot: Snapshot): Promise<TableRecord[]> => {
  try {
    return await collected(tableRecords(snapshot))
  } finally {
    await snapshot.close()
  }
}

/** Each through its line and back. */
export async function* through(records: readonly TableRecord[]): AsyncGenerator<TableRecord> {
  for (const [i, record] of records.entries()) yield recordOf(lineOf(record).trimEnd(), i + 1)
}

/** Nothing is to be added. */
export const done = async () => {}

/** More than a page of all that is paged. */
export const MANY = 501

/** Something in every table, in a few characters that databases take amiss. */
export const EVERYTHING: readonly Change[] = [
  { kind: 'insert-task', task: aTask() },
  { kind: 'insert-task', task: aTask('faces', { status: 'paused' }) },
  { kind: 'insert-model', model: aModel() },
  { kind: 'insert-model', model: aModel('faces') },
  { kind: 'insert-round', round: aSelecting('faces', 1) },
  { kind: 'save-round', round: { ...aCompleted('faces', 1), state: aKeptState() } },
  {
    kind: 'insert-model',
    model: aModel('faces', 2, { origin: { ...anOriginOf(aRoundId('faces', 1)), state: aKeptState() } }),
  },
  { kind: 'insert-round', round: aSelecting('digits', 1) },
  { kind: 'save-round', round: anAbandoned('digits', 1) },
  { kind: 'insert-round', round: aSelecting('digits', 2) },
  { kind: 'save-round', round: aTraining('digits', 2) },
  { kind: 'save-member', member: aReceived(0, aRoundId('digits', 2)) },
  { kind: 'save-member', member: anInvited(1, aRoundId('digits', 2)) },
  { kind: 'insert-round-key', key: aRoundKey(aRoundId('digits', 2)) },
  { kind: 'insert-session-row', round: aRoundId('digits', 2), row: aSessionRow() },
  { kind: 'save-ledger', task: aTask().id, ledger: aLedger() },
  { kind: 'insert-token', token: anOperatorToken() },
  { kind: 'insert-token', token: anEnrolmentToken() },
  { kind: 'insert-webhook', webhook: aWebhook() },
  { kind: 'queue-deliveries', occurrence: anOccurrence() },
  ...Array.from({ length: MANY }, (_, i): Change[] => [
    { kind: 'insert-client', client: aClient(i) },
    { kind: 'insert-reply', reply: aReply({ scope: `scope ${i % 3}`, key: `key ${i}` }) },
    { kind: 'append-audit', entry: anEntry({ subject: `“${i}” \u2028 \u0000` }) },
  ]).flat(),
]
