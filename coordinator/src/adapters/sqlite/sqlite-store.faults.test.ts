import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { systemClock } from '@tributary/protocols/runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StorageError } from '../../faults/storage.ts'
import type { Change, Store } from '../../ports/store.ts'
import {
  aModel,
  anAbandoned,
  anEntry,
  anOperatorToken,
  aReceived,
  aReply,
  aRoundId,
  aRoundKey,
  aTask,
  aTaskId,
  aTraining,
} from '../contracts/arrange.ts'
import { openDatabase, wrapDatabase } from './database.ts'
import { MIGRATIONS, migrate } from './migrations.ts'
import { openSqliteStore, storeOver } from './sqlite-store.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-store-'))
  path = join(folder, 'tributary.db')
})
afterEach(() => rm(folder, { recursive: true }))

const aReplyOf = (bytes: number, key: string): Change => ({
  kind: 'insert-reply',
  reply: aReply({ key, resource: 'x'.repeat(bytes) }),
})

describe('opening', () => {
  test('is refused for a schema newer than this program, which says so', async () => {
    await (await openSqliteStore({ path })).close()
    const sqlite = new DatabaseSync(path)
    sqlite.exec("insert into schema_version (version, name) values (99, 'from the future')")
    sqlite.close()
    await expect(openSqliteStore({ path })).rejects.toThrow(
      /schema version 99, this program knows versions up to \d+: run the newer program/,
    )
  })

  test("is refused for another program's database, which is left as it was", async () => {
    const sqlite = new DatabaseSync(path)
    sqlite.exec('create table recipes (name text)')
    await expect(openSqliteStore({ path })).rejects.toThrow("another program's tables")
    expect(sqlite.prepare('select name from sqlite_schema').all()).toEqual([{ name: 'recipes' }])
    sqlite.close()
  })

  test('is refused for a file that is no database, and for a folder that is not there', async () => {
    await writeFile(path, randomBytes(8_192))
    await expect(openSqliteStore({ path })).rejects.toThrow(StorageError)
    await expect(openSqliteStore({ path })).rejects.toThrow(path)
    const nowhere = join(folder, 'missing', 'tributary.db')
    await expect(openSqliteStore({ path: nowhere })).rejects.toThrow(`making the database ${nowhere}: ENOENT`)
  })

  test('sets what durability and secrecy rest on', async () => {
    const { sqlite } = openDatabase(path)
    const pragma = (name: string) => Object.values(sqlite.prepare(`pragma ${name}`).get() ?? {})[0]
    expect(
      ['journal_mode', 'synchronous', 'foreign_keys', 'secure_delete', 'busy_timeout'].map(pragma),
    ).toEqual(['wal', 2, 1, 1, 5_000])
    sqlite.close()
  })
})

test('the database and what lies beside it are open to its user alone', async () => {
  const store = await openSqliteStore({ path })
  await store.commit([{ kind: 'insert-task', task: aTask() }])
  for (const name of await readdir(folder))
    expect([name, (await stat(join(folder, name))).mode & 0o777]).toEqual([name, 0o600])
  expect(await readdir(folder)).toContain('tributary.db-wal')
  await store.close()
})

describe('migrations', () => {
  const steps = [
    { name: 'one', sql: 'create table one (a) strict' },
    { name: 'two', sql: 'create table two (a any) strict' },
  ].map(({ name, sql }) => ({ name, sql: sql.replace('(a)', '(a any)') }))

  const tablesOf = (sqlite: DatabaseSync) =>
    sqlite
      .prepare("select name from sqlite_schema where type = 'table' order by name")
      .all()
      .map(({ name }) => name)

  test('run once each, in order, also when they are added later', () => {
    const sqlite = new DatabaseSync(path)
    migrate(sqlite, steps.slice(0, 1))
    migrate(sqlite, steps)
    migrate(sqlite, steps)
    expect(tablesOf(sqlite)).toEqual(['one', 'schema_version', 'two'])
    expect(sqlite.prepare('select * from schema_version').all()).toEqual([
      { version: 1, name: 'one' },
      { version: 2, name: 'two' },
    ])
    sqlite.close()
  })

  test('take up a database of any version that was released, with what is in it', async () => {
    for (let version = 1; version <= MIGRATIONS.length; version++) {
      const file = join(folder, `version-${version}.db`)
      const sqlite = new DatabaseSync(file)
      migrate(sqlite, MIGRATIONS.slice(0, version))
      sqlite.exec(`insert into replies values ('scope', 'key', 'request', 'version ${version}', 0)`)
      sqlite.close()
      const store = await openSqliteStore({ path: file })
      expect((await store.reply('scope', 'key'))?.resource).toBe(`version ${version}`)
      await store.commit([{ kind: 'insert-task', task: aTask() }])
      expect(await store.leases.take({ task: aTaskId(), holder: 'ada', forMs: 1 })).toBeDefined()
      await store.close()
    }
  })

  test('that fail half-way leave the version before them', () => {
    const sqlite = new DatabaseSync(path)
    const broken = {
      name: 'broken',
      sql: 'create table three (a any) strict; insert into nowhere values (1)',
    }
    expect(() => migrate(sqlite, [...steps, broken])).toThrow('nowhere')
    expect(tablesOf(sqlite)).toEqual(['one', 'schema_version', 'two'])
    expect(sqlite.isTransaction).toBe(false)
    migrate(sqlite, steps)
    sqlite.close()
  })
})

