import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aClient, aCompleted, anEntry, aRoundId } from '../adapters/contracts/arrange.ts'
import { loadSqliteTables } from '../adapters/sqlite/load-tables.ts'
import { openSqliteSnapshot } from '../adapters/sqlite/snapshot.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import type { TableRecord } from '../ports/snapshot.ts'
import type { Change } from '../ports/store.ts'
import { collected, done, EVERYTHING, MANY, recordsIn, through } from './table-records.builders.ts'
import { recordOf, tableRecords } from './table-records.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-records-'))
})
afterEach(() => rm(folder, { recursive: true }))

const at = (name: string) => join(folder, name)

const commit = async (changes: readonly Change[]) => {
  const store = await openSqliteStore({ path: at('one') })
  await store.commit(changes)
  return store
}

const recordsOf = async (name: string): Promise<TableRecord[]> =>
  recordsIn(await openSqliteSnapshot(at(name)))

test('every record of every table but the keys of rounds and deliveries to webhooks goes through a line of JSON and into an empty database as it was', async () => {
  await (await commit(EVERYTHING)).close()
  const records = await recordsOf('one')
  await loadSqliteTables(at('other'))(through(records), done)

  expect(await recordsOf('other')).toEqual(records)
  const counts = Map.groupBy(records, ({ table }) => table)
  expect(Object.fromEntries(Array.from(counts, ([table, { length }]) => [table, length]))).toEqual({
    tasks: 2,
    rounds: 3,
    members: 2,
    models: 3,
    ledgers: 1,
    clients: MANY,
    tokens: 2,
    replies: MANY,
    audit: MANY,
    webhooks: 1,
  })
  const key = await (await openSqliteStore({ path: at('other') })).roundKey(aRoundId('digits', 2))
  expect(key).toBeUndefined()
})

test('a snapshot stays what it was while others write', async () => {
  const store = await commit(EVERYTHING)
  const before = await recordsOf('one')
  const snapshot = await openSqliteSnapshot(at('one'))
  await store.commit([
    { kind: 'append-audit', entry: anEntry() },
    { kind: 'insert-client', client: aClient(9_999) },
    { kind: 'save-round', round: aCompleted('digits', 2) },
  ])
  const seen = await collected(tableRecords(snapshot))
  await snapshot.close()
  await store.close()
  expect(seen).toEqual(before)
})

test('a database that holds anything is not filled, and one that cannot be filled whole stays empty', async () => {
  await (await commit(EVERYTHING)).close()
  const records = await recordsOf('one')
  await expect(loadSqliteTables(at('one'))(through(records), done)).rejects.toThrow('is not empty')

  const orphaned = records.filter(({ table }) => table !== 'tasks')
  await expect(loadSqliteTables(at('other'))(through(orphaned), done)).rejects.toThrow(/FOREIGN KEY/)
  await loadSqliteTables(at('other'))(through(records), done)
  expect(await recordsOf('other')).toEqual(records)
})

test.each([
  ['{"table":"audit"', 'it is not JSON'],
  ['{"table":"secrets","record":{}}', 'table'],
  ['{"table":"clients","record":{"id":"nobody"}}', 'record.id'],
])('a line that is no record is named by its number: %s', (line, why) => {
  expect(() => recordOf(line, 7)).toThrow(/^line 7 of the tables is not a record that this program knows/)
  expect(() => recordOf(line, 7)).toThrow(why)
})
