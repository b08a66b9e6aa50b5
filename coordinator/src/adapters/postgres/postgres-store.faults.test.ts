import { setTimeout } from 'node:timers/promises'
import { CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { verifyAudit } from '../../audit/chain.ts'
import { StorageError } from '../../faults/storage.ts'
import type { Change, Store } from '../../ports/store.ts'
import {
  aModel,
  anEntry,
  anInvited,
  anOriginOf,
  aReceived,
  aReply,
  aRoundId,
  aRoundKey,
  aSelecting,
  aTask,
  aTaskId,
  aTraining,
  aVersion,
} from '../contracts/arrange.ts'
import type { Tables } from '../sql/tables.ts'
import { openConnections, type Query } from './connections.ts'
import { MIGRATIONS, migrate } from './migrations.ts'
import { openPostgresStore } from './postgres-store.ts'
import { aSchema, type SchemaUnderTest } from './schema-under-test.ts'
import { writeChanges } from './write-changes.ts'

let subject: SchemaUnderTest
let stores: Store[] = []
beforeAll(async () => {
  subject = await aSchema()
  await (await open()).close()
})
beforeEach(() => subject.empty())
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()))
  stores = []
})
afterAll(() => subject.drop())

/** The server calls the connections of these stores by the name of their schema. */
const open = async (more: { poolSize?: number } = {}) => {
  const url = new URL(subject.url)
  url.searchParams.set('application_name', subject.schema)
  const store = await openPostgresStore({ url: url.href, schema: subject.schema, ...more })
  stores.push(store)
  return store
}
const reply = (key: string): Change => ({ kind: 'insert-reply', reply: aReply({ key }) })
const withRound: Change[] = [
  { kind: 'insert-task', task: aTask() },
  { kind: 'insert-model', model: aModel() },
  { kind: 'insert-round', round: aSelecting() },
]

