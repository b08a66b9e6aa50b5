import { copyFile, cp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditPage, restPaths } from '@tributary/protocols/rest'
import { digestOf, type TensorManifest } from '@tributary/protocols/tensors'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type CoordinatorProcess, startCoordinatorProcess } from '../fleet/coordinator-process.ts'
import { filesHolding, temporaryFolder } from '../fleet/folder-bytes.ts'
import { askDatabase } from '../fleet/folder-database.ts'
import { type LineClient, lineClient, rowsOf } from '../fleet/line-clients.ts'
import { type Operator, operatorOf } from '../fleet/operator.ts'
import { beginRawRound, type RawRound } from '../fleet/raw-rounds.ts'
import { smallDisk } from '../fleet/small-disk.ts'
import { lineTask, vectorTask } from '../fleet/test-tasks.ts'
import { tributary, tributaryJson } from '../fleet/tributary-command.ts'
import { until } from '../fleet/until.ts'

/** Each of these starts half a dozen processes. */
vi.setConfig({ testTimeout: 120_000 })

let home: Awaited<ReturnType<typeof temporaryFolder>>
let running: CoordinatorProcess
let operator: Operator
let clients: LineClient[]
let rounds: RawRound[]

beforeEach(async () => {
  home = await temporaryFolder()
  running = await startCoordinatorProcess({ folder: at('live') })
  operator = operatorOf(running.url, running.firstAdminToken ?? '')
  clients = []
  rounds = []
})
afterEach(async () => {
  await Promise.all(clients.map(({ client }) => client.leave()))
  for (const round of rounds) await round[Symbol.asyncDispose]()
  await running[Symbol.asyncDispose]()
  await home[Symbol.asyncDispose]()
})

const at = (name: string) => join(home.path, name)
const backup = (name = 'backup') => tributaryJson(['backup', at(name), '--data', at('live')])
const restore = (name = 'backup', to = 'restored', ...more: string[]) =>
  tributaryJson(['restore', at(name), '--data', at(to), ...more])

/** Puts the key where the restored coordinator looks for it, and starts it. */
const startRestored = async (folder = at('restored')) => {
  await copyFile(at('live/coordinator.key'), join(folder, 'coordinator.key'))
  const restored = await startCoordinatorProcess({ folder })
  return { restored, operator: operatorOf(restored.url, running.firstAdminToken ?? '') }
}

const joinLine = async (count: number, task: string) => {
  const token = await operator.invite(count)
  const joined = await Promise.all(
    Array.from({ length: count }, (_, i) => lineClient(token, { url: running.url, task, rows: rowsOf(i) })),
  )
  await Promise.all(joined.map(({ client }) => client.join()))
  clients.push(...joined)
}

const versions = async (of: Operator, task: string) =>
  (await of.models(task)).map(({ version, weights }) => ({ version, ...weights }))

const rawRound = async () => {
  const round = await beginRawRound({
    url: running.url,
    operator,
    round: () => Promise.reject(new Error('not asked for')),
    settled: () => Promise.reject(new Error('not asked for')),
  })
  rounds.push(round)
  return round
}

test('a backup made while rounds complete one after the other restores to the same models, a sound audit log, and goes on', async () => {
  await operator.createTask(lineTask({ clients: 3, schedule: { kind: 'continuous' } }))
  await joinLine(3, 'line')
  await until('a round to complete', async () => (await operator.task('line')).completedRounds >= 2)
  const manifest = await backup()
  const saved = await versions(operator, 'line')
  expect(askDatabase(at('live'), "select subject from audit where action = 'backup.made'")).toEqual([
    { subject: 'backup' },
  ])
  await running.stop()

  const { audit } = await restore('backup', 'restored', '--key-file', at('live/coordinator.key'))
  expect(await tributaryJson(['audit', 'verify', '--data', at('restored')])).toMatchObject({
    intact: true,
    head: audit,
  })
  const { restored, operator: again } = await startRestored()
  try {
    const models = await versions(again, 'line')
    expect(models.length).toBeGreaterThanOrEqual(3)
    expect(saved.slice(0, models.length)).toEqual(models)
    for (const { version, digest } of models) {
      const path = `${restored.url}/api/v1/tasks/line/models/${version}/weights`
      const headers = { authorization: `Bearer ${running.firstAdminToken}` }
      const bytes = new Uint8Array(await (await fetch(path, { headers })).arrayBuffer())
      expect(digestOf(bytes)).toBe(digest)
    }
    const log = AuditPage.parse((await again.call('GET', `${restPaths.audit}?limit=200`)).body).items
    expect(log.map(({ action }) => action)).toContain('backup.restored')
    expect(log.find(({ sequence }) => sequence === Object(manifest.audit).sequence)?.hash).toBe(
      Object(manifest.audit).hash,
    )
    await until('its schedule to go on', async () => (await again.task('line')).openRound !== undefined)
  } finally {
    await restored[Symbol.asyncDispose]()
  }
})

