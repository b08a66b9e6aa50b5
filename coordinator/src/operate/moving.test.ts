/** From one kind of database to the other and back. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aClient, aCompleted, anEntry, aRoundId } from '../adapters/contracts/arrange.ts'
import { loadPostgresTables } from '../adapters/postgres/load-tables.ts'
import { openPostgresStore } from '../adapters/postgres/postgres-store.ts'
import { aSchema, type SchemaUnderTest } from '../adapters/postgres/schema-under-test.ts'
import { openPostgresSnapshot } from '../adapters/postgres/snapshot.ts'
import { loadSqliteTables } from '../adapters/sqlite/load-tables.ts'
import { openSqliteSnapshot } from '../adapters/sqlite/snapshot.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import type { TableRecord } from '../ports/snapshot.ts'
import { collected, done, EVERYTHING, recordsIn, through } from './table-records.builders.ts'
import { tableRecords } from './table-records.ts'

let folder: string
let server: SchemaUnderTest
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-moving-'))
  server = await aSchema()
})
afterEach(async () => {
  await rm(folder, { recursive: true })
  await server.drop()
})

const file = (name: string) => join(folder, name)
const inFile = async (name: string) => recordsIn(await openSqliteSnapshot(file(name)))
const inServer = async () => recordsIn(await openPostgresSnapshot(server))

const filledFile = async (name: string): Promise<TableRecord[]> => {
  const store = await openSqliteStore({ path: file(name) })
  await store.commit(EVERYTHING)
  await store.close()
  return inFile(name)
}

test('every record goes from SQLite to PostgreSQL and back, and is what it was', async () => {
  const records = await filledFile('one')
  await loadPostgresTables(server)(through(records), done)
  const moved = await inServer()
  expect(moved).toEqual(records)
  await loadSqliteTables(file('two'))(through(moved), done)
  expect(await inFile('two')).toEqual(records)
  const store = await openPostgresStore(server)
  expect(await store.roundKey(aRoundId('digits', 2))).toBeUndefined()
  await store.close()
})

test('a broken audit log arrives as broken as it was', async () => {
  const records = (await filledFile('one')).map((one) =>
    one.table === 'audit' && one.record.sequence === 2
      ? { ...one, record: { ...one.record, actor: 'nobody' } }
      : one,
  )
  await loadPostgresTables(server)(through(records), done)
  expect(await inServer()).toEqual(records)
})

test('what is committed at the end is there with the rest, or nothing is', async () => {
  const records = await filledFile('one')
  const entry = anEntry({ action: 'backup.restored' })
  const fill = (after: () => void) =>
    loadPostgresTables(server)(through(records), async (filling) => {
      await filling.commit([{ kind: 'append-audit', entry }])
      expect((await filling.audit({ limit: 1, after: 501 }))[0]).toMatchObject(entry)
      after()
    })
  await expect(
    fill(() => {
      throw new Error('the power failed')
    }),
  ).rejects.toThrow('the power failed')
  expect(await inServer()).toEqual([])
  await fill(() => {})
  expect((await inServer()).slice(0, -1)).toEqual(records)
})

test('a schema that holds anything is not filled, and one that cannot be filled whole stays empty', async () => {
  const records = await filledFile('one')
  const orphaned = records.filter(({ table }) => table !== 'tasks')
  await expect(loadPostgresTables(server)(through(orphaned), done)).rejects.toThrow(/foreign key/)
  expect(await inServer()).toEqual([])

  const store = await openPostgresStore(server)
  await store.commit([{ kind: 'insert-identity', coordinator: 'coordinator-1' }])
  await store.close()
  await expect(loadPostgresTables(server)(through(records), done)).rejects.toThrow('is not empty')
  expect(await inServer()).toEqual([])
})

test('no coordinator starts while tables are filled', async () => {
  const records = await filledFile('one')
  let opened = false
  let opening: Promise<void> | undefined
  await loadPostgresTables(server)(through(records), async (filling) => {
    opening = openPostgresStore(server).then((store) => {
      opened = true
      return store.close()
    })
    for (let i = 0; i < 20; i++) await filling.tasks.list({ limit: 1 })
    expect(opened).toBe(false)
  })
  await opening
  expect(opened).toBe(true)
})

test('a snapshot of PostgreSQL stays what it was while others write, and writes nothing itself', async () => {
  await loadPostgresTables(server)(through(await filledFile('one')), done)
  const before = await inServer()
  const snapshot = await openPostgresSnapshot(server)
  const store = await openPostgresStore(server)
  await store.commit([
    { kind: 'append-audit', entry: anEntry() },
    { kind: 'insert-client', client: aClient(9_999) },
    { kind: 'save-round', round: aCompleted('digits', 2) },
  ])
  expect(await collected(tableRecords(snapshot))).toEqual(before)
  await snapshot.close()
  await store.close()
  expect(await inServer()).toHaveLength(before.length + 2)
})

test('a schema that is not there, or is of another version, is refused, and none is made', async () => {
  await expect(openPostgresSnapshot(server)).rejects.toThrow('there is no schema')
  expect(await server.ask('select 1 from pg_namespace where nspname = $1', [server.schema])).toEqual([])
  await (await openPostgresStore(server)).close()
  await server.ask("insert into schema_version values (99, 'later')")
  await expect(openPostgresSnapshot(server)).rejects.toThrow(/has version 99, this program reads version/)
})