/** Holds a table against writers until it is let go; resolves when it is held. */
const hold = async (table: string) => {
  const other = openConnections({ url: subject.url, schema: subject.schema, poolSize: 1 })
  const [held, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const holding = other.use(async (connection) => {
    await connection.script(`begin; lock table ${table} in exclusive mode`)
    held.resolve()
    await letGo.promise
    await connection.script('commit')
  })
  await held.promise
  return async () => {
    letGo.resolve()
    await holding
    await other.close()
  }
}

/** The server's processes that wait for a lock, as soon as there are so many. */
const untilWaiting = async (count: number) => {
  for (;;) {
    const pids = await subject.ask<{ pid: number }>(
      "select pid from pg_stat_activity where application_name = $1 and wait_event_type = 'Lock'",
      [subject.schema],
    )
    if (pids.length >= count) return pids.map(({ pid }) => pid)
    await setTimeout(5)
  }
}

describe('opening', () => {
  test('is refused for a schema newer than this program, which says so', async () => {
    await subject.ask("insert into schema_version values (99, 'from the future')")
    await expect(open()).rejects.toThrow(
      /schema version 99, this program knows versions up to \d+: run the newer/,
    )
    await subject.ask('delete from schema_version where version = 99')
  })

  test("is refused for another program's schema, which is left as it was", async () => {
    const other = await aSchema()
    await other.ask(`create schema ${other.schema}`)
    await other.ask('create table recipes (name text)')
    const opening = openPostgresStore({ url: other.url, schema: other.schema })
    await expect(opening).rejects.toThrow(`the schema ${other.schema} holds another program's tables`)
    const tables = await other.ask('select tablename from pg_tables where schemaname = $1', [other.schema])
    expect(tables).toEqual([{ tablename: 'recipes' }])
    await other.drop()
  })

  test.each<[string, RegExp, (url: URL) => void]>([
    ['a port on which nobody listens', /cannot be reached: see that it runs/, (url) => (url.port = '1')],
    ['a wrong password', /see that user and password are right/, (url) => (url.password = 'guess')],
    ['a database that is not there', /create the database first/, (url) => (url.pathname = '/nowhere')],
  ])('is refused for %s, without a word of the password', async (_, why, change) => {
    const url = new URL(subject.url)
    const { password } = url
    change(url)
    const failure: unknown = await openPostgresStore({ url: url.href }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(StorageError)
    expect(String(failure)).toMatch(why)
    expect(String(failure)).not.toContain(password)
  })

  test('is refused for what is no address, no schema and no number', async () => {
    const { url, schema } = subject
    for (const bad of ['', 'http://localhost/x', 'postgres://a:secret word@[/'])
      await expect(openPostgresStore({ url: bad })).rejects.toThrow(/address of PostgreSQL is to look like/)
    for (const bad of ['', 'Large', 'a b', 'pg_mine', '"; drop', 'x'.repeat(64)])
      await expect(openPostgresStore({ url, schema: bad })).rejects.toThrow('is no name for a schema')
    for (const poolSize of [0, 1.5, Number.NaN])
      await expect(openPostgresStore({ url, schema, poolSize })).rejects.toThrow(RangeError)
  })

  test('at once by several processes makes one schema', async () => {
    const fresh = await aSchema()
    const opened = await Promise.all(
      [1, 2, 3, 4].map(() => openPostgresStore({ url: fresh.url, schema: fresh.schema })),
    )
    expect(await fresh.ask('select version from schema_version order by version')).toEqual(
      MIGRATIONS.map((_, index) => ({ version: index + 1 })),
    )
    await Promise.all(opened.map((store) => store.close()))
    await fresh.drop()
  })

  test('asks for a durable server, whatever the address asks for', async () => {
    const url = new URL(subject.url)
    url.searchParams.set('options', '-c synchronous_commit=off -c work_mem=8MB')
    const connections = openConnections({ url: url.href, schema: subject.schema, poolSize: 1 })
    const { rows } = await connections.use((connection) =>
      connection.run({
        sql: 'select name, setting from pg_settings where name = any($1) order by name',
        parameters: [['application_name', 'search_path', 'synchronous_commit', 'work_mem']],
      }),
    )
    expect(rows).toEqual([
      { name: 'application_name', setting: 'tributary' },
      { name: 'search_path', setting: subject.schema },
      { name: 'synchronous_commit', setting: 'on' },
      { name: 'work_mem', setting: '8192' },
    ])
    await connections.close()
  })
})

describe('migrations', () => {
  test('run once each, in order, also when they are added later; half of one is none', async () => {
    const fresh = await aSchema()
    const connections = openConnections({ url: fresh.url, schema: fresh.schema, poolSize: 1 })
    const steps = ['one', 'two'].map((name) => ({ name, sql: `create table ${name} (a text)` }))
    const broken = { name: 'broken', sql: 'create table three (a text); insert into nowhere values (1)' }
    const run = (list: typeof steps) =>
      connections.use((connection) => migrate(connection, fresh.schema, list))
    await run(steps.slice(0, 1))
    await run(steps)
    await run(steps)
    await expect(run([...steps, broken])).rejects.toThrow('nowhere')
    expect(await fresh.ask('select * from schema_version order by version')).toEqual([
      { version: 1, name: 'one' },
      { version: 2, name: 'two' },
    ])
    const tables = await fresh.ask('select tablename from pg_tables where schemaname = $1 order by 1', [
      fresh.schema,
    ])
    expect(tables).toEqual(['one', 'schema_version', 'two'].map((tablename) => ({ tablename })))
    await connections.close()
    await fresh.drop()
  })
})

describe('a connection that the server ends', () => {
  test('in the middle of a commit does not take the commit with it', async () => {
    const store = await open()
    const letGo = await hold('replies')
    const commit = store.commit([{ kind: 'insert-task', task: aTask() }, reply('k')])
    const pids = await untilWaiting(1)
    await subject.ask('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [pids])
    await letGo()
    await commit
    expect(await store.reply(aReply().scope, 'k')).toBeDefined()
    expect(await store.tasks.get(aTaskId())).toEqual(aTask())
  })

  test('while nobody uses it is replaced', async () => {
    const store = await open()
    await Promise.all(['a', 'b', 'c'].map((key) => store.commit([reply(key)])))
    const ended = await subject.ask(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1',
      [subject.schema],
    )
    expect(ended.length).toBeGreaterThan(1)
    await store.commit([reply('d')])
    expect(await store.reply(aReply().scope, 'd')).toBeDefined()
  })
})

describe('two processes', () => {
  test('append to one audit chain', async () => {
    const pair = [await open(), await open()]
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        pair[i % 2]?.commit([
          reply(`${i}`),
          { kind: 'append-audit', entry: anEntry({ subject: `${i} first` }) },
          { kind: 'append-audit', entry: anEntry({ subject: `${i} second` }) },
        ]),
      ),
    )
    const records = (await pair[0]?.audit({ limit: 1_000 })) ?? []
    expect(verifyAudit(records)).toMatchObject({ kind: 'intact', head: { sequence: 100 } })
    expect(new Set(records.map(({ subject }) => subject)).size).toBe(100)
  })

  test('that reach for a lease do not both get it', async () => {
    const pair = [await open(), await open()]
    for (let n = 1; n <= 10; n++) {
      const task = aTaskId(`task-${n}`)
      await pair[0]?.commit([{ kind: 'insert-task', task: aTask(task) }])
      const taken = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          pair[i % 2]?.leases.take({ task, holder: `process ${i}`, forMs: 60_000 }),
        ),
      )
      expect(taken.filter(Boolean)).toEqual([await pair[0]?.leases.get(task)])
    }
  })

  test('of which one still writes what it holds the lease for: the other waits for that, and no renewal does', async () => {
    const [mine, yours] = [await open(), await open()]
    await mine.commit(withRound)
    const lease = await mine.leases.take({ task: aTaskId(), holder: 'mine', forMs: 60_000 })
    const letGo = await hold('replies')
    const order: string[] = []
    const commit = mine
      .commit([{ kind: 'require-lease', task: aTaskId(), token: lease?.token ?? 0 }, reply('mine')])
      .then(() => order.push('written'))
    await untilWaiting(1)
    expect(await mine.leases.renew({ holder: 'mine', forMs: 60_000 })).toHaveLength(1)
    await mine.leases.release({ holder: 'mine' })
    const takeover = yours.leases
      .take({ task: aTaskId(), holder: 'yours', forMs: 60_000 })
      .then((taken) => order.push(`taken under ${taken?.token}`))
    await untilWaiting(2)
    expect(order).toEqual([])
    await letGo()
    await Promise.all([commit, takeover])
    // The server lets go of locks before it answers: which of the two answers comes first says nothing.
    expect(order.toSorted()).toEqual(['taken under 2', 'written'])
  })

  test('of which one opens a round and one imports a version: one of them is told no', async () => {
    const [mine, yours] = [await open(), await open()]
    const tasks = Array.from({ length: 20 }, (_, i) => `task-${i}`)
    for (const id of tasks)
      await mine.commit([
        { kind: 'insert-task', task: aTask(id) },
        { kind: 'insert-model', model: aModel(id) },
      ])
    const outcomes = await Promise.all(
      tasks.map((id) =>
        Promise.allSettled([
          mine.commit([{ kind: 'insert-round', round: aSelecting(id) }]),
          yours.commit([{ kind: 'insert-model', model: aModel(id, 2) }]),
        ]),
      ),
    )
    for (const both of outcomes) {
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { name: 'ConflictError' },
      })
    }
  })

  test('that make the next version of one task: lineage does not fork', async () => {
    const pair = [await open(), await open()]
    await pair[0]?.commit(withRound.slice(0, 2))
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) =>
        pair[i % 2]?.commit([
          { kind: 'insert-model', model: aModel('digits', 2, { origin: anOriginOf(aRoundId()) }) },
        ]),
      ),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        expect(String(outcome.reason)).toContain('was made from version 1, but the newest is version 2')
    expect((await pair[0]?.models.latest(aTaskId()))?.version).toBe(aVersion(2))
  })
})