test('[R17] neither a round’s key nor a sealed update is in a backup, and a round that was open is abandoned by a restore', async () => {
  const round = await rawRound()
  const sealed = round.one.seal()
  expect((await round.one.submit(sealed)).status).toBe(200)
  const [key] = askDatabase(at('live'), 'select sealed_secret from round_keys')
  if (!(key?.sealed_secret instanceof Uint8Array)) throw new Error('the round has no key')
  const trace = sealed.envelope.slice(60, 110)
  expect(await filesHolding(at('live'), trace)).not.toEqual([])

  expect(await backup()).toMatchObject({ openRounds: 1 })
  const ownKey = await readFile(at('live/coordinator.key'))
  for (const secret of [trace, key.sealed_secret, ownKey])
    expect(await filesHolding(at('backup'), secret)).toEqual([])
  expect(await filesHolding(at('backup'), Buffer.from(round.id))).not.toEqual([]) // that the search finds what is there
  // Hex, base64 and base64url are how bytes get into JSON.
  for (const form of ['hex', 'base64', 'base64url'] as const)
    for (const secret of [Buffer.from(key.sealed_secret), ownKey])
      expect(await filesHolding(at('backup'), Buffer.from(secret.toString(form)))).toEqual([])

  expect(await restore()).toMatchObject({ abandoned: [round.id], key: 'missing' })
  const { restored, operator: again } = await startRestored()
  try {
    expect(await again.round(round.id)).toMatchObject({ phase: 'abandoned', reason: 'restored' })
    await again.trigger(round.task)
    expect((await again.task(round.task)).openRound).toMatchObject({ number: 2, base: { version: 1 } })
  } finally {
    await restored[Symbol.asyncDispose]()
  }
  // The coordinator that was backed up knows nothing of it, and its round goes on.
  expect((await round.other.submit()).status).toBe(200)
  await until('the round to complete', async () => (await operator.round(round.id)).phase === 'completed')
})

const LARGE: TensorManifest = [{ name: 'w', shape: [2_000_000], dtype: 'F32' }]

test('a backup that is killed is seen to be none, is not restored, and is in nobody’s way', async () => {
  await operator.createTask(vectorTask({ clients: 1, tensors: LARGE }))
  const started = async () => (await readdir(home.path)).some((name) => name.startsWith('backup.incomplete-'))
  const { code } = await tributary(['backup', at('backup'), '--data', at('live')], { killWhen: started })
  expect(code).toBeNull()
  const [left, ...more] = (await readdir(home.path)).filter((name) => name.startsWith('backup'))
  expect(more).toEqual([])
  expect(left).toMatch(/^backup\.incomplete-/)

  const { code: refused, err } = await tributary(['restore', at(left ?? ''), '--data', at('restored')])
  expect(refused).toBe(1)
  expect(err).toContain('was interrupted')
  await backup()
  await restore()
})

test('a backup that finds no room says so, leaves nothing behind, and the coordinator goes on', async () => {
  const disk = await smallDisk(4)
  try {
    await operator.createTask(vectorTask({ clients: 1, tensors: LARGE }))
    const { code, err } = await tributary(['backup', join(disk.path, 'backup'), '--data', at('live')], {
      command: disk.command,
    })
    expect(code).toBe(1)
    expect(err).toMatch(/^There is no backup\.\n.*no space left/)
    expect(await readdir(disk.seenFromHere)).toEqual(['ballast'])
    expect((await operator.task('vector')).latestModel?.version).toBe(1)
  } finally {
    await disk[Symbol.asyncDispose]()
  }
})

test('the folder of a stopped coordinator is backed up too, and a copy of a backup is a backup', async () => {
  await operator.createTask(lineTask({ clients: 1 }))
  await running.stop()
  await backup()
  await cp(at('backup'), at('copy'), { recursive: true })
  expect(await restore('copy')).toMatchObject({ abandoned: [] })
})
