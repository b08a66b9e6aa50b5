import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@tributary/protocols/runtime'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { aModel, aRoundKey, aSelecting, aTask, aTaskId } from '../adapters/contracts/arrange.ts'
import { openPostgresStore } from '../adapters/postgres/postgres-store.ts'
import { aSchema, type SchemaUnderTest } from '../adapters/postgres/schema-under-test.ts'
import { loadServer } from '../config.ts'
import { coordinatorIdOf } from '../crypto/own-key.ts'
import { createLogger } from '../http/logger.ts'
import { examine } from '../operate/doctor/doctor.ts'
import type { Store } from '../ports/store.ts'
import { serve } from '../serve.ts'
import { run, runJson } from './command-line.builders.ts'

let folder: string
let server: SchemaUnderTest
let store: Store
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-doctor-'))
  server = await aSchema()
  const key = new Uint8Array(32).fill(1)
  await writeFile(join(folder, 'key'), key, { mode: 0o600 })
  store = await openPostgresStore(server)
  await store.commit([{ kind: 'insert-identity', coordinator: coordinatorIdOf(key) }])
})
afterEach(async () => {
  await store.close()
  await server.drop()
  await rm(folder, { recursive: true })
})

const flags = () => {
  const address = new URL(inject('postgresUrl'))
  address.searchParams.set('schema', server.schema)
  return [
    ...['--database', address.href, '--blobs', `file://${folder}/blobs`],
    ...['--data', join(folder, 'data'), '--key-file', join(folder, 'key'), '--port', '0'],
  ]
}

/** Findings as the command has them, with this machine's clock so far behind. */
const findings = async ({ behindMs = 0 } = {}): Promise<string[]> => {
  const { config } = loadServer({ env: {}, args: flags() }, [])
  const clock = systemClock()
  const found = await examine({
    config,
    clock: {
      now: () => clock.now() - behindMs,
      wakeAt: (at, wake) => clock.wakeAt(at + behindMs, wake),
    },
    monotonicMs: () => performance.now(),
    nodeVersion: process.versions.node,
    natives: {},
    depth: 'quick',
  })
  return found.map(({ verdict, check, says }) => `${verdict} ${check}: ${says}`)
}

test('a sound server is found sound: reachable, durable, at the newest schema, with its clock beside ours', async () => {
  const { sound, findings } = Object(await runJson(['doctor', ...flags()]))
  expect(sound).toBe(true)
  for (const check of ['server', 'clock', 'database', 'key', 'keys', 'rounds', 'blobs', 'audit'])
    expect(findings).toContainEqual(expect.objectContaining({ check, verdict: 'ok' }))
  const { says } = Object(findings).find(({ check }: { check: string }) => check === 'server')
  expect(says).toMatch(
    /^PostgreSQL \d+.*: fsync on, synchronous_commit on, full_page_writes on, data_checksums/,
  )
})

test('a coordinator that answers on the port is no obstacle, though it has locked no folder; a stranger is one', async () => {
  const { config } = loadServer({ env: {}, args: flags() }, [])
  const logger = createLogger({ level: 'silent' })
  const running = await serve({ ...config, logger })
  const { port } = new URL(running.url)
  const beside = await run('doctor', ...flags(), '--port', port)
  expect(beside.out).toContain(`http://127.0.0.1:${port}/readyz says it is ready`)
  expect(beside.code).toBe(0)
  await running.close()

  await using stranger = createServer((_, response) => response.writeHead(404).end())
  await new Promise<void>((listens) => stranger.listen(Number(port), '127.0.0.1', listens))
  const other = await run('doctor', ...flags(), '--port', port)
  expect(other.out).toContain(`127.0.0.1:${port} cannot be listened on: EADDRINUSE`)
  expect(other.code).toBe(1)
})

describe('it finds', () => {
  test('no server, and says where it looked without its password', async () => {
    const { code, out } = await run('doctor', '--database', 'postgres://fl:hunter2@127.0.0.1:1/fl')
    expect(code).toBe(1)
    expect(out).toMatch(/fail server {4}asking the server: PostgreSQL cannot be reached/)
    expect(out).not.toContain('hunter2')
  })

  test.each([
    [500, 'ok'],
    [3_000, 'warn'],
    [60_000, 'fail'],
  ])('a clock that is %i ms apart from the server’s: %s', async (behindMs, verdict) => {
    const says = (await findings({ behindMs })).filter((line) => line.includes("the server's clock is"))
    expect(says).toEqual([expect.stringMatching(new RegExp(`^${verdict} clock: .*ahead of this machine's$`))])
  })

  test('who drives what, and a round that nobody drives any more', async () => {
    await store.commit([
      { kind: 'insert-task', task: aTask() },
      { kind: 'insert-task', task: aTask('faces') },
      { kind: 'insert-model', model: aModel() },
      { kind: 'insert-round', round: aSelecting() },
    ])
    await store.leases.take({ task: aTaskId('faces'), holder: 'ada', forMs: 60_000 })
    await store.leases.take({ task: aTaskId(), holder: 'bob', forMs: 60_000 })
    const leases = async () => (await findings()).filter((line) => line.includes(' leases: '))
    expect(await leases()).toEqual([
      expect.stringMatching(/^ok leases: digits is driven by bob, for \d+ s more$/),
      expect.stringMatching(/^ok leases: faces is driven by ada, for \d+ s more$/),
    ])
    await server.ask("update leases set expires_at = expires_at - 90000 where task = 'digits'")
    expect((await leases())[0]).toMatch(
      /^warn leases: the lease of digits of bob ran out \d+ s ago, and a round of it is not done$/,
    )
    await server.ask("update leases set holder = null where task in ('digits', 'faces')")
    expect(await leases()).toEqual([
      'warn leases: the lease of digits was let go, and a round of it is not done',
    ])
  })

  test('a key of a round that the own key does not open', async () => {
    await store.commit([
      { kind: 'insert-task', task: aTask() },
      { kind: 'insert-model', model: aModel() },
      { kind: 'insert-round', round: aSelecting() },
      { kind: 'insert-round-key', key: aRoundKey() },
    ])
    expect(await findings()).toContain('fail keys: the own key does not open the key of digits.1')
  })

  test('tables of another coordinator, and of a newer program', async () => {
    await server.ask("update identity set coordinator = 'coordinator-2'")
    expect(await findings()).toContainEqual(
      expect.stringMatching(/^fail key: .* the data are of coordinator-2$/),
    )
    await server.ask("insert into schema_version values (99, 'later')")
    const later = await findings()
    expect(later).toContainEqual(expect.stringContaining('fail database: schema version 99'))
    expect(later).toContainEqual(expect.stringContaining('fail tables: '))
  })
})

test('the audit log is verified on the server, and what was changed is named', async () => {
  for (const action of ['one', 'two', 'three'])
    await store.commit([
      { kind: 'append-audit', entry: { at: 1, actor: 'ada', action, subject: 'digits', detail: {} } },
    ])
  const storage = flags().slice(0, -2)
  expect(await runJson(['audit', 'verify', ...storage])).toMatchObject({
    intact: true,
    head: { sequence: 3 },
  })
  await server.ask("update audit set actor = 'nobody' where sequence = 2")
  expect(await runJson(['audit', 'verify', ...storage], 1)).toMatchObject({
    broken: { sequence: 2, reason: 'altered' },
  })
})
