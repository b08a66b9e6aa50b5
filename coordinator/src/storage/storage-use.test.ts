import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { virtualClock } from '@tributary/protocols/runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openPostgresStore } from '../adapters/postgres/postgres-store.ts'
import { aSchema, type SchemaUnderTest } from '../adapters/postgres/schema-under-test.ts'
import { secretOf } from '../settings/secret.ts'
import { storageUse } from './storage-use.ts'

let folder: string
let clock: ReturnType<typeof virtualClock>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-use-'))
  clock = virtualClock(0)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('what is in the data folder', () => {
  beforeEach(async () => {
    for (const name of ['models', 'updates']) await mkdir(join(folder, name))
    await writeFile(join(folder, 'tributary.sqlite'), 'x'.repeat(100))
    await writeFile(join(folder, 'tributary.sqlite-wal'), 'x'.repeat(11))
    await writeFile(join(folder, 'models', 'm'), 'x'.repeat(20))
    await writeFile(join(folder, 'updates', 'u'), 'x'.repeat(3))
  })
  const use = () => storageUse({ folder, database: { kind: 'sqlite' }, blobs: { kind: 'files' } }, clock)

  test('is measured, and again only after a minute', async () => {
    const storage = use()
    expect(await storage.sizes()).toEqual({ databaseBytes: 111, modelBytes: 20, updateBytes: 3 })
    await writeFile(join(folder, 'models', 'm2'), 'x'.repeat(20))
    clock.advanceTo(59_999)
    expect(await storage.sizes()).toMatchObject({ modelBytes: 20 })
    clock.advanceTo(60_000)
    expect(await storage.sizes()).toMatchObject({ modelBytes: 40 })
    expect(storage).toMatchObject({
      database: 'SQLite, a file in the data folder',
      blobs: 'files in the data folder',
    })
    expect((await storage.room())?.freeBytes).toBeGreaterThan(0)
  })

  test('that is gone has no room that could be told', async () => {
    const storage = use()
    await rm(folder, { recursive: true })
    expect(await storage.room()).toBeNull()
    expect(await storage.sizes()).toEqual({ databaseBytes: 0, modelBytes: 0, updateBytes: 0 })
  })
})

describe('what is on a server and in a bucket', () => {
  let subject: SchemaUnderTest
  beforeEach(async () => {
    subject = await aSchema()
  })
  afterEach(() => subject.drop())

  const useOf = (url: string) =>
    storageUse(
      {
        folder,
        database: {
          kind: 'postgres',
          url: secretOf(url),
          shown: 'postgres://fl@db/fl',
          schema: subject.schema,
        },
        blobs: {
          kind: 's3',
          bucket: 'weights',
          prefix: '',
          endpoint: undefined,
          region: undefined,
          credentials: { accessKeyId: 'AKIA-hidden', secretAccessKey: secretOf('hidden') },
        },
      },
      clock,
    )

  test('is told as far as it can be, without a secret', async () => {
    await (await openPostgresStore({ url: subject.url, schema: subject.schema })).close()
    const storage = useOf(subject.url)
    const sizes = await storage.sizes()
    expect(sizes).toEqual({ databaseBytes: expect.any(Number), modelBytes: null, updateBytes: null })
    expect(sizes.databaseBytes).toBeGreaterThan(8_192)
    expect(await storage.room()).toBeNull()
    const words = `${storage.database} ${storage.blobs}`
    expect(words).toBe(`PostgreSQL, schema ${subject.schema} at postgres://fl@db/fl S3, bucket weights`)
    expect(words).not.toContain('hidden')
  })

  test('a server that does not answer leaves a gap, not a failure', async () => {
    const storage = useOf('postgres://nobody:nothing@127.0.0.1:1/none')
    expect(await storage.sizes()).toEqual({ databaseBytes: null, modelBytes: null, updateBytes: null })
  })
})
