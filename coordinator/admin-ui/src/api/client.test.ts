import { expect, test } from 'vitest'
import { addressOf, createApi } from './client.ts'
import { ProblemError } from './problem-error.ts'

type Answer = { status?: number; body?: unknown; type?: string }

const anApi = ({ status = 200, body = {}, type = 'application/json' }: Answer = {}) => {
  const asked: { url: string; init: RequestInit }[] = []
  let signedOut = 0
  const api = createApi({
    fetch: async (url, init = {}) => {
      asked.push({ url: String(url), init })
      return new Response(JSON.stringify(body), { status, headers: { 'content-type': type } })
    },
    csrf: () => 'the-csrf',
    signedOut: () => {
      signedOut += 1
    },
  })
  return { api, asked, signedOut: () => signedOut }
}

const headersOf = ({ init }: { init: RequestInit }) => new Headers(init.headers)

test('names fill the path and are escaped; a query leaves out what is empty', async () => {
  const { api, asked } = anApi()
  await api.get('/tasks/{task}', { path: { task: 'a/../b' } })
  await api.get('/clients', { query: { search: '', online: 'true', limit: 200 } })
  expect(asked.map(({ url }) => url)).toEqual([
    '/api/v1/tasks/a%2F..%2Fb',
    '/api/v1/clients?online=true&limit=200',
  ])
  expect(addressOf('/tasks/{task}/metrics.csv', { path: { task: 'digits' } })).toBe(
    '/api/v1/tasks/digits/metrics.csv',
  )
})

test('reading carries no CSRF token; changing does, and each POST has a key of its own', async () => {
  const { api, asked } = anApi()
  await api.get('/overview')
  await api.post('/tasks/{task}/rounds', { path: { task: 'digits' } })
  await api.post('/tasks/{task}/rounds', { path: { task: 'digits' } })
  await api.delete('/session')
  const [read, first, second, removed] = asked.map(headersOf)
  expect(read?.has('x-csrf-token')).toBe(false)
  expect([first, second, removed].map((headers) => headers?.get('x-csrf-token'))).toEqual(
    Array(3).fill('the-csrf'),
  )
  expect(first?.get('idempotency-key')).toMatch(/^[0-9a-f]{32}$/)
  expect(first?.get('idempotency-key')).not.toBe(second?.get('idempotency-key'))
  expect(first?.has('content-type')).toBe(false)
})

test('a problem keeps its word, its sentence and its mistakes', async () => {
  const mistakes = [{ path: 'cohort.quorum', message: 'must be at most cohort.size' }]
  const body = {
    type: 'urn:tributary:problem:bad-request',
    title: '',
    status: 400,
    detail: 'Look at it.',
    mistakes,
  }
  const { api } = anApi({ status: 400, body, type: 'application/problem+json' })
  const problem = await api.post('/tasks', { body: {} }).catch((error: unknown) => error)
  expect(problem).toBeInstanceOf(ProblemError)
  expect(problem).toMatchObject({ status: 400, word: 'bad-request', message: 'Look at it.', mistakes })
})

test("a proxy's page is no problem document, and says so much", async () => {
  const { api, signedOut } = anApi({ status: 502, body: '<html>', type: 'text/html' })
  const problem = await api.get('/overview').catch((error: unknown) => error)
  expect(problem).toMatchObject({ status: 502, word: '', mistakes: [] })
  expect(signedOut()).toBe(0)
})

test('an answer of 401 tells that nobody is signed in', async () => {
  const { api, signedOut } = anApi({ status: 401 })
  await expect(api.get('/overview')).rejects.toThrow(ProblemError)
  expect(signedOut()).toBe(1)
})

test('no answer at all is a problem of status 0; a request taken back is not', async () => {
  const failing = (error: unknown) =>
    createApi({ fetch: () => Promise.reject(error), csrf: () => undefined, signedOut: () => {} }).get(
      '/overview',
    )
  await expect(failing(new TypeError('Failed to fetch'))).rejects.toMatchObject({
    status: 0,
    word: 'no-answer',
  })
  await expect(failing(new DOMException('', 'AbortError'))).rejects.toThrow(DOMException)
})
