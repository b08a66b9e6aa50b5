import { Problem, problemWord, SessionView } from '@tributary/protocols/rest'
import { afterEach, describe, expect, test } from 'vitest'
import { refuse } from '../refusal.ts'
import { ALICE, AT, aClient, aRound, aServer, aTask, digest, json, type TestServer } from './http.builders.ts'

let server: TestServer | undefined
afterEach(() => server?.close())

const SIGNED_IN = {
  id: 'session-admin',
  actor: { id: 'tro_admin', name: 'admin', role: 'admin' },
  csrf: 'csrf-admin',
  expiresAt: AT + 1_000,
} as const

/** Asks as a browser does that is signed in, from a page of the console's own. */
const byCookie = (
  path: string,
  { headers, ...init }: Omit<RequestInit, 'headers'> & { headers?: Record<string, string | undefined> } = {},
) => {
  if (!server) throw new Error('no server')
  const all = { cookie: 'tributary-session=trc_admin', 'sec-fetch-site': 'same-origin', ...headers }
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return server.ask(path, { ...init, token: '', headers: Object.fromEntries(given) })
}

const wordOf = async (response: Response) => problemWord(Problem.parse(await response.json()))

describe('a browser that is signed in', () => {
  test('reads by its cookie alone', async () => {
    server = await aServer({ tasks: { get: async () => aTask() } })
    expect((await byCookie('/api/v1/tasks/digits')).status).toBe(200)
  })

  test('may do what its role allows', async () => {
    server = await aServer()
    const response = await byCookie('/api/v1/audit', {
      headers: { cookie: 'tributary-session=trc_viewer' },
    })
    expect(response.status).toBe(403)
    expect(await wordOf(response)).toBe('forbidden')
  })

  test('changes something with the word that its pages know', async () => {
    const seen: unknown[] = []
    server = await aServer({
      rounds: {
        async trigger(_task, actor) {
          seen.push(actor)
          return aRound(1)
        },
      },
    })
    const response = await byCookie('/api/v1/tasks/digits/rounds', {
      method: 'POST',
      headers: { 'x-csrf-token': 'csrf-admin' },
    })
    expect(response.status).toBe(202)
    expect(seen).toEqual([SIGNED_IN.actor])
  })

  test.each<[string, Record<string, string | undefined>]>([
    ['without the word', {}],
    ['with another word', { 'x-csrf-token': 'csrf-viewer' }],
    ['with a part of the word', { 'x-csrf-token': 'csrf-admi' }],
    ['with no word in the header', { 'x-csrf-token': '' }],
    [
      'and the word, where nothing says which page sent it',
      { 'x-csrf-token': 'csrf-admin', 'sec-fetch-site': undefined },
    ],
    ['and the word, typed in', { 'x-csrf-token': 'csrf-admin', 'sec-fetch-site': 'none' }],
  ])('changes nothing %s', async (_, headers) => {
    server = await aServer()
    const calls = [
      ['POST', '/api/v1/tasks/digits/rounds'],
      ['PATCH', '/api/v1/tasks/digits'],
      ['DELETE', `/api/v1/clients/${ALICE}`],
      ['DELETE', '/api/v1/session'],
    ] as const
    for (const [method, path] of calls) {
      const response = await byCookie(path, { method, headers })
      expect([response.status, await wordOf(response)]).toEqual([403, 'csrf'])
    }
  })

  test.each<[string, Record<string, string | undefined>]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another host of the same site', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { 'sec-fetch-site': undefined, origin: 'https://evil.example' }],
    ['another port of this machine', { 'sec-fetch-site': undefined, origin: 'http://127.0.0.1:1' }],
    ['a page without an origin', { 'sec-fetch-site': undefined, origin: 'null' }],
    ['a page whose origin is no address', { 'sec-fetch-site': undefined, origin: 'http://[' }],
  ])('is nobody to a request from a page of %s, reading and writing', async (_, from) => {
    server = await aServer({}, { cors: { kind: 'any' } })
    const read = await byCookie('/api/v1/tasks/digits', { headers: from })
    expect([read.status, await wordOf(read)]).toEqual([401, 'unauthenticated'])
    const write = await byCookie('/api/v1/tasks/digits/rounds', {
      method: 'POST',
      headers: { ...from, 'x-csrf-token': 'csrf-admin' },
    })
    expect([write.status, await wordOf(write)]).toEqual([401, 'unauthenticated'])
    expect(read.headers.get('access-control-allow-credentials')).toBeNull()
  })

  test('of an age that knows no Sec-Fetch-Site is known by its page’s origin', async () => {
    server = await aServer({ rounds: { trigger: async () => aRound(1) } })
    const headers = { 'sec-fetch-site': undefined, origin: server.url, 'x-csrf-token': 'csrf-admin' }
    expect((await byCookie('/api/v1/tasks/digits/rounds', { method: 'POST', headers })).status).toBe(202)
  })

  test('behind a proxy is known by the public address', async () => {
    server = await aServer(
      { rounds: { trigger: async () => aRound(1) } },
      { publicUrl: 'https://fl.example:8443' },
    )
    const headers = {
      cookie: '__Host-tributary=trc_admin',
      'sec-fetch-site': undefined,
      origin: 'https://fl.example:8443',
      'x-csrf-token': 'csrf-admin',
    }
    expect((await byCookie('/api/v1/tasks/digits/rounds', { method: 'POST', headers })).status).toBe(202)
  })

  test('that sends a token too is who the token says', async () => {
    server = await aServer()
    const response = await byCookie('/api/v1/audit', { headers: { authorization: 'Bearer tro_viewer' } })
    expect(response.status).toBe(403)
    const malformed = await byCookie('/api/v1/audit', { headers: { authorization: 'Basic YTpi' } })
    expect(malformed.status).toBe(401)
  })

  test('is no client: what is for clients needs their token', async () => {
    server = await aServer()
    const response = await byCookie(`/api/v1/tasks/digits/rounds/1/updates/${ALICE}`, {
      method: 'PUT',
      headers: { 'x-csrf-token': 'csrf-admin' },
    })
    expect(response.status).toBe(401)
  })

  test('may fetch a blob, as operators may', async () => {
    server = await aServer({ models: { published: async () => refuse('not-found', 'no') } })
    expect((await byCookie(`/api/v1/blobs/${digest('1')}`)).status).toBe(404)
  })
})