describe('the schema itself', () => {
  let sqlite: DatabaseSync
  beforeEach(async () => {
    const store = await openSqliteStore({ path })
    await store.commit([
      { kind: 'insert-task', task: aTask() },
      { kind: 'insert-model', model: aModel() },
      { kind: 'insert-model', model: aModel('digits', 2) },
      { kind: 'save-round', round: aTraining() },
    ])
    await store.close()
    sqlite = new DatabaseSync(path)
  })
  afterEach(() => sqlite.close())

  test.each([
    [
      'a fork of the models',
      "insert into models select task, 3, 1, 'd', 1, 'a', '{}', 0 from models limit 1",
    ],
    [
      'a second first model',
      "insert into models select task, 3, null, 'd', 1, 'a', '{}', 0 from models limit 1",
    ],
    [
      'a model before its parent',
      "insert into models select task, 1, 2, 'd', 1, 'a', '{}', 0 from models limit 1",
    ],
    ['a second open round', "insert into rounds values ('digits.2', 'digits', 2, 'selecting', 0, '{}', 1)"],
    [
      'a round of another number',
      "insert into rounds values ('digits.3', 'digits', 2, 'completed', 1, '{}', 1)",
    ],
    ['a round twice', "insert into rounds values ('digits.1', 'digits', 1, 'completed', 1, '{}', 1)"],
    ['a round of no task', "insert into rounds values ('x.1', 'x', 1, 'completed', 1, '{}', 1)"],
    ['a member of no round', "insert into members values ('digits.9', 'c', 'invited', '{}')"],
    ['a task with rounds deleted', "delete from tasks where id = 'digits'"],
    ['text for a time', "update tasks set created_at = 'yesterday'"],
  ])('does not allow %s', (_, sql) => {
    expect(() => sqlite.exec(sql)).toThrow(/constraint failed|cannot store TEXT/)
  })
})

describe('a damaged row', () => {
  const damage = (sql: string) => {
    const sqlite = new DatabaseSync(path)
    sqlite.exec(sql)
    sqlite.close()
  }
  let store: Store
  beforeEach(async () => {
    store = await openSqliteStore({ path })
    await store.commit([
      { kind: 'insert-task', task: aTask() },
      { kind: 'insert-model', model: aModel() },
      { kind: 'insert-round', round: aTraining() },
      { kind: 'save-member', member: aReceived(7) },
      { kind: 'insert-token', token: anOperatorToken() },
      { kind: 'append-audit', entry: anEntry() },
    ])
  })
  afterEach(() => store.close())

  test.each<[string, string, (store: Store) => Promise<unknown>]>([
    ["update tasks set file = '{'", 'tasks digits', (s) => s.tasks.get(aTaskId())],
    ["update tasks set file = replace(file, 'linear', '')", 'tasks digits', (s) => s.tasks.get(aTaskId())],
    ["update tasks set status = 'asleep'", 'tasks digits', (s) => s.tasks.list({ limit: 1 })],
    ["update rounds set state = '{}'", 'rounds digits.1', (s) => s.rounds.unsettled()],
    [
      "update members set state = replace(state, 'sha256:', 'md5:')",
      `members digits.1 c-${'7'.padStart(32, '0')}`,
      (s) => s.members.ofRound(aRoundId()),
    ],
    ["update models set origin = 'null'", 'models digits 1', (s) => s.models.latest(aTaskId())],
    ["update tokens set role = 'emperor'", 'tokens tok-ada', (s) => s.tokens.list()],
    ["update audit set detail = '[]'", 'audit 1', (s) => s.audit({ limit: 1 })],
  ])('%s: is a fault that names %s', async (sql, which, read) => {
    await read(store)
    damage(sql)
    const failure: unknown = await read(store).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(StorageError)
    expect(String(failure)).toContain(`the row "${which}" is damaged`)
  })
})

