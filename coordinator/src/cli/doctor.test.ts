import { chmod, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Finding } from '../operate/doctor/finding.ts'
import { isRefusal } from '../refusal.ts'
import type { RunningCoordinator } from '../serve.ts'
import { run, runJson } from './command-line.builders.ts'
import { ADMIN, aHome, aTask, type Home, tamper } from './data-folder.builders.ts'

let home: Home
let running: RunningCoordinator
beforeEach(async () => {
  home = await aHome()
  running = await home.serve()
  await running.coordinator.services.tasks.create(aTask(), ADMIN)
})
afterEach(() => home[Symbol.asyncDispose]())

const at = (name: string) => home.at(name)

const examine = async (code: number, ...more: string[]): Promise<Finding[]> =>
  Object(await runJson(['doctor', '--data', at('live'), '--port', new URL(running.url).port, ...more], code))
    .findings

/** What is not as it should be: `fail blobs: …`. */
const complaints = async (code: number, ...more: string[]) =>
  (await examine(code, ...more))
    .filter(({ verdict, check }) => verdict !== 'ok' && check !== 'natives' && check !== 'space')
    .map(({ verdict, check, says }) => `${verdict} ${check}: ${says}`)

const weightsFile = async () => {
  const model = await running.coordinator.services.models.list(aTask().id, { limit: 1 })
  if (isRefusal(model) || !model[0]) throw new Error('there is no model')
  const { digest } = model[0].weights
  return { digest, path: join(at('live/models'), digest.slice(7, 9), digest.slice(9)) }
}

test('beside a running coordinator it finds everything sound, and says who runs', async () => {
  const port = new URL(running.url).port
  const findings = await examine(0, '--port', port, '--deep')
  expect(findings.filter(({ verdict }) => verdict === 'fail')).toEqual([])
  expect(findings).toContainEqual(
    expect.objectContaining({
      check: 'running',
      says: expect.stringContaining(`process ${process.pid} on `),
    }),
  )
  expect(findings).toContainEqual({
    check: 'port',
    verdict: 'ok',
    says: `http://127.0.0.1:${port}/readyz says it is ready`,
  })
  for (const check of ['node', 'clock', 'settings', 'folder', 'key', 'database', 'rounds', 'blobs', 'audit'])
    expect(findings).toContainEqual(expect.objectContaining({ check, verdict: 'ok' }))
})

test('it changes nothing: not a file comes, goes or is written, with a coordinator or without', async () => {
  await running.close()
  const state = async () =>
    Promise.all(
      (await readdir(at('live'), { recursive: true }))
        .filter((name) => !name.endsWith('-shm') && !name.endsWith('-wal'))
        .toSorted()
        .map(async (name) => `${name} ${(await stat(at(`live/${name}`))).mtimeMs}`),
    )
  const before = await state()
  await examine(0, '--deep')
  expect(await state()).toEqual(before)
})

test('its words for people name what to do', async () => {
  await chmod(at('live'), 0o755)
  const { out } = await run('doctor', '--data', at('live'), '--port', '0')
  expect(out).toContain(
    `warn folder    ${at('live')} is open to others (mode 0755)\n               → chmod 700 ${at('live')}`,
  )
})

describe('it finds', () => {
  test('no data folder', async () => {
    const missing = ['--data', at('nothing')]
    const { code, out } = await run('doctor', '--port', '0', ...missing)
    expect(code).toBe(1)
    expect(out).toContain(`fail folder    ${at('nothing')} is not there`)
    expect(await readdir(at('.'))).toEqual(['live'])
  })

  test('a blob that is missing, one that was cut short, and in depth one that rotted', async () => {
    const { path, digest } = await weightsFile()
    const bytes = await readFile(path)
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    await writeFile(path, bytes)
    expect(await complaints(1, '--deep')).toEqual([
      expect.stringContaining(`fail blobs: ${digest} (line/models/1): `),
    ])
    await truncate(path, 10)
    expect(await complaints(1)).toEqual([expect.stringContaining('has 10 bytes, not ')])
    await rm(path)
    expect(await complaints(1)).toEqual([`fail blobs: ${digest} (line/models/1) is missing`])
  })

  test('a key that is missing, open to others, or another coordinator’s', async () => {
    const key = at('live/coordinator.key')
    await chmod(key, 0o644)
    expect(await complaints(1)).toEqual([expect.stringContaining('open to other users (mode 0644)')])
    await writeFile(key, new Uint8Array(32).fill(7))
    await chmod(key, 0o600)
    expect(await complaints(1)).toEqual([expect.stringMatching(/^fail key: .* the data are of coordinator-/)])
    await rm(key)
    expect(await complaints(1)).toEqual([`fail key: ${key} is not there`])
  })

  test('an audit log that was changed', async () => {
    tamper(at('live'), "update audit set actor = 'nobody' where sequence = 2")
    expect(await complaints(1)).toEqual(['fail audit: entry 2 is altered'])
  })

  test('a database that is another program’s, newer, or no database', async () => {
    await running.close()
    tamper(at('live'), "insert into schema_version values (99, 'later')")
    expect(await complaints(1)).toEqual([
      expect.stringContaining('fail database: schema version 99'),
      expect.stringContaining('fail tables: '),
    ])
    await writeFile(at('live/tributary.sqlite'), 'no database at all'.repeat(1_000))
    await rm(at('live/tributary.sqlite-wal'), { force: true })
    expect(await complaints(1)).toContainEqual(expect.stringContaining('file is not a database'))
  })

  test('a round whose deadline nobody acted on', async () => {
    await running.coordinator.services.rounds.trigger(aTask().id, ADMIN)
    await running.close()
    tamper(
      at('live'),
      "update rounds set state = json_set(state, '$.deadlineAt', json_extract(state, '$.deadlineAt') - 200000)",
    )
    expect(await complaints(0)).toEqual(['warn rounds: line.1 is selecting and its deadline has passed'])
  })

  test('a port that something else listens on', async () => {
    await running.close()
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('it has no port')
    try {
      expect(await complaints(1, '--port', String(address.port))).toEqual([
        `fail port: 127.0.0.1:${address.port} cannot be listened on: EADDRINUSE`,
      ])
    } finally {
      server.close()
    }
  })

  test('a name that a killed coordinator left is nobody who has the folder', async () => {
    await running.close()
    const left = { pid: 4_194_304, host: 'elsewhere', startedAt: 1_700_000_000_000 }
    await writeFile(at('live/coordinator.lock.json'), JSON.stringify(left))
    expect(await examine(0)).toContainEqual(
      expect.objectContaining({ check: 'running', says: 'no coordinator has the folder' }),
    )
  })
})

test('it says no password, whatever it finds', async () => {
  await mkdir(at('empty'))
  const { code, out, err } = await run(
    'doctor',
    '--data',
    at('empty'),
    '--database',
    'postgres://fl:hunter2@127.0.0.1:1/fl',
  )
  expect(code).toBe(1)
  expect(out).toContain('database postgres://fl@127.0.0.1:1/fl')
  expect(out + err).not.toContain('hunter2')
})
