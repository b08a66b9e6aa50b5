import { Problem, problemWord } from '@tributary/protocols/rest'
import { afterEach, describe, expect, test } from 'vitest'
import { refuse } from '../refusal.ts'
import { createBudget } from './budget.ts'
import {
  ALICE,
  AT,
  aBlob,
  aClient,
  aServer,
  aTask,
  BOB,
  digest,
  json,
  type TestServer,
} from './http.builders.ts'

let server: TestServer | undefined
afterEach(() => server?.close())

let now = AT
const clock = { now: () => now }
const limited = async (
  perMinute: number | 'off',
  overrides: Parameters<typeof aServer>[0] = {},
  more = {},
) => {
  server = await aServer(
    { tasks: { get: async () => aTask() }, ...overrides },
    { clock, limits: { perMinute, guessesPerMinute: 2 }, ...more },
  )
  return server
}
const statusOf = async (answer: Promise<Response>) => (await answer).status

describe('an operator', () => {
  test('who asks too often is told when to ask again, and is answered then', async () => {
    const { ask } = await limited(3)
    for (let time = 0; time < 3; time++) expect(await statusOf(ask('/api/v1/tasks/digits'))).toBe(200)
    const response = await ask('/api/v1/tasks/digits')
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('20')
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const problem = Problem.parse(await response.json())
    expect(problemWord(problem)).toBe('too-many-requests')
    expect(problem.about).toEqual({ retryAfterSeconds: 20 })
    now += 20_000
    expect(await statusOf(ask('/api/v1/tasks/digits'))).toBe(200)
    expect(await statusOf(ask('/api/v1/tasks/digits'))).toBe(429)
  })

  test('does not use up what another has, nor what a browser’s session has', async () => {
    const { ask } = await limited(1)
    expect(await statusOf(ask('/api/v1/tasks/digits'))).toBe(200)
    expect(await statusOf(ask('/api/v1/tasks/digits', { token: 'tro_viewer' }))).toBe(200)
    const headers = { cookie: 'tributary-session=trc_admin', 'sec-fetch-site': 'same-origin' }
    expect(await statusOf(ask('/api/v1/tasks/digits', { token: '', headers }))).toBe(200)
    expect(await statusOf(ask('/api/v1/tasks/digits'))).toBe(429)
  })

  test('has no limit where it is off', async () => {
    const { ask } = await limited('off')
    for (let time = 0; time < 50; time++) expect(await statusOf(ask('/api/v1/tasks/digits'))).toBe(200)
  })
})

test('a client has a budget of its own, whatever address it shares and whatever others there do', async () => {
  const { ask } = await limited(2, {
    clients: { get: async (id) => aClient(id) },
    models: { published: async () => aBlob(1) },
  })
  for (let time = 0; time < 5; time++) await ask('/api/v1/tasks/digits', { token: 'tro_nobody' })
  const fetchBlob = (token: string) => statusOf(ask(`/api/v1/blobs/${digest('1')}`, { token }))
  expect(await fetchBlob(`trs_${ALICE}`)).toBe(200)
  expect(await fetchBlob(`trs_${ALICE}`)).toBe(200)
  expect(await fetchBlob(`trs_${ALICE}`)).toBe(429)
  expect(await fetchBlob(`trs_${BOB}`)).toBe(200)
})

test('clients whose sessions are over keep no operator at the same address from anything', async () => {
  const { ask } = await limited(2)
  const over = { token: 'trs_nobody' }
  for (let time = 0; time < 9; time++)
    expect(await statusOf(ask(`/api/v1/blobs/${digest('1')}`, over))).toBe(401)
  expect(await statusOf(ask('/api/v1/tasks/digits'))).toBe(200)
})

test('an address that shows wrong tokens is refused before they are looked up', async () => {
  let lookedUp = 0
  const { ask } = await limited(2, {
    access: {
      operator: async () => {
        lookedUp++
        return refuse('unauthenticated', 'no')
      },
    },
  })
  for (let time = 0; time < 5; time++) await ask('/api/v1/tasks/digits')
  expect(lookedUp).toBe(2)
  expect(await statusOf(ask('/api/v1/tasks/digits'))).toBe(429)
})

test('monitors are never refused for asking often', async () => {
  const { ask } = await limited(1)
  for (let time = 0; time < 9; time++)
    for (const path of ['/healthz', '/readyz']) expect(await statusOf(ask(path, { token: '' }))).toBe(200)
})