describe('a full disk', () => {
  test('fails what does not fit, keeps what does, and says that it is full', async () => {
    const sqlite = new DatabaseSync(path)
    migrate(sqlite)
    sqlite.exec('pragma journal_mode = wal; pragma max_page_count = 120')
    const store = storeOver({ database: wrapDatabase(sqlite), clock: systemClock(), soon: setImmediate })
    const outcomes = await Promise.allSettled([
      store.commit([aReplyOf(1_000, 'small')]),
      store.commit([aReplyOf(100_000, 'half-1'), aReplyOf(1_000_000, 'large')]),
      store.commit([aReplyOf(1_000, 'small too')]),
      store.commit([{ kind: 'spend-token', id: 'nobody' }]),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected'])
    expect(outcomes[1]).toMatchObject({ reason: { name: 'StorageError', full: true } })
    expect(outcomes[3]).toMatchObject({ reason: { name: 'ConflictError' } })
    const keys = sqlite.prepare('select key from replies order by key').all()
    expect(keys).toEqual([{ key: 'small' }, { key: 'small too' }])
    await store.commit([aReplyOf(10, 'after')])
    await store.close()
  })

  test('that is real loses nothing acknowledged, and space freed is used again', async (context) => {
    const run = promisify(execFile)
    try {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder])
    } catch {
      return context.skip('mounting a small disk takes rights that this process does not have')
    }
    try {
      await writeFile(join(folder, 'ballast'), randomBytes(300_000))
      let store = await openSqliteStore({ path })
      let kept = 0
      const fill = async () => {
        for (; ; kept++) await store.commit([aReplyOf(20_000, `${kept}`)])
      }
      await expect(fill()).rejects.toMatchObject({ name: 'StorageError', full: true })
      expect(kept).toBeGreaterThan(5)
      await rm(join(folder, 'ballast'))
      await store.commit([aReplyOf(1_000, 'after')])
      await store.close()
      store = await openSqliteStore({ path })
      for (const key of [...Array(kept).keys(), 'after'])
        expect(await store.reply(aReply().scope, `${key}`), `reply ${key}`).toBeDefined()
      await store.close()
    } finally {
      await run('umount', [folder])
    }
  })
})

describe('a destroyed round key', () => {
  const onDisk = async (secret: Uint8Array) => {
    for (const name of await readdir(folder))
      if ((await readFile(join(folder, name))).includes(Buffer.from(secret))) return true
    return false
  }
  const withKey = async (store: Store) => {
    const key = aRoundKey()
    await store.commit([
      { kind: 'insert-task', task: aTask() },
      { kind: 'insert-model', model: aModel() },
      { kind: 'insert-round', round: aTraining() },
      { kind: 'insert-round-key', key },
    ])
    return key
  }
  const settled: Change[] = [
    { kind: 'save-round', round: anAbandoned('digits', 1, 'owed') },
    { kind: 'destroy-round-key', round: aRoundId() },
  ]

  test('is in no file once that is committed, neither in the database nor in its log', async () => {
    const store = await openSqliteStore({ path })
    const { sealedSecret } = await withKey(store)
    expect(await onDisk(sealedSecret)).toBe(true)
    await store.commit(settled)
    expect(await onDisk(sealedSecret)).toBe(false)
    await store.close()
  })

  test('that a reader kept in the log is gone at the next start', async () => {
    const store = await openSqliteStore({ path })
    const { sealedSecret } = await withKey(store)
    const reader = new DatabaseSync(path)
    reader.exec('begin; select count(*) from rounds')
    const began = performance.now()
    await store.commit(settled)
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(await store.roundKey(aRoundId())).toBeUndefined()
    expect(await onDisk(sealedSecret)).toBe(true)
    reader.close()
    const next = await openSqliteStore({ path })
    expect(await onDisk(sealedSecret)).toBe(false)
    await next.close()
    await store.close()
  })
})

