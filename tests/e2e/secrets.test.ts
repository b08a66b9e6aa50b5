import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { restPaths } from '@tributary/protocols/rest'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type CoordinatorProcess,
  portToReturnTo,
  startCoordinatorProcess,
} from '../fleet/coordinator-process.ts'
import { filesHolding, temporaryFolder } from '../fleet/folder-bytes.ts'
import { type LineClient, lineClient, rowsOf } from '../fleet/line-clients.ts'
import { operatorOf } from '../fleet/operator.ts'
import { checkIn, enrolRawClient, upload } from '../fleet/raw-client.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let running: CoordinatorProcess
let clients: LineClient[] = []
beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map(({ client }) => client.leave()))
  await running[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const utf8 = (text: string) => new TextEncoder().encode(text)
/** The secret part of a token. */
const secretOf = (token: string) => token.slice(token.lastIndexOf('_', token.length - 44) + 1)

test('[K6] the first admin token is printed once, and the folder holds nothing but its hash', async () => {
  running = await startCoordinatorProcess({ folder: folder.path, logLevel: 'trace' })
  const token = running.firstAdminToken ?? ''
  expect(running.output().split(token)).toHaveLength(2)
  expect((await operatorOf(running.url, token).call('GET', restPaths.tasks)).status).toBe(200)
  await running.stop()
  running = await startCoordinatorProcess({ folder: folder.path, logLevel: 'trace' })
  expect(running.output()).not.toContain('tro_')
  expect((await operatorOf(running.url, token).call('GET', restPaths.tasks)).status).toBe(200)

  const secret = secretOf(token)
  expect(secret).toHaveLength(43)
  expect(await filesHolding(folder.path, utf8(secret))).toEqual([])
  expect(await filesHolding(folder.path, Buffer.from(secret, 'base64url'))).toEqual([])
  // That the search finds what is there: the hash, which must be.
  const hash = Buffer.from(await crypto.subtle.digest('SHA-256', utf8(token))).toString('hex')
  expect(await filesHolding(folder.path, utf8(hash))).not.toEqual([])
})

test('[K8] the coordinator’s own key is for its user alone, and in no other file', async () => {
  running = await startCoordinatorProcess({ folder: folder.path })
  const path = join(folder.path, 'coordinator.key')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  const key = await readFile(path)
  expect(key).toHaveLength(32)
  for (const shown of [
    key,
    utf8(key.toString('hex')),
    utf8(key.toString('base64url')),
    utf8(key.toString('base64')),
  ])
    expect((await filesHolding(folder.path, shown)).filter((holder) => holder !== path)).toEqual([])
})

test('the log of a whole life, told in full, holds no token, no session, no key', async () => {
  const port = await portToReturnTo()
  running = await startCoordinatorProcess({ folder: folder.path, port, logLevel: 'trace' })
  const admin = running.firstAdminToken ?? ''
  const operator = operatorOf(running.url, admin)
  const secrets = new Set([admin])
  const { body } = await operator.call('POST', restPaths.operatorTokens, { name: 'viewer', role: 'viewer' })
  const viewer = tokenIn(body)
  const invitation = await operator.invite(4)
  for (const token of [viewer, invitation]) secrets.add(token)

  await operator.createTask(lineTask({ clients: 3 }))
  clients = await Promise.all(
    [1, 2].map((n) => lineClient(invitation, { url: running.url, rows: rowsOf(n) })),
  )
  await Promise.all(clients.map(({ client }) => client.join()))
  const raw = await enrolRawClient(running.url, invitation)
  await raw.connect()
  secrets.add((await raw.next('welcome')).session.token)
  raw.send(checkIn('line'))
  await operator.trigger('line')
  const { session, round } = await raw.next('invitation')
  secrets.add(session.token)

  // Everything that goes wrong, too: tokens where they should not be, and what cannot be served.
  const oddities: [string, RequestInit?][] = [
    [`/api/v1/tasks?token=${admin}`, { headers: { authorization: `Bearer ${admin}` } }],
    [`/api/v1/${invitation}`],
    ['/api/v1/tasks', { headers: { authorization: `Basic ${admin}` } }],
    ['/api/v1/tasks', { headers: { authorization: `Bearer ${viewer}x` } }],
    [
      '/api/v1/tasks',
      { method: 'POST', body: `{"token":"${admin}"`, headers: { authorization: `Bearer ${admin}` } },
    ],
    [
      '/api/v1/clients',
      {
        method: 'POST',
        body: JSON.stringify({ token: invitation }),
        headers: { 'content-type': 'application/json' },
      },
    ],
    [
      restPaths.blob((await raw.next('model-published')).model.digest),
      { headers: { authorization: `Bearer ${session.token}` } },
    ],
  ]
  for (const [path, init] of oddities) await (await fetch(running.url + path, init)).text()
  const sealed = { envelope: new Uint8Array(100), submission: {} as never }
  await upload(running.url, { round, client: raw.id, token: session.token }, sealed)
  raw.say('message', { type: 'authenticate', session: session.token })
  raw.say('message', { type: 'decline', round, reason: 'busy' })
  raw.disconnect()
  await until('the round to end', async () => (await operator.round('line.1')).phase === 'abandoned')
  await running.kill()
  const first = running.output()
  running = await startCoordinatorProcess({ folder: folder.path, port, logLevel: 'trace' })
  await running.stop()

  const log = (first + running.output()).replace(admin, '') // where it was printed, once
  expect(log.split('\n').length).toBeGreaterThan(30)
  for (const secret of secrets) {
    expect(log).not.toContain(secret)
    expect(log).not.toContain(secretOf(secret))
  }
  expect(log).not.toMatch(/tr[oes]_[0-9a-f]{24,32}_(?!\[redacted\])/)
  const key = await readFile(join(folder.path, 'coordinator.key'))
  for (const shown of [key.toString('hex'), key.toString('base64'), key.toString('base64url')])
    expect(log).not.toContain(shown)
})

const tokenIn = (body: unknown): string => {
  if (typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string')
    return body.token
  throw new Error(`no token came: ${JSON.stringify(body)}`)
}
