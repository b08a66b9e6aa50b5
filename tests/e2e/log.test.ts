/** The log of everything that can happen, told in full: who and what by ids, and nothing that is nobody's business. */
import { createDecipheriv, hkdfSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RoundId } from '@tributary/protocols'
import { identityFromSeed } from '@tributary/protocols/crypto'
import { restPaths } from '@tributary/protocols/rest'
import { encodeSafetensors } from '@tributary/protocols/tensors'
import { expect, test } from 'vitest'
import {
  type CoordinatorProcess,
  portToReturnTo,
  spawnCoordinator,
  startCoordinatorProcess,
} from '../fleet/coordinator-process.ts'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { askDatabase } from '../fleet/folder-database.ts'
import { type LineClient, type LineClientOptions, lineClient, rowsOf } from '../fleet/line-clients.ts'
import { LINE_TENSORS } from '../fleet/line-trainer.ts'
import { type Operator, operatorOf } from '../fleet/operator.ts'
import { checkIn, enrolRawClient, type RawClient, sealFor, upload } from '../fleet/raw-client.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'
import { bytesOf, type Secret, secretsIn } from '../observability/log-search.ts'

const SECURE = {
  mode: 'secure-aggregation',
  audience: 'demo',
  range: 8,
  maxExamples: 50,
  stepSeconds: 20,
} as const

const METRIC = 0.718_281_828_459
const DELTA = Float32Array.of(0.001_234_567, -0.002_345_678, 0.003_456_789)

type Story = { log: string; secrets: Secret[]; rounds: string[]; clients: string[] }