test('while another process writes, a commit waits; when that takes too long it is a fault, and not a full disk', async () => {
  const store = await openSqliteStore({ path })
  await store.close()
  const database = openDatabase(path)
  const subject = storeOver({ database, clock: systemClock(), soon: setImmediate })
  database.sqlite.exec('pragma busy_timeout = 30')
  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  const attempts = [1, 2, 3].map((n) => subject.commit([aReplyOf(1, `${n}`)]))
  for (const attempt of attempts)
    await expect(attempt).rejects.toMatchObject({ name: 'StorageError', full: false, message: /locked/ })
  other.exec('rollback')
  await subject.commit([aReplyOf(1, 'free')])
  other.close()
  await subject.close()
})

describe('a group of commits', () => {
  const counted = () => {
    let transactions = 0
    class Counting extends DatabaseSync {
      override exec(sql: string) {
        if (sql === 'commit') transactions++
        super.exec(sql)
      }
    }
    const sqlite = new Counting(path)
    migrate(sqlite)
    transactions = 0
    return {
      store: storeOver({ database: wrapDatabase(sqlite), clock: systemClock(), soon: setImmediate }),
      transactions: () => transactions,
    }
  }

  test('issued together is one transaction', async () => {
    const { store, transactions } = counted()
    await Promise.all(Array.from({ length: 100 }, (_, i) => store.commit([aReplyOf(1, `${i}`)])))
    expect(transactions()).toBe(1)
    await store.close()
  })

  test('too large for one is several, and others get their turn between', async () => {
    const { store, transactions } = counted()
    const large = (name: string) => Array.from({ length: 1_200 }, (_, i) => aReplyOf(1, `${name}${i}`))
    const order: string[] = []
    const commits = ['a', 'b', 'c'].map((name) => store.commit(large(name)).then(() => order.push(name)))
    const between = new Promise((resolve) => setImmediate(() => setImmediate(resolve))).then(() =>
      order.push('other'),
    )
    await Promise.all([...commits, between])
    expect(transactions()).toBe(3)
    expect(order.indexOf('other')).toBeLessThan(order.indexOf('c'))
    await store.close()
  })
})

describe('a process that is killed', () => {
  const children: ChildProcess[] = []
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })

  test('leaves every commit it was told of, and no half of any', async () => {
    let acknowledged = 0
    for (let life = 0; life < 3; life++) {
      const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', WRITER], {
        env: {
          STORE: new URL('./sqlite-store.ts', import.meta.url).href,
          ARRANGE: new URL('../contracts/arrange.ts', import.meta.url).href,
          FILE: path,
          LIFE: `${life}`,
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      children.push(child)
      let said = ''
      const enough = new Promise<void>((resolve) => {
        child.stdout.on('data', (text: Buffer) => {
          said += text
          if (said.length > 400 * (life + 1)) resolve()
        })
      })
      await enough
      child.kill('SIGKILL')
      await once(child, 'close')
      const told = said.split('\n').slice(0, -1)
      acknowledged += told.length

      const store = await openSqliteStore({ path })
      for (const key of told)
        expect(await store.reply(`${life}`, key), `life ${life}, commit ${key}`).toBeDefined()
      await store.close()
      const sqlite = new DatabaseSync(path)
      const halves = sqlite
        .prepare('select count(*) as rows, count(distinct key) as keys from replies where scope in (?, ?)')
        .get(`${life}`, `${life} again`)
      expect(halves).toEqual({ rows: 2 * Number(halves?.keys), keys: halves?.keys })
      sqlite.close()
    }
    expect(acknowledged).toBeGreaterThan(300)
  })
})

const WRITER = `
const { openSqliteStore } = await import(process.env.STORE)
const { aReply } = await import(process.env.ARRANGE)
const store = await openSqliteStore({ path: process.env.FILE })
const scope = process.env.LIFE
for (let i = 0; ; i++)
  await Promise.all(
    ['a', 'b', 'c'].map(async (part) => {
      const key = i + part
      await store.commit([
        { kind: 'insert-reply', reply: aReply({ scope, key }) },
        { kind: 'insert-reply', reply: aReply({ scope: scope + ' again', key }) },
      ])
      console.log(key)
    }),
  )
`
