/** The commands on PostgreSQL and a bucket, from SQLite and back. */
import { randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest'
import { startCoordinatorProcess } from '../fleet/coordinator-process.ts'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { operatorOf } from '../fleet/operator.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { tributary, tributaryJson } from '../fleet/tributary-command.ts'
import { openS3Gateway, type S3Gateway } from './s3-gateway.ts'
import { openS3Server, type S3Server } from './s3-server.ts'

// Every command is a process of its own.
vi.setConfig({ testTimeout: 120_000 })

let server: S3Server
let gateway: S3Gateway
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let bucket: string
let database: string
beforeAll(async () => {
  server = await openS3Server()
  gateway = await openS3Gateway(server.url)
})
afterAll(async () => {
  await gateway.close()
  await server.close()
})
beforeEach(async () => {
  folder = await temporaryFolder()
  gateway.happens = () => undefined
  bucket = await server.bucket()
  const address = new URL(inject('postgresUrl'))
  address.searchParams.set('schema', `operating_${randomBytes(6).toString('hex')}`)
  database = address.href
})
afterEach(() => folder[Symbol.asyncDispose]())

const at = (name: string) => join(folder.path, name)
/** PostgreSQL, and what opens the bucket. */
const secrets = () => ({
  env: {
    TRIBUTARY_DATABASE: database,
    TRIBUTARY_S3_ACCESS_KEY_ID: server.credentials.accessKeyId,
    TRIBUTARY_S3_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
  },
})
const inBucket = () => [
  ...['--blobs', `s3://${bucket}/fl`, '--s3-endpoint', gateway.url, '--s3-region', 'us-east-1'],
  ...['--key-file', at('live/coordinator.key')],
]
const shared = () => [...inBucket(), '--data', at('shared')]

const linesOf = async (backup: string) =>
  (await readFile(at(`${backup}/tables.jsonl`), 'utf8')).trimEnd().split('\n')

/** A coordinator on SQLite and files that has a task with weights, and a backup of it. */
const aBackup = async () => {
  const running = await startCoordinatorProcess({ folder: at('live') })
  const operator = operatorOf(running.url, running.firstAdminToken ?? '')
  await operator.createTask(lineTask({ clients: 1 }))
  const weights = await operator.weights('line', 1)
  await running.stop()
  await tributaryJson(['backup', at('backup'), '--data', at('live')])
  return { weights, token: running.firstAdminToken ?? '' }
}

test('a coordinator moves from SQLite and files to PostgreSQL and a bucket, is operated there, and moves back', async () => {
  const { weights, token } = await aBackup()
  const on = secrets()
  const restored = await tributaryJson(['restore', at('backup'), ...shared()], 0, on)
  expect(restored).toMatchObject({ key: 'fits', abandoned: [] })
  expect(await readdir(folder.path)).not.toContain('shared')

  const { findings } = Object(await tributaryJson(['doctor', '--deep', '--port', '0', ...shared()], 0, on))
  for (const check of ['server', 'bucket', 'blobs', 'audit', 'key'])
    expect(findings).toContainEqual(expect.objectContaining({ check, verdict: 'ok' }))

  const running = await startCoordinatorProcess({ folder: at('shared'), flags: inBucket(), ...on })
  expect(running.firstAdminToken).toBeUndefined()
  expect(await operatorOf(running.url, token).weights('line', 1)).toEqual(weights)
  const orphan = `fl/models/${'ab'.repeat(32)}`
  await server.put(bucket, orphan, new Uint8Array(100))
  const sweep = ['retention', '--grace-hours', '0', ...shared()]
  expect(await tributaryJson([...sweep, '--dry-run'], 0, on)).toMatchObject({ blobs: [{ bytes: 100 }] })
  expect(await server.keys(bucket)).toContain(orphan)
  expect(await tributaryJson(sweep, 0, on)).toMatchObject({ blobs: [{ bytes: 100, of: [] }] })
  expect(await server.keys(bucket)).not.toContain(orphan)
  await tributaryJson(['backup', at('second'), ...shared()], 0, on)
  await running.stop()
  expect(await tributaryJson(['audit', 'verify', ...shared()], 0, on)).toMatchObject({ intact: true })

  await tributaryJson([
    'restore',
    at('second'),
    '--data',
    at('home'),
    '--key-file',
    at('live/coordinator.key'),
  ])
  await tributaryJson(['backup', at('third'), '--data', at('home'), '--key-file', at('live/coordinator.key')])
  const [second, third] = [await linesOf('second'), await linesOf('third')]
  expect(third.slice(0, second.length)).toEqual(second)
  expect(third.slice(second.length).map((line) => JSON.parse(line).record.action)).toEqual([
    'backup.restored',
  ])
  const home = await startCoordinatorProcess({
    folder: at('home'),
    flags: ['--key-file', at('live/coordinator.key')],
  })
  expect(await operatorOf(home.url, token).weights('line', 1)).toEqual(weights)
  await home.stop()
})

test('a restore that fails leaves no table filled, and can be done again', async () => {
  await aBackup()
  const on = secrets()
  gateway.happens = ({ method }) => (method === 'PUT' ? { kind: 'answer', status: 403 } : undefined)
  const failed = await tributary(['restore', at('backup'), ...shared()], on)
  expect(failed).toMatchObject({ code: 1, err: expect.stringContaining('Nothing was restored.') })
  gateway.happens = () => undefined
  await tributaryJson(['restore', at('backup'), ...shared()], 0, on)

  const twice = await tributary(['restore', at('backup'), ...shared()], on)
  expect(twice).toMatchObject({ code: 1, err: expect.stringContaining('is not empty') })
})

test('a restore onto PostgreSQL and files leaves the folder where it was not, when the tables cannot be filled', async () => {
  await aBackup()
  const on = secrets()
  const files = ['--data', at('files'), '--key-file', at('live/coordinator.key')]
  await writeFile(at('backup/tables.jsonl'), `${(await linesOf('backup')).slice(1).join('\n')}\n`)
  expect((await tributary(['restore', at('backup'), ...files], on)).code).toBe(1)
  expect((await readdir(folder.path)).filter((name) => name.startsWith('files'))).toEqual([])
  await tributaryJson(['backup', at('whole'), '--data', at('live')])
  await tributaryJson(['restore', at('whole'), ...files], 0, on)
  const { sound } = Object(await tributaryJson(['doctor', '--deep', '--port', '0', ...files], 0, on))
  expect(sound).toBe(true)
})