/** Rounds of every kind, and whatever goes wrong in them and around them, in one process that is killed and comes back. */
const story = async (folder: string): Promise<Story> => {
  const port = await portToReturnTo()
  const start = () => startCoordinatorProcess({ folder, port, logLevel: 'trace' })
  let running = await start()
  const admin = running.firstAdminToken ?? ''
  const operator = operatorOf(running.url, admin)
  const secrets: Secret[] = [{ what: 'the admin token', text: admin }]
  const token = await operator.invite(12)
  secrets.push({ what: 'the enrolment token', text: token.slice(-43) })
  const clients: LineClient[] = []
  const joined = async (task: string, count: number, of: (n: number) => Partial<LineClientOptions>) => {
    await until('the coordinator', async () => (await fetch(`${running.url}/readyz`)).ok)
    const came = await Promise.all(
      Array.from({ length: count }, (_, n) =>
        lineClient(token, { url: running.url, task, rows: rowsOf(clients.length + n), ...of(n) }),
      ),
    )
    clients.push(...came)
    await Promise.all(came.map(({ client }) => client.join()))
    return came
  }

  // A round in the clear, of a client that says exactly what it sends, one that declines, one that fails, and two that train.
  const seed = Uint8Array.from({ length: 32 }, (_, i) => (i * 53 + 11) % 256)
  const raw = await enrolRawClient(running.url, token, identityFromSeed(seed))
  secrets.push({ what: 'a client’s key', bytes: seed })
  await operator.createTask(lineTask({ id: 'open', clients: 5, quorum: 3 }))
  await joined(
    'open',
    4,
    (n) =>
      [
        { onInvitation: () => 'busy' as const },
        { hold: async () => Promise.reject(new Error('no')) },
        {},
        {},
      ][n] ?? {},
  )
  await raw.connect()
  secrets.push({ what: 'a session token', text: (await raw.next('welcome')).session.token.slice(-43) })
  raw.send(checkIn('open'))
  await operator.trigger('open')
  const invitation = await raw.next('invitation')
  secrets.push({ what: 'a session token', text: invitation.session.token.slice(-43) })
  const own = await readFile(join(folder, 'coordinator.key'))
  secrets.push({ what: 'the coordinator’s key', bytes: own }, roundSecret(folder, own, 'open.1'))
  await misbehave(running, raw, { operator, admin })
  const update = encodeSafetensors({
    tensors: LINE_TENSORS.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    values: DELTA,
  })
  const sealed = sealFor(raw, invitation, update, { examples: 7, metrics: { loss: METRIC } })
  const to = { round: invitation.round, client: raw.id, token: invitation.session.token }
  const torn = { ...sealed, envelope: sealed.envelope.map((byte, i) => (i === 90 ? byte ^ 1 : byte)) }
  expect((await upload(running.url, to, torn)).status).toBe(422)
  expect((await upload(running.url, to, sealed)).status).toBe(200)
  await until('the round to complete', async () => (await operator.round('open.1')).phase === 'completed')
  raw.disconnect()
  secrets.push(
    { what: 'a metric', numbers: [METRIC] },
    { what: 'a delta', numbers: DELTA },
    { what: 'a delta’s bytes', bytes: bytesOf(DELTA) },
    { what: 'an update', bytes: update.subarray(-12) },
    { what: 'a sealed update', bytes: sealed.envelope.subarray(40, 72) },
  )

  // A secure round, in the middle of which the process is killed.
  await operator.createTask(lineTask({ id: 'masked', clients: 3, privacy: SECURE }))
  const hold = Promise.withResolvers<void>()
  const masked = await joined('masked', 3, (n) => ({
    privacy: { audience: 'demo' },
    ...(n === 0 && { hold: () => hold.promise }),
  }))
  await operator.trigger('masked')
  await until(
    'two of three to have trained',
    () => masked.filter(({ trainer }) => trainer.trainings.length > 0).length === 2,
  )
  secrets.push(roundSecret(folder, own, 'masked.1'))
  await running.kill()
  const first = running.output()
  running = await start()
  hold.resolve()
  await until(
    'the secure round to complete',
    async () => (await operator.round('masked.1').catch(() => undefined))?.phase === 'completed',
  )

  // A round that an operator gives up, in words of their own; a client that is revoked.
  await operator.createTask(lineTask({ id: 'lonely', clients: 3 }))
  await operator.trigger('lonely')
  await operator.call('POST', restPaths.abandon(RoundId.parse('lonely.1')), {
    reason: 'because of Mx Private',
  })
  secrets.push({ what: 'an operator’s words', text: 'Mx Private' })
  await operator.call('DELETE', restPaths.client(raw.id))
  await until('the round to be over', async () => (await operator.round('lonely.1')).phase === 'abandoned')

  for (const client of clients) {
    for (const { received, trained, loss } of client.trainer.trainings)
      secrets.push(
        { what: 'trained weights', numbers: trained },
        { what: 'a trained delta', numbers: trained.map((weight, i) => weight - (received[i] ?? 0)) },
        { what: 'a trained metric', numbers: [loss] },
      )
    await client.client.leave()
  }
  for (const [n] of clients.entries())
    secrets.push({ what: 'examples', numbers: rowsOf(n).flatMap(({ x, y }) => [...x, y]) })
  for (const task of ['open', 'masked'])
    secrets.push({ what: 'the new model', numbers: await operator.weights(task, 2) })
  await running.stop()
  return {
    log: (first + running.output()).replace(admin, ''), // where it was printed, once
    secrets,
    rounds: ['open.1', 'masked.1', 'lonely.1'],
    clients: [raw.id, ...clients.map(({ id }) => id)],
  }
}

/** The secret that a round's updates are sealed to, opened as only the coordinator can. */
const roundSecret = (folder: string, own: Uint8Array, round: string): Secret => {
  const row = askDatabase(folder, 'select * from round_keys').find((key) => key.round === round)
  const sealed = Object.values(row ?? {}).find((value) => value instanceof Uint8Array)
  if (!(sealed instanceof Uint8Array)) throw new Error(`no key of ${round}`)
  const wrapping = Buffer.from(
    hkdfSync('sha256', own, new Uint8Array(), 'tributary coordinator v1: round keys', 32),
  )
  const decipher = createDecipheriv('aes-256-gcm', wrapping, sealed.subarray(0, 12), { authTagLength: 16 })
    .setAAD(Buffer.from(round))
    .setAuthTag(sealed.subarray(-16))
  const bytes = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
  return { what: `the secret of ${round}`, bytes }
}

