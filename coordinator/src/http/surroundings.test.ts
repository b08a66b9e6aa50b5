/** What holds for every route: health, metrics, headers, origins, the end. */
import { connect } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { aServer, aTask, type TestServer } from './http.builders.ts'

let server: TestServer
afterEach(() => server.close())

test('the process answers without being asked who asks', async () => {
  server = await aServer()

  const response = await server.ask('/healthz', { token: '' })

  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ status: 'ok' })
})

test('HEAD is answered as GET is, without the body', async () => {
  server = await aServer()

  const response = await server.ask('/healthz', { method: 'HEAD' })

  expect(response.status).toBe(200)
  expect(response.headers.get('content-length')).toBe('15')
})

test('a request is logged once, when it is answered, without its query', async () => {
  server = await aServer()
  await server.ask('/healthz')
  await server.ask('/api/v1/tasks?limit=many')

  await vi.waitFor(() => expect(server.logged.filter((line) => line.includes('"answered"'))).toHaveLength(2))

  const [everyday, refused] = server.logged
    .filter((line) => line.includes('"answered"'))
    .map((line): unknown => JSON.parse(line))
  expect(everyday).toMatchObject({ level: 20, method: 'GET', path: '/healthz', status: 200 })
  expect(refused).toMatchObject({ level: 30, path: '/api/v1/tasks', status: 400 })
  expect(server.logged.join('')).not.toContain('many')
})

test('readiness is 503 with what each check found while something is missing', async () => {
  const checks = { store: { ok: false, detail: 'locked' } }
  server = await aServer({}, { ready: async () => ({ ok: false, checks }) })

  const response = await server.ask('/readyz', { token: '' })

  expect(response.status).toBe(503)
  expect(await response.json()).toEqual({ ok: false, checks })
})

describe('metrics', () => {
  test('requests are counted by template, method and class of status', async () => {
    server = await aServer({ tasks: { get: async () => aTask() } })
    await server.ask('/api/v1/tasks/digits')
    await server.ask('/api/v1/tasks/letters')
    await server.ask('/api/v1/tasks/Digits')
    await server.ask('/no/such/path')

    const response = await server.ask('/metrics', { token: '' })
    const text = await response.text()

    expect(response.headers.get('content-type')).toContain('text/plain')
    const counts = text.split('\n').filter((line) => line.startsWith('tributary_http_requests_total'))
    expect(counts).toEqual([
      'tributary_http_requests_total{route="/api/v1/tasks/:task",method="GET",status="2xx"} 2',
      'tributary_http_requests_total{route="/api/v1/tasks/:task",method="GET",status="4xx"} 1',
      'tributary_http_requests_total{route="unmatched",method="GET",status="4xx"} 1',
    ])
    expect(text).toContain('tributary_http_request_duration_seconds_bucket')
  })

  test('can be kept for viewers', async () => {
    server = await aServer()
    const { registry } = server
    await server.close()
    registry.clear()
    server = await aServer({}, { metrics: { registry, access: 'viewer' } })

    expect((await server.ask('/metrics', { token: '' })).status).toBe(401)
    expect((await server.ask('/metrics', { token: 'tro_viewer' })).status).toBe(200)
  })
})

test('answers are not sniffed, framed, run or kept, and every one has its own request id', async () => {
  server = await aServer()

  const [one, other] = [await server.ask('/healthz'), await server.ask('/nothing')]

  for (const { headers } of [one, other])
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
  expect(one.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  expect(one.headers.get('x-request-id')).not.toBe(other.headers.get('x-request-id'))
})

describe('web origins', () => {
  const app = 'https://app.example'
  const preflight = (origin: string, method: string, headers: string) =>
    fetch(`${server.url}/api/v1/clients`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': headers,
      },
    })

  test('none may call unless configured', async () => {
    server = await aServer()

    const response = await fetch(`${server.url}/healthz`, { headers: { origin: app } })

    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    expect((await preflight(app, 'PUT', 'authorization')).status).toBe(405)
  })

  test('one that is listed may enrol, upload, download in parts, and read what it needs', async () => {
    server = await aServer({}, { cors: { kind: 'origins', origins: [app] } })

    const asked = await preflight(app, 'PUT', 'authorization, tributary-submission, range')
    const answer = await fetch(`${server.url}/healthz`, { headers: { origin: app } })

    expect(asked.status).toBe(204)
    expect(asked.headers.get('access-control-allow-origin')).toBe(app)
    expect(asked.headers.get('access-control-allow-methods')).toContain('PUT')
    for (const name of ['authorization', 'content-type', 'tributary-submission', 'range', 'idempotency-key'])
      expect(asked.headers.get('access-control-allow-headers')).toContain(name)
    expect(answer.headers.get('access-control-allow-origin')).toBe(app)
    for (const name of ['etag', 'content-range', 'retry-after'])
      expect(answer.headers.get('access-control-expose-headers')).toContain(name)
    expect(answer.headers.has('access-control-allow-credentials')).toBe(false)
  })

  test('one that is not listed may not', async () => {
    server = await aServer({}, { cors: { kind: 'origins', origins: [app] } })

    const asked = await preflight('https://evil.example', 'PUT', 'authorization')

    expect(asked.headers.has('access-control-allow-origin')).toBe(false)
  })

  test('a problem can be read from a listed origin too', async () => {
    server = await aServer({}, { cors: { kind: 'origins', origins: [app] } })

    const response = await fetch(`${server.url}/api/v1/tasks`, { headers: { origin: app } })

    expect(response.status).toBe(401)
    expect(response.headers.get('access-control-allow-origin')).toBe(app)
  })
})

test('what is not HTTP is answered with a problem too', async () => {
  server = await aServer()
  const { port, hostname } = new URL(server.url)
  const socket = connect(Number(port), hostname, () => socket.write('HELLO\r\n\r\n'))
  let answer = ''
  for await (const chunk of socket) answer += chunk

  expect(answer).toContain('HTTP/1.1 400')
  expect(answer).toContain('application/problem+json')
  expect(answer).toContain('urn:tributary:problem:invalid')
})
