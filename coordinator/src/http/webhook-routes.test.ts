/** What the routes of webhooks hand to their service and make of the answer, and who may call them. */
import {
  CreatedWebhookView,
  DeliveryPage,
  DeliveryView,
  WebhookPage,
  WebhookView,
} from '@tributary/protocols/rest'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Delivery } from '../ports/records.ts'
import { refuse } from '../refusal.ts'
import type { WebhookService, WebhookStanding } from '../services.ts'
import { AT, aServer, DIGITS, json, type TestServer } from './http.builders.ts'

const ID = `wh_${'a'.repeat(24)}`
const MESSAGE = `msg_${'b'.repeat(32)}`

const delivery: Delivery = {
  sequence: 7,
  webhook: ID,
  id: MESSAGE,
  event: 'round.completed',
  subject: 'digits.1',
  body: '{"private":"body"}',
  status: 'failed',
  attempts: 9,
  answer: '500',
  createdAt: AT,
  nextAttemptAt: null,
  endedAt: AT + 1,
}
const standing: WebhookStanding = {
  webhook: {
    id: ID,
    url: 'https://hooks.example/in',
    name: 'the chat',
    events: ['round.completed'],
    task: DIGITS,
    sealedSecret: 'c2VhbGVk',
    createdAt: AT,
  },
  last: delivery,
}
const order = { url: 'https://hooks.example/in', name: 'the chat', events: ['round.completed'] }

const service = {
  create: vi.fn<WebhookService['create']>(async () => ({ ...standing, last: undefined, secret: 'whsec_x' })),
  get: vi.fn<WebhookService['get']>(async () => standing),
  list: vi.fn<WebhookService['list']>(async () => [standing]),
  delete: vi.fn<WebhookService['delete']>(async () => standing),
  deliveries: vi.fn<WebhookService['deliveries']>(async () => [delivery, { ...delivery, sequence: 6 }]),
  redeliver: vi.fn<WebhookService['redeliver']>(async () => delivery),
  ping: vi.fn<WebhookService['ping']>(async () => delivery),
}

let server: TestServer
beforeEach(async () => {
  vi.clearAllMocks()
  server = await aServer({ webhooks: service })
})
afterEach(() => server.close())

const admin = { id: 'tro_admin', name: 'admin', role: 'admin' }
const path = `/api/v1/webhooks/${ID}`

test('creating one answers the secret, where it is, and takes an idempotency key', async () => {
  const { body, headers } = json(order)
  const response = await server.ask('/api/v1/webhooks', {
    method: 'POST',
    body,
    headers: { ...headers, 'idempotency-key': 'once' },
  })
  expect([response.status, response.headers.get('location')]).toEqual([201, path])
  expect(CreatedWebhookView.parse(await response.json())).toMatchObject({
    id: ID,
    secret: 'whsec_x',
    task: 'digits',
    last: null,
  })
  expect(service.create).toHaveBeenCalledWith(order, admin, expect.objectContaining({ key: 'once' }))
})

test('what is read shows neither the secret nor what was sent', async () => {
  const texts = await Promise.all(
    ['/api/v1/webhooks', path, `${path}/deliveries`].map(async (each) => (await server.ask(each)).text()),
  )
  const [list = '', one = '', log = ''] = texts
  expect(WebhookPage.parse(JSON.parse(list)).items).toEqual([WebhookView.parse(JSON.parse(one))])
  expect(WebhookView.parse(JSON.parse(one)).last).toEqual({
    outcome: 'failed',
    at: '2026-03-01T09:30:00.001Z',
  })
  expect(DeliveryPage.parse(JSON.parse(log)).items).toHaveLength(2)
  for (const text of texts) expect(text).not.toMatch(/whsec|c2VhbGVk|private|sealed|sequence/)
})

