import { readdir, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, ModelVersion } from '@tributary/protocols'
import { encodePublicKey } from '@tributary/protocols/crypto'
import { systemClock } from '@tributary/protocols/runtime'
import { encodeSafetensors } from '@tributary/protocols/tensors'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  aClientId,
  aModel,
  anAbandoned,
  anAggregating,
  aReply,
  aSelecting,
  aTask as aStoredTask,
} from '../adapters/contracts/arrange.ts'
import { openFileBlobs } from '../adapters/files/file-blobs.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { isRefusal } from '../refusal.ts'
import type { RunningCoordinator } from '../serve.ts'
import { run, runJson } from './command-line.builders.ts'
import { ADMIN, aHome, aTask, type Home } from './data-folder.builders.ts'

let home: Home
let running: RunningCoordinator
beforeEach(async () => {
  home = await aHome()
  running = await home.serve()
  await running.coordinator.services.tasks.create(aTask({ length: 3 }), ADMIN)
})
afterEach(() => home[Symbol.asyncDispose]())

const { id: task } = aTask()
const KEY = encodePublicKey(new Uint8Array(32).fill(9))
const version = (number: number) => ModelVersion.parse(number)
const models = () => running.coordinator.services.models
const retention = (...more: string[]) =>
  runJson(['retention', '--data', home.at('live'), '--grace-hours', '0', ...more])

const importVersion = async (value: number) => {
  const values = new Float32Array(3).fill(value)
  const bytes = encodeSafetensors({ tensors: [{ name: 'w', shape: [3], dtype: 'F32' }], values })
  const model = await models().importWeights(task, bytes, 'a test', ADMIN)
  if (isRefusal(model)) throw new Error(model.detail)
  return model.weights.digest
}

/** Bytes in the blob store that no table refers to, as a process leaves them that was killed before its commit. */
const anOrphan = async () => {
  const blobs = await openFileBlobs({
    folder: home.at('live/models'),
    unfinishedAfterMs: Number.POSITIVE_INFINITY,
  })
  return blobs.put(new Uint8Array(100).fill(9))
}

const pathOf = (digest: Digest) => join(home.at('live/models'), digest.slice(7, 9), digest.slice(9))

const held = async (): Promise<string[]> => {
  const found: string[] = []
  for (const shard of (await readdir(home.at('live/models'))).filter((name) => name.length === 2))
    for (const rest of await readdir(join(home.at('live/models'), shard)))
      found.push(`sha256:${shard}${rest}`)
  return found.toSorted()
}

const actions = async () =>
  (await running.coordinator.services.audit.list({ limit: 100 })).map(
    ({ action, subject }) => `${action} ${subject}`,
  )

test('what nothing refers to goes, beside a running coordinator; everything else stays', async () => {
  await importVersion(2)
  const before = await held()
  const orphan = await anOrphan()

  expect(await retention('--dry-run')).toMatchObject({
    dryRun: true,
    bytes: 100,
    blobs: [{ ...orphan, of: [] }],
  })
  expect(await held()).toContain(orphan.digest)
  expect(await retention()).toMatchObject({ dryRun: false, bytes: 100, blobs: [{ ...orphan, of: [] }] })
  expect(await held()).toEqual(before)
  expect((await actions()).at(-1)).toBe('retention.swept models')
  expect(await retention()).toMatchObject({ blobs: [] })
})

test('what was kept within the grace stays: a process may be about to refer to it', async () => {
  const { digest } = await anOrphan()
  expect(await runJson(['retention', '--data', home.at('live')])).toMatchObject({ blobs: [], young: 1 })
  const dayAgo = new Date(Date.now() - 25 * 3_600_000)
  await utimes(pathOf(digest), dayAgo, dayAgo)
  expect(await runJson(['retention', '--data', home.at('live')])).toMatchObject({ blobs: [{ digest }] })
})

test('weights of versions before the newest few go where that is asked for; the versions stay', async () => {
  const digests = [await importVersion(2), await importVersion(3), await importVersion(4)]
  const first = await models().get(task, version(1))
  if (isRefusal(first)) throw new Error(first.detail)

  expect(await retention('--keep-versions', '2')).toMatchObject({
    blobs: expect.arrayContaining([
      { ...first.weights, of: ['line/models/1'] },
      expect.objectContaining({ digest: digests[0], of: ['line/models/2'] }),
    ]),
  })
  expect(await models().get(task, version(1))).toEqual(first)
  expect(await models().weights(task, version(1))).toMatchObject({ refused: 'gone', about: { version: 1 } })
  expect(await models().rollback(task, version(2), 'better', ADMIN)).toMatchObject({ refused: 'gone' })
  for (const kept of [3, 4]) expect(await models().weights(task, version(kept))).not.toHaveProperty('refused')
  const answer = await fetch(`${running.url}/api/v1/tasks/line/models/1/weights`, {
    headers: { authorization: `Bearer ${running.firstAdminToken}` },
  })
  expect(answer.status).toBe(410)
  expect(await answer.json()).toMatchObject({ type: 'urn:tributary:problem:gone' })
  expect(await actions()).toEqual(
    expect.arrayContaining(['model.weights-dropped line/models/1', 'model.weights-dropped line/models/2']),
  )
})

