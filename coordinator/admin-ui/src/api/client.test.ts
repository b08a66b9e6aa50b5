import { expect, test } from 'vitest'
import { addressOf, createApi } from './client.ts'
import { ProblemError } from './problem-error.ts'

type Answer = { status?: number; body?: unknown; type?: string }

const URL_OF_IT = 'https://fl.example'

const anApi = ({ status = 200, body = {}, type = 'application/json' }: Answer = {}) => {
  const asked: Request[] = []
  let signedOut = 0
  const api = createApi({
    url: URL_OF_IT,
    fetch: async (request) => {
      asked.push(request)
      return new Response(JSON.stringify(body), { status, headers: { 'content-type': type } })
    },
    csrf: () => 'the-csrf',
    signedOut: () => {
      signedOut += 1
    },
  })
  return { api, asked, signedOut: () => signedOut }
}

const PROBLEM = 'application/problem+json'
const problem = (status: number, word: string, more: object = {}) => ({
  type: `urn:tributary:problem:${word}`,
  title: '',
  status,
  detail: 'Look at it.',
  ...more,
})

test('names fill the path and are escaped; a query leaves out what is empty', async () => {
  const { api, asked } = anApi()
  await api.get('/tasks/{task}', { path: { task: 'a/../b' } })
  await api.get('/clients', { query: { search: '', online: 'true', limit: 200 } })
  expect(asked.map(({ url }) => url)).toEqual([
    `${URL_OF_IT}/api/v1/tasks/a%2F..%2Fb`,
    `${URL_OF_IT}/api/v1/clients?online=true&limit=200`,
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
  const [read, first, second, removed] = asked.map(({ headers }) => headers)
  expect(read?.has('x-csrf-token')).toBe(false)
  expect([first, second, removed].map((headers) => headers?.get('x-csrf-token'))).toEqual(
    Array(3).fill('the-csrf'),
  )
  expect(first?.get('idempotency-key')).toMatch(/^[0-9a-f]{32}$/)
  expect(first?.get('idempotency-key')).not.toBe(second?.get('idempotency-key'))
  expect(first?.has('content-type')).toBe(false)
})

test('what is told goes as JSON, bytes as they are; the session goes with both', async () => {
  const { api, asked } = anApi()
  await api.patch('/tasks/{task}', { path: { task: 'digits' }, body: { status: 'paused' } })
  const body = new Blob([Uint8Array.of(0, 255, 7)])
  await api.post('/tasks/{task}/models', { path: { task: 'digits' }, query: { note: 'mine' }, body })
  const [change, upload] = asked
  expect(await change?.json()).toEqual({ status: 'paused' })
  expect(await upload?.bytes()).toEqual(Uint8Array.of(0, 255, 7))
  expect(upload?.url).toBe(`${URL_OF_IT}/api/v1/tasks/digits/models?note=mine`)
  expect(asked.map(({ headers }) => headers.get('content-type'))).toEqual([
    'application/json',
    'application/octet-stream',
  ])
  expect(asked.map(({ credentials }) => credentials)).toEqual(['same-origin', 'same-origin'])
})

test('a problem keeps its word, its sentence and its mistakes', async () => {
  const mistakes = [{ path: 'cohort.quorum', message: 'must be at most cohort.size' }]
  const { api } = anApi({ status: 400, body: problem(400, 'bad-request', { mistakes }), type: PROBLEM })
  const error = await api.post('/enrolment-tokens', { body: { name: '' } }).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ProblemError)
  expect(error).toMatchObject({ status: 400, word: 'bad-request', message: 'Look at it.', mistakes })
})

test("a proxy's page is no problem document, and says so much", async () => {
  const { api, signedOut } = anApi({ status: 502, body: '<html>', type: 'text/html' })
  const error = await api.get('/overview').catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ProblemError)
  expect(error).toMatchObject({ status: 502, word: '', mistakes: [] })
  expect(signedOut()).toBe(0)
})

test('an answer of 401 tells that nobody is signed in', async () => {
  const { api, signedOut } = anApi({ status: 401, body: problem(401, 'unauthenticated'), type: PROBLEM })
  await expect(api.get('/overview')).rejects.toThrow(ProblemError)
  expect(signedOut()).toBe(1)
})

test('no answer at all is a problem of status 0; a request taken back is not', async () => {
  const takenBack = new AbortController()
  takenBack.abort()
  const api = createApi({
    url: URL_OF_IT,
    fetch: async ({ signal }) => {
      signal.throwIfAborted()
      throw new TypeError('Failed to fetch')
    },
    csrf: () => undefined,
    signedOut: () => {},
  })
  await expect(api.get('/overview')).rejects.toMatchObject({ status: 0, word: 'no-answer' })
  await expect(api.get('/overview', {}, takenBack.signal)).rejects.toThrow(DOMException)
})