/** What clients and callers do that they should not. */
const misbehave = async (
  { url }: CoordinatorProcess,
  raw: RawClient,
  { operator, admin }: { operator: Operator; admin: string },
) => {
  raw.say('message', { type: 'authenticate', session: admin })
  raw.say('message', { type: 'progress', round: 'open.1', fraction: 2, loss: METRIC, delta: [...DELTA] })
  raw.say('secrets', admin, [...DELTA])
  raw.send({ type: 'progress', round: RoundId.parse('open.1'), fraction: 0.5, loss: METRIC })
  raw.send({ type: 'decline', round: RoundId.parse('open.7'), reason: 'busy' })
  const json = { 'content-type': 'application/json' }
  const requests: [string, RequestInit][] = [
    [restPaths.tasks, { headers: { authorization: `Bearer ${admin}x` } }],
    [`${restPaths.tasks}?token=${admin}`, { headers: { authorization: `Basic ${admin}` } }],
    [
      restPaths.clients,
      { method: 'POST', headers: json, body: JSON.stringify({ token: admin, publicKey: 'x' }) },
    ],
    [restPaths.clients, { method: 'POST', headers: json, body: `{"token":"${admin}"` }],
    [
      restPaths.update(RoundId.parse('open.1'), raw.id),
      { method: 'PUT', headers: { authorization: `Bearer ${admin}` } },
    ],
    [restPaths.round(RoundId.parse('open.9')), { headers: { authorization: `Bearer ${admin}` } }],
  ]
  for (const [path, init] of requests) expect((await fetch(url + path, init)).status).toBeGreaterThan(399)
  await operator.call('POST', restPaths.tasks, { id: 'open', cohort: { target: METRIC } })
}

const linesOf = (log: string) =>
  log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((text) => ({ text, fields: JSON.parse(text) as Record<string, unknown> }))

test('the log of a whole life, told in full, names rounds and clients by fields, and holds no secret and nothing of what clients trained', async () => {
  await using folder = await temporaryFolder()
  const { log, secrets, rounds, clients } = await story(folder.path)

  expect(secretsIn(log, secrets)).toEqual([])
  // That each of them would have been found.
  for (const secret of secrets) {
    const planted =
      'text' in secret
        ? secret.text
        : 'bytes' in secret
          ? Buffer.from(secret.bytes).toString('base64url')
          : [...secret.numbers]
    expect(secretsIn(`${log}${JSON.stringify({ planted })}\n`, [secret]), secret.what).toHaveLength(1)
  }

  const lines = linesOf(log)
  const nameless = lines.filter(
    ({ text, fields }) =>
      (clients.some((client) => text.includes(client)) && typeof fields.client !== 'string') ||
      (rounds.some((round) => text.includes(`${round}"`) || text.includes(`${round}/`)) &&
        (typeof fields.round !== 'string' || typeof fields.task !== 'string')),
  )
  expect(nameless.map(({ text }) => text)).toEqual([])
  const told = (round: string) =>
    lines.filter(({ fields }) => fields.round === round && fields.msg === 'the round')
  expect(told('open.1').map(({ fields }) => fields.phase)).toEqual([
    'selecting',
    'training',
    'aggregating',
    'completed',
  ])
  expect(told('masked.1').map(({ fields }) => fields.phase)).toEqual([
    'selecting',
    'secure-training',
    'aggregating',
    'completed',
  ])
  expect(told('lonely.1').at(-1)?.fields).toMatchObject({
    phase: 'abandoned',
    reason: 'operator',
    task: 'lonely',
  })
  for (const client of clients) {
    const his = lines.filter(({ fields }) => fields.client === client).map(({ fields }) => fields.msg)
    expect(his).toEqual(expect.arrayContaining(['a client is on the line', 'heard', 'a client of the round']))
  }
}, 90_000)

test('the password in a database’s address is in no line, whatever becomes of the connection', async () => {
  await using folder = await temporaryFolder()
  const password = 'pa55-%77ord-of-the-database'
  const { output, exited } = spawnCoordinator({
    folder: folder.path,
    logLevel: 'trace',
    env: { TRIBUTARY_DATABASE: `postgres://fl:${password}@127.0.0.1:9/fl?connect_timeout=1` },
    flags: ['--blobs', `file://${folder.path}/blobs`],
  })
  expect((await exited).code).not.toBe(0)
  expect(output()).toContain('127.0.0.1')
  const secret: Secret[] = [
    { what: 'the password', text: password },
    { what: 'the password, decoded', text: decodeURIComponent(password) },
  ]
  expect(secretsIn(output(), secret)).toEqual([])
}, 60_000)