describe('secrets that are guessed', () => {
  const signIn = (ask: TestServer['ask'], headers: Record<string, string> = {}) => {
    const { body, headers: type } = json({ token: 'tro_guess' })
    return ask('/api/v1/session', { method: 'POST', token: '', body, headers: { ...type, ...headers } })
  }
  const enrol = (ask: TestServer['ask']) =>
    ask('/api/v1/clients', {
      method: 'POST',
      token: '',
      ...json({
        token: `tre_${'0'.repeat(24)}_${'A'.repeat(43)}`,
        publicKey: 'A'.repeat(43),
        proof: 'A'.repeat(86),
      }),
    })
  const wrong = { sessions: { open: async () => refuse('unauthenticated', 'no') } }

  test('at signing in, are few a minute', async () => {
    const { ask } = await limited(100, wrong)
    expect(await statusOf(signIn(ask))).toBe(401)
    expect(await statusOf(signIn(ask))).toBe(401)
    const response = await signIn(ask)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('30')
    now += 30_000
    expect(await statusOf(signIn(ask))).toBe(401)
  })

  test('at enrolment, are few a minute; a fleet that shares an address enrols all the same', async () => {
    let good = true
    const { ask } = await limited(1, {
      clients: { enrol: async () => (good ? aClient() : refuse('unauthenticated', 'no')) },
    })
    for (let time = 0; time < 20; time++) expect(await statusOf(enrol(ask))).toBe(201)
    good = false
    expect(await statusOf(enrol(ask))).toBe(401)
    expect(await statusOf(enrol(ask))).toBe(401)
    good = true
    expect(await statusOf(enrol(ask))).toBe(429)
  })

  test('at enrolment, keep nobody at the same address from signing in', async () => {
    const { ask } = await limited(100, {
      clients: { enrol: async () => refuse('unauthenticated', 'no') },
      ...wrong,
    })
    for (let time = 0; time < 4; time++) await enrol(ask)
    expect(await statusOf(enrol(ask))).toBe(429)
    expect(await statusOf(signIn(ask))).toBe(401)
  })

  test.each([
    ['one address behind a trusted proxy', '203.0.113.9', '203.0.113.9', 429],
    ['another address behind it', '203.0.113.9', '203.0.113.10', 401],
    ['the same network of IPv6', '2001:db8:1:2::1', '2001:db8:1:2:ffff::2', 429],
    ['another network of IPv6', '2001:db8:1:2::1', '2001:db8:1:3::1', 401],
    ['another, of which zeros are left out', '2001:db8::1', '2001:db8:0:1::1', 401],
  ])('are counted by address: %s', async (_, guesser, other, status) => {
    const { ask } = await limited(100, wrong, { trustProxy: ['127.0.0.1'] })
    for (let time = 0; time < 2; time++) await signIn(ask, { 'x-forwarded-for': guesser })
    expect(await statusOf(signIn(ask, { 'x-forwarded-for': other }))).toBe(status)
  })

  test('an address that a caller makes up counts for nothing', async () => {
    const { ask } = await limited(100, wrong)
    const statuses: number[] = []
    for (let time = 0; time < 4; time++)
      statuses.push(await statusOf(signIn(ask, { 'x-forwarded-for': `203.0.113.${time}` })))
    expect(statuses).toEqual([401, 401, 429, 429])
  })
})

describe('a budget', () => {
  test('gives as many as time has passed for, and keeps no more than a minute’s', () => {
    const budget = createBudget({ clock, perMinute: 60 })
    for (let time = 0; time < 60; time++) budget.take('a')
    expect(budget.waitMs('a')).toBe(1_000)
    now += 3_000
    for (let time = 0; time < 3; time++) {
      expect(budget.waitMs('a')).toBe(0)
      budget.take('a')
    }
    expect(budget.waitMs('a')).toBe(1_000)
    now += 3_600_000
    for (let time = 0; time < 60; time++) budget.take('a')
    expect(budget.waitMs('a')).toBe(1_000)
  })

  test('makes nobody wait longer for a clock that was set back', () => {
    const budget = createBudget({ clock, perMinute: 1 })
    budget.take('a')
    now -= 3_600_000
    expect(budget.waitMs('a')).toBe(60_000)
    now += 3_600_000
  })

  test('forgets those not heard of for longest, however many names there are', () => {
    const budget = createBudget({ clock, perMinute: 1 })
    budget.take('first')
    for (let name = 0; name < 50_000; name++) budget.take(`name ${name}`)
    expect(budget.waitMs('first')).toBe(0)
    expect(budget.waitMs('name 49999')).toBe(60_000)
  })
})