test('the log goes on behind its cursor', async () => {
  const first = DeliveryPage.parse(await (await server.ask(`${path}/deliveries?limit=1`)).json())
  expect(service.deliveries).toHaveBeenLastCalledWith(ID, { limit: 2 })
  await server.ask(`${path}/deliveries?limit=1&cursor=${first.nextCursor}`)
  expect(service.deliveries).toHaveBeenLastCalledWith(ID, { limit: 2, after: 7 })
})

test('deleting, pinging and sending again answer what is so then', async () => {
  const deleted = await server.ask(path, { method: 'DELETE' })
  expect([deleted.status, WebhookView.parse(await deleted.json()).id]).toEqual([200, ID])
  for (const [what, call] of [
    [`${path}/ping`, service.ping],
    [`${path}/deliveries/${MESSAGE}/redeliver`, service.redeliver],
  ] as const) {
    const response = await server.ask(what, { method: 'POST' })
    expect([response.status, DeliveryView.parse(await response.json()).id]).toEqual([202, MESSAGE])
    expect(call).toHaveBeenCalledOnce()
  }
  expect(service.redeliver).toHaveBeenCalledWith(ID, MESSAGE, admin)
})

describe('who may', () => {
  const routes: [method: string, path: string, role: 'admin' | 'operator', body?: object][] = [
    ['POST', '/api/v1/webhooks', 'admin', order],
    ['DELETE', path, 'admin'],
    ['GET', '/api/v1/webhooks', 'operator'],
    ['GET', path, 'operator'],
    ['GET', `${path}/deliveries`, 'operator'],
    ['POST', `${path}/ping`, 'operator'],
    ['POST', `${path}/deliveries/${MESSAGE}/redeliver`, 'operator'],
  ]
  test.each(routes)('%s %s takes the role %s', async (method, where, role, body) => {
    const statusFor = async (token: string) =>
      (await server.ask(where, { method, token, ...(body && json(body)) })).status
    expect(await statusFor('')).toBe(401)
    expect(await statusFor('tro_viewer')).toBe(403)
    const allowed = method === 'GET' || method === 'DELETE' ? 200 : role === 'admin' ? 201 : 202
    expect(await statusFor('tro_operator')).toBe(role === 'admin' ? 403 : allowed)
    expect(await statusFor('tro_admin')).toBe(allowed)
  })
})

test.each([
  [{ ...order, url: 'ftp://hooks.example/' }, 'url'],
  [{ ...order, url: 'file:///etc/passwd' }, 'url'],
  [{ ...order, url: 'hooks.example' }, 'url'],
  [{ ...order, url: `https://hooks.example/${'x'.repeat(2_000)}` }, 'url'],
  [{ ...order, events: [] }, 'events'],
  [{ ...order, events: ['round.exploded'] }, 'events'],
  [{ ...order, name: '' }, 'name'],
  [{ ...order, task: 'No Task' }, 'task'],
  [{ ...order, secret: 'whsec_mine' }, ''],
])('%o is refused, and says where', async (body, where) => {
  const response = await server.ask('/api/v1/webhooks', { method: 'POST', ...json(body) })
  expect(response.status).toBe(400)
  expect(JSON.stringify(await response.json())).toContain(where)
  expect(service.create).not.toHaveBeenCalled()
})

test('names that cannot be are refused, and refusals are problems', async () => {
  for (const where of ['/api/v1/webhooks/wh_1', `${path}/deliveries?cursor=x`, `${path}/deliveries?limit=0`])
    expect((await server.ask(where)).status).toBe(400)
  expect((await server.ask(`${path}/deliveries/7/redeliver`, { method: 'POST' })).status).toBe(400)
  service.create.mockResolvedValueOnce(refuse('limit-reached', 'there are 20 webhooks already'))
  const response = await server.ask('/api/v1/webhooks', { method: 'POST', ...json(order) })
  expect([response.status, await response.json()]).toMatchObject([
    409,
    { title: 'There are as many as there may be' },
  ])
})