test('more commits and reads than there are connections wait for their turn', async () => {
  const store = await open({ poolSize: 1 })
  const keys = Array.from({ length: 60 }, (_, i) => `${i}`)
  await Promise.all(keys.map((key) => store.commit([reply(key)])))
  const replies = await Promise.all(keys.map((key) => store.reply(aReply().scope, key)))
  expect(replies.map((found) => found?.key)).toEqual(keys)
})

test('a commit of hundreds of members is a handful of messages to the server', async () => {
  const store = await open()
  await store.commit(withRound)
  const connections = openConnections({ url: subject.url, schema: subject.schema, poolSize: 1 })
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: connections.reading }) })
  const changes: Change[] = [
    { kind: 'save-round', round: aTraining() },
    ...Array.from({ length: 500 }, (_, i): Change => ({ kind: 'save-member', member: anInvited(i) })),
    { kind: 'append-audit', entry: anEntry() },
  ]
  let messages = 0
  await connections.use(({ run, ...connection }) => {
    const counted = {
      ...connection,
      run(query: Query) {
        messages += 1
        return run(query)
      },
    }
    const lockChain = CompiledQuery.raw('select 1')
    return writeChanges(counted, { db, writers: { kind: 'many', lockChain } }, changes)
  })
  expect(messages).toBe(5)
  expect(await store.members.ofRound(aRoundId())).toHaveLength(500)
  await connections.close()
})

test('JSON is kept byte for byte', async () => {
  const store = await open()
  const metrics = { 'line\u0000nul \u001a "quoted" \\ back': 0.1 }
  await store.commit(withRound)
  const received = aReceived(1)
  if (received.status !== 'received') throw new Error('expected a receipt')
  const odd = { ...received, receipt: { ...received.receipt, metrics } }
  await store.commit([{ kind: 'save-member', member: odd }])
  expect(await subject.ask('select state from members')).toEqual([{ state: JSON.stringify(odd) }])
})

describe('a destroyed round key', () => {
  test('leaves no row and, once vacuumed, no page in its table', async () => {
    await (await open()).commit(withRound)
    const destroyed = async () => {
      const store = await open()
      await store.commit([{ kind: 'insert-round-key', key: aRoundKey() }])
      await store.commit([{ kind: 'destroy-round-key', round: aRoundId() }])
      expect(await store.roundKey(aRoundId())).toBeUndefined()
      await store.close()
      return subject.ask<{ bytes: number }>("select pg_relation_size('round_keys')::int as bytes")
    }
    // A transaction of another test may still be able to see the row: then a later vacuum takes it too.
    for (let left = 20; (await destroyed())[0]?.bytes !== 0; left--)
      if (left === 0) throw new Error('the table of keys still holds a page')
  })
})
