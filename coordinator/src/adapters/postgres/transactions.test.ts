import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Connections, openConnections } from './connections.ts'
import { type CuttingProxy, cuttingProxy } from './cutting-proxy.ts'
import { aSchema, type SchemaUnderTest } from './schema-under-test.ts'
import { transact } from './transactions.ts'

let subject: SchemaUnderTest
let proxy: CuttingProxy
let connections: Connections
beforeAll(async () => {
  subject = await aSchema()
  await subject.ask(`create schema ${subject.schema}`)
  await subject.ask('create table notes (note text primary key)')
  proxy = await cuttingProxy(subject.url)
  connections = openConnections({ url: proxy.url, schema: subject.schema, poolSize: 3 })
})
afterAll(async () => {
  await connections.close()
  await proxy.close()
  await subject.drop()
})

const note = (text: string, more: { attempts?: string[]; resolveWithinMs?: number } = {}) =>
  transact({ connections, resolveWithinMs: more.resolveWithinMs ?? 10_000 }, async (connection) => {
    more.attempts?.push(text)
    await connection.run({ sql: 'insert into notes values ($1)', parameters: [text] })
  })
const isThere = async (text: string) =>
  (await subject.ask('select 1 from notes where note = $1', [text])).length === 1

test('a commit whose answer was lost is found to be saved, and is not written again', async () => {
  proxy.cutNext('after the commit')
  const attempts: string[] = []
  await note('answer lost', { attempts })
  expect(await isThere('answer lost')).toBe(true)
  expect(attempts).toHaveLength(1)
})

test('a commit that the server never heard of is a fault, and certainly not saved', async () => {
  proxy.cutNext('before the commit')
  const failure: unknown = await note('never heard').catch((error: unknown) => error)
  expect(failure).toMatchObject({ name: 'StorageError', uncertain: false, message: /nothing was saved/ })
  expect(await isThere('never heard')).toBe(false)
})

test('a transaction whose connection is lost before its commit is written once, on another', async () => {
  const attempts: string[] = []
  await transact({ connections }, async (connection) => {
    const { rows } = await connection.run({ sql: 'select pg_backend_pid() as pid', parameters: [] })
    attempts.push(JSON.stringify(rows))
    await connection.run({ sql: 'insert into notes values ($1)', parameters: ['killed once'] })
    if (attempts.length === 1)
      await subject.ask('select pg_terminate_backend(($1::json -> 0 ->> $2)::int)', [attempts[0], 'pid'])
    await connection.run({ sql: 'select 1', parameters: [] })
  })
  expect(await isThere('killed once')).toBe(true)
  expect(new Set(attempts).size).toBe(2)
})

test('transactions that lock each other out are both written in the end', async () => {
  await note('left')
  await note('right')
  const meeting = Promise.withResolvers<void>()
  let waiting = 0
  const both = (first: string, second: string) =>
    transact({ connections }, async (connection) => {
      const lock = (text: string) =>
        connection.run({ sql: 'select 1 from notes where note = $1 for update', parameters: [text] })
      await lock(first)
      waiting += 1
      if (waiting === 2) meeting.resolve()
      await meeting.promise
      await lock(second)
    })
  await Promise.all([both('left', 'right'), both('right', 'left')])
  expect(waiting).toBeGreaterThan(2)
})

test('what a statement says no to is not tried again', async () => {
  const attempts: string[] = []
  await note('twice')
  await expect(note('twice', { attempts })).rejects.toMatchObject({ name: 'StorageError', uncertain: false })
  expect(attempts).toHaveLength(1)
})

test('where the server cannot be asked what became of a commit, that is what the fault says', async () => {
  proxy.cutNext('after the commit')
  proxy.shutWithCut()
  const failure: unknown = await note('who knows', { resolveWithinMs: 400 }).catch((error: unknown) => error)
  expect(failure).toMatchObject({ name: 'StorageError', uncertain: true, message: /may have been saved/ })
  expect(await isThere('who knows')).toBe(true)
})
