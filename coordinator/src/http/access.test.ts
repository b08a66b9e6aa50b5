import { Problem } from '@tributary/protocols/rest'
import fastify from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { refuse } from '../refusal.ts'
import { type AccessNeeds, guardRoutes } from './access.ts'
import {
  ALICE,
  aBlob,
  aClient,
  aRound,
  aServer,
  aTask,
  digest,
  json,
  type TestServer,
} from './http.builders.ts'

let server: TestServer | undefined
afterEach(() => server?.close())

const wordOf = async (response: Response) =>
  Problem.parse(await response.json())
    .type.split(':')
    .at(-1)

test('without a token nothing is told, and how to send one is', async () => {
  server = await aServer()

  const response = await server.ask('/api/v1/tasks', { token: '' })

  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toBe('Bearer realm="tributary"')
  expect(await wordOf(response)).toBe('unauthenticated')
})

test.each(['Basic dXNlcjpwYXNz', 'Bearer', 'Bearer two words', 'Bearer é', 'tro_admin'])(
  'the header %j is not a bearer token',
  async (authorization) => {
    server = await aServer()

    const response = await fetch(`${server.url}/api/v1/tasks`, {
      headers: { authorization: Buffer.from(authorization, 'utf8').toString('latin1') },
    })

    expect(response.status).toBe(401)
  },
)

test('the scheme may be written in any case', async () => {
  server = await aServer({ tasks: { get: async () => aTask() } })

  const response = await fetch(`${server.url}/api/v1/tasks/digits`, {
    headers: { authorization: 'bearer tro_viewer' },
  })

  expect(response.status).toBe(200)
})

test.each([
  ['viewer', 403],
  ['operator', 202],
  ['admin', 202],
])('a %s who triggers a round is answered %i', async (role, status) => {
  server = await aServer({ rounds: { trigger: async () => aRound(1) } })

  const response = await server.ask('/api/v1/tasks/digits/rounds', { method: 'POST', token: `tro_${role}` })

  expect(response.status).toBe(status)
})

test('who may not is told which role is needed, before anything of the request is read', async () => {
  server = await aServer()

  const response = await server.ask('/api/v1/tasks', {
    method: 'POST',
    body: 'not even JSON',
    headers: { 'content-type': 'application/json' },
    token: 'tro_viewer',
  })

  expect(response.status).toBe(403)
  expect(Problem.parse(await response.json()).about).toEqual({ needed: 'operator', role: 'viewer' })
})

test('the audit log and new operator tokens are for admins', async () => {
  server = await aServer()
  const request = json({ name: 'Grace', role: 'admin' })

  expect((await server.ask('/api/v1/audit', { token: 'tro_operator' })).status).toBe(403)
  const made = await server.ask('/api/v1/operator-tokens', {
    method: 'POST',
    token: 'tro_operator',
    ...request,
  })
  expect(made.status).toBe(403)
})

test('blobs are for clients with a session and for viewers', async () => {
  server = await aServer({ models: { published: async () => aBlob(1) } })
  const path = `/api/v1/blobs/${digest('1')}`

  expect((await server.ask(path, { token: `trs_${ALICE}` })).status).toBe(200)
  expect((await server.ask(path, { token: 'tro_viewer' })).status).toBe(200)
  expect((await server.ask(path, { token: 'trs_nobody' })).status).toBe(401)
  expect((await server.ask(path, { token: 'tro_nobody' })).status).toBe(401)
})

test('a session does not open what operators have', async () => {
  server = await aServer()

  expect((await server.ask('/api/v1/tasks', { token: `trs_${ALICE}` })).status).toBe(401)
})

test('the session of a revoked client is worth nothing', async () => {
  server = await aServer({ clients: { get: async (id) => aClient(id, 'revoked') } })

  const response = await server.ask(`/api/v1/blobs/${digest('1')}`, { token: `trs_${ALICE}` })

  expect(response.status).toBe(403)
  expect(await wordOf(response)).toBe('forbidden')
})

test('the session of a client that is not enrolled here is worth nothing', async () => {
  server = await aServer({ clients: { get: async () => refuse('not-found', 'No such client.') } })

  const response = await server.ask(`/api/v1/blobs/${digest('1')}`, { token: `trs_${ALICE}` })

  expect(response.status).toBe(401)
})

const nobody = async () => refuse('unauthenticated', 'Nobody is known here.')
const stranger: AccessNeeds = {
  access: { operator: nobody, session: () => refuse('unauthenticated', 'Nobody is known here.') },
  sessions: { find: nobody },
  clients: { get: nobody },
  publicUrl: undefined,
}

test('a route that does not say who may call it stops the start', () => {
  const app = fastify()
  guardRoutes(app, stranger)

  expect(() => app.get('/open', async () => 'hello')).toThrow('GET /open does not say who may call it')
})

test('a secret never shows in a log line', async () => {
  const token = `tre_${'1'.repeat(24)}_${'S'.repeat(43)}`
  server = await aServer({
    clients: {
      enrol: async () => {
        throw new Error(`no room for ${token}`)
      },
    },
  })
  const body = { token, publicKey: 'A'.repeat(43), proof: 'A'.repeat(86) }
  const bearer = `tro_${'2'.repeat(24)}_${'S'.repeat(43)}`

  await server.ask('/api/v1/clients', { method: 'POST', ...json(body), token: bearer })
  await server.ask(`/api/v1/tasks?token=${token}`, { token: bearer })

  expect(server.logged.length).toBeGreaterThan(3)
  expect(server.logged.join('')).not.toContain('SSSS')
})