test('[R31] weights that somebody at work for a buffered round trains from stay, also between two rounds', async () => {
  const [two, three] = [await importVersion(2), await importVersion(3)]
  await running.close()
  const store = await openSqliteStore({ path: home.at('live/tributary.sqlite') })
  const head = {
    base: { version: version(3), digest: three },
    buffer: { since: version(1) },
    tally: { invited: 1, accepted: 1, declined: 0, failed: 0, received: 0 },
  }
  const { tally: _, ...selecting } = { ...aSelecting('line'), ...head }
  const ended = { ...anAbandoned('line'), ...head }
  const invitation = { round: ended.id, base: { version: version(2), digest: two }, publicKey: KEY, at: 1 }
  await store.commit([
    { kind: 'insert-round', round: selecting },
    { kind: 'save-round', round: ended },
    {
      kind: 'save-member',
      member: { status: 'accepted', round: ended.id, client: aClientId(1), invitation },
    },
  ])
  await retention('--keep-versions', '1')
  expect(await held()).toEqual(expect.arrayContaining([two, three]))
  await store.commit([
    {
      kind: 'save-member',
      member: { status: 'failed', round: ended.id, client: aClientId(1), invitation, reason: 'aborted' },
    },
  ])
  await store.close()
  await retention('--keep-versions', '1')
  expect(await held()).not.toContain(two)
})

test('weights that a kept version has too stay, whoever had them first', async () => {
  const two = await importVersion(2)
  await importVersion(3)
  await models().rollback(task, version(2), 'better', ADMIN)
  await retention('--keep-versions', '1')
  expect(await held()).toContain(two)
  expect(await models().weights(task, version(4))).not.toHaveProperty('refused')
})

test('weights that were let go and came again are kept again', async () => {
  const one = (await held()).length
  await importVersion(2)
  await retention('--keep-versions', '1')
  const again = await importVersion(1) // the ones that version 1 had
  expect(await retention()).toMatchObject({ blobs: [] })
  expect(await held()).toContain(again)
  expect((await held()).length).toBe(one + 1)
})

test('a coordinator whose old weights were let go is backed up and restored, and found sound', async () => {
  await importVersion(2)
  await importVersion(3)
  await retention('--keep-versions', '1')
  await runJson(['backup', home.at('backup'), '--data', home.at('live')])
  await runJson(['restore', home.at('backup'), '--data', home.at('restored')])
  const { findings } = Object(await runJson(['doctor', '--data', home.at('live'), '--port', '0', '--deep']))
  expect(findings).toContainEqual(expect.objectContaining({ check: 'blobs', verdict: 'ok' }))
})

test('answers kept for idempotency keys go after a week, beside a running coordinator', async () => {
  const week = 7 * 24 * 3_600_000
  const store = await openSqliteStore({ path: home.at('live/tributary.sqlite') })
  const [old, young] = [week + 60_000, week - 60_000].map((age) =>
    aReply({ key: `${age}`, at: systemClock().now() - age }),
  )
  if (!old || !young) throw new Error('there are two')
  await store.commit([old, young].map((reply) => ({ kind: 'insert-reply', reply })))

  expect(await retention('--dry-run')).toMatchObject({ replies: 1 })
  expect(await store.reply(old.scope, old.key)).toEqual(old)
  expect(await retention()).toMatchObject({ replies: 1 })
  expect(await store.reply(old.scope, old.key)).toBeUndefined()
  expect(await store.reply(young.scope, young.key)).toEqual(young)
  expect(await retention()).toMatchObject({ replies: 0 })
  await store.close()
})

test('while a round aggregates, what nothing refers to stays: it may be the round’s new weights', async () => {
  const orphan = await anOrphan()
  await running.close()
  const store = await openSqliteStore({ path: home.at('live/tributary.sqlite') })
  await store.commit([
    { kind: 'insert-task', task: aStoredTask() },
    { kind: 'insert-model', model: aModel() },
    { kind: 'insert-round', round: aSelecting() },
    { kind: 'save-round', round: anAggregating() },
  ])
  await store.close()
  expect(await retention()).toMatchObject({ blobs: [], aggregating: true })
  expect(await held()).toContain(orphan.digest)
})

test.each([
  ['--keep-versions', '0'],
  ['--keep-versions', 'all'],
  ['--grace-hours', '-1'],
])('%s %s is refused', async (flag, value) => {
  const { code, err } = await run('retention', `${flag}=${value}`)
  expect(code).toBe(2)
  expect(err).toContain(`${flag} must be a number`)
})

test('without a data folder there is nothing to do, and that is said', async () => {
  await running.close()
  await rm(home.at('live'), { recursive: true })
  const { code, err } = await run('retention', '--data', home.at('live'))
  expect(code).toBe(1)
  expect(err).toContain(home.at('live'))
})
