import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { aSchema, type SchemaUnderTest } from '../adapters/postgres/schema-under-test.ts'
import { coordinatorIdOf } from '../crypto/own-key.ts'
import { secretOf } from '../settings/secret.ts'
import type { StorageOptions } from '../settings/storage-settings.ts'
import { openStorage } from '../storage.ts'

let folder: string
let server: SchemaUnderTest
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-claim-'))
  server = await aSchema()
})
afterEach(async () => {
  await rm(folder, { recursive: true })
  await server.drop()
})

const at = (name: string) => join(folder, name)

const aKey = async (name: string, byte: number) => {
  const key = new Uint8Array(32).fill(byte)
  await writeFile(at(name), key, { mode: 0o600 })
  return { keyFile: at(name), id: coordinatorIdOf(key) }
}

const inFile = (keyFile: string): StorageOptions => ({
  folder: at('data'),
  database: { kind: 'sqlite' },
  blobs: { kind: 'files' },
  keyFile,
})

const inServer = (name: string, keyFile = at(`${name}/coordinator.key`)): StorageOptions => ({
  folder: at(name),
  database: {
    kind: 'postgres',
    url: secretOf(inject('postgresUrl')),
    shown: 'postgres://test',
    schema: server.schema,
  },
  blobs: { kind: 'folder', path: at('blobs') },
  keyFile,
})

const open = (options: StorageOptions) => openStorage(options, { fault() {} })
const refusalOf = (options: StorageOptions) =>
  open(options).then(
    async ({ close }) => {
      await close()
      return 'it opened'
    },
    (error: Error) => error.message,
  )

describe('tables are served under the key of the coordinator that they are of', () => {
  test('in SQLite: a key that was replaced is refused by name, and the folder is let go', async () => {
    const [one, other] = [await aKey('one', 1), await aKey('other', 2)]
    await (await open(inFile(one.keyFile))).close()
    for (let attempt = 0; attempt < 2; attempt++)
      expect(await refusalOf(inFile(other.keyFile))).toBe(
        `the tables are of ${one.id}, and ${other.keyFile} is the key of ${other.id}: put the key of ${one.id} in its place`,
      )
    const again = await open(inFile(one.keyFile))
    expect(await again.store.identity()).toBe(one.id)
    await again.close()
  })

  test('in SQLite: a key that is gone is not made anew', async () => {
    const one = await aKey('one', 1)
    await (await open(inFile(one.keyFile))).close()
    expect(await refusalOf(inFile(at('gone')))).toContain(at('gone'))
    expect(await refusalOf(inFile(one.keyFile))).toBe('it opened')
  })

  test('in PostgreSQL: of two processes with keys of their own, the second does not serve', async () => {
    const [one, other] = [await aKey('one', 1), await aKey('other', 2)]
    const first = await open(inServer('first', one.keyFile))
    expect(await refusalOf(inServer('second', other.keyFile))).toContain(`the tables are of ${one.id}`)
    const second = await open(inServer('second', one.keyFile))
    await second.close()
    await first.close()
  })

  test('in PostgreSQL: two that start for the first time at once, with one key file, both serve', async () => {
    const started = await Promise.all(
      ['first', 'second'].map((name) => open(inServer(name, at('shared/coordinator.key')))),
    )
    for (const { close } of started) await close()
  })

  test('in PostgreSQL: of two that make their keys at the same first start, one serves', async () => {
    const started = await Promise.allSettled(['first', 'second'].map((name) => open(inServer(name))))
    const serving = started.filter((outcome) => outcome.status === 'fulfilled')
    expect(serving).toHaveLength(1)
    expect(started.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { message: expect.stringMatching(/tables are of coordinator-|key .* is missing/) },
    })
    for (const { value } of serving) await value.close()
  })
})