describe('the cookie', () => {
  const signIn = (needs: Parameters<typeof aServer>[1] = {}) =>
    aServer({ sessions: { open: async () => ({ cookie: 'trc_new', session: SIGNED_IN }) } }, needs)
  const post = (headers: Record<string, string> = {}) => {
    if (!server) throw new Error('no server')
    const { body, headers: type } = json({ token: 'tro_x' })
    return server.ask('/api/v1/session', {
      method: 'POST',
      token: '',
      body,
      headers: { ...type, ...headers },
    })
  }

  test('is out of scripts’ reach, goes to this console alone, and ends with the session', async () => {
    server = await signIn()
    const response = await post()
    expect(response.status).toBe(201)
    expect(SessionView.parse(await response.json())).toEqual({
      id: 'tro_admin',
      name: 'admin',
      role: 'admin',
      csrf: 'csrf-admin',
      expiresAt: new Date(AT + 1_000).toISOString(),
    })
    expect(response.headers.getSetCookie()).toEqual([
      `tributary-session=trc_new; Path=/; Expires=${new Date(AT + 1_000).toUTCString()}; HttpOnly; SameSite=Strict`,
    ])
  })

  test.each<[string, Parameters<typeof aServer>[1], Record<string, string>]>([
    ['the public address is https', { publicUrl: 'https://fl.example' }, {}],
    ['a trusted proxy says so', { trustProxy: ['127.0.0.1'] }, { 'x-forwarded-proto': 'https' }],
  ])('is for https alone where %s', async (_, needs, headers) => {
    server = await signIn(needs)
    const [cookie = ''] = (await post(headers)).headers.getSetCookie()
    expect(cookie).toMatch(/^__Host-tributary=trc_new; Path=\/; /)
    expect(cookie).toMatch(/; HttpOnly; Secure; SameSite=Strict$/)
    expect(cookie).not.toContain('Domain')
  })

  test('of plain http is worth nothing over https, where another site could have set it', async () => {
    server = await aServer({}, { publicUrl: 'https://fl.example' })
    expect((await byCookie('/api/v1/tasks/digits')).status).toBe(401)
  })

  test('a proxy that nobody trusts says nothing', async () => {
    server = await signIn()
    const [cookie = ''] = (await post({ 'x-forwarded-proto': 'https' })).headers.getSetCookie()
    expect(cookie).toMatch(/^tributary-session=/)
  })

  test.each([{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }])(
    'is set for no other site’s page (%j), which could watch what its visitor does',
    async (headers) => {
      server = await signIn()
      const response = await post(headers)
      expect([response.status, await wordOf(response)]).toEqual([403, 'csrf'])
      expect(response.headers.getSetCookie()).toEqual([])
    },
  )

  test('is taken back at signing out', async () => {
    const ended: unknown[] = []
    server = await aServer({
      sessions: {
        async end(...call) {
          ended.push(call)
          return undefined
        },
      },
    })
    const response = await byCookie('/api/v1/session', {
      method: 'DELETE',
      headers: { 'x-csrf-token': 'csrf-admin' },
    })
    expect(response.status).toBe(204)
    expect(await response.text()).toBe('')
    expect(response.headers.getSetCookie()).toEqual([
      'tributary-session=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Strict',
    ])
    expect(ended).toEqual([['session-admin', SIGNED_IN.actor]])
  })

  test('a session that is over is 401, and says to sign in', async () => {
    server = await aServer({ clients: { get: async () => aClient() } })
    const response = await byCookie('/api/v1/session', { headers: { cookie: 'tributary-session=trc_old' } })
    expect(response.status).toBe(401)
  })

  test('a token has no session', async () => {
    server = await aServer()
    for (const method of ['GET', 'DELETE'])
      expect((await server.ask('/api/v1/session', { method })).status).toBe(404)
  })

  test.each(['', 'tributary-session', '=;=;', 'tributary-session=%E0%A4%A', `a=${'x'.repeat(12_000)}`])(
    'header %# that is none of ours is nobody’s',
    async (cookie) => {
      server = await aServer()
      expect((await byCookie('/api/v1/session', { headers: { cookie } })).status).toBe(401)
    },
  )
})

test('neither the cookie nor its word is in the log', async () => {
  server = await aServer({
    tasks: {
      get: async () => {
        throw new Error(`broke with trc_${'0'.repeat(24)}_${'S'.repeat(43)}`)
      },
    },
  })
  await byCookie('/api/v1/tasks/digits', { headers: { 'x-csrf-token': 'csrf-admin' } })
  expect(server.logged.length).toBeGreaterThan(0)
  for (const line of server.logged) {
    expect(line).not.toContain('S'.repeat(43))
    expect(line).not.toContain('csrf-admin')
    expect(line).not.toContain('trc_admin')
  }
})
