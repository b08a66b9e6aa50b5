import { Problem } from '@tributary/protocols/rest'
import { afterEach, expect, test } from 'vitest'
import { StorageError, TooLargeError } from '../faults/storage.ts'
import { type RefusalWord, refuse } from '../refusal.ts'
import { aServer, aTask, aTaskFile, json, type TestServer } from './http.builders.ts'

let server: TestServer
afterEach(() => server.close())

const problemOf = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = Problem.parse(await response.json())
  expect(problem.status).toBe(response.status)
  return problem
}

test('a refusal is answered as a problem with its word, sentence and facts', async () => {
  const about = { round: 'digits.3' }
  server = await aServer({
    rounds: {
      trigger: async () => refuse('round-open', 'Round digits.3 is open: wait, or abandon it.', { about }),
    },
  })

  const response = await server.ask('/api/v1/tasks/digits/rounds', { method: 'POST' })

  expect(response.status).toBe(409)
  expect(await problemOf(response)).toEqual({
    type: 'urn:tributary:problem:round-open',
    title: 'A round is open',
    status: 409,
    detail: 'Round digits.3 is open: wait, or abandon it.',
    instance: '/api/v1/tasks/digits/rounds',
    about,
  })
})

test.each<[RefusalWord, number]>([
  ['invalid', 400],
  ['unauthenticated', 401],
  ['forbidden', 403],
  ['not-found', 404],
  ['already-exists', 409],
  ['round-over', 409],
  ['too-large', 413],
  ['idempotency-mismatch', 422],
  ['bad-tensors', 422],
  ['bad-compression', 422],
  ['not-openable', 422],
  ['storage-full', 503],
  ['unavailable', 503],
])('the word %s is status %i', async (word, status) => {
  server = await aServer({ tasks: { get: async () => refuse(word, 'No.') } })

  const response = await server.ask('/api/v1/tasks/digits')

  expect(response.status).toBe(status)
  expect((await problemOf(response)).type).toBe(`urn:tributary:problem:${word}`)
  expect(response.headers.has('retry-after')).toBe(status === 503)
  expect(response.headers.has('www-authenticate')).toBe(status === 401)
})

test('every mistake of a task file is told at its path', async () => {
  server = await aServer()
  const file = { ...aTaskFile(), cohort: { target: 1, quorum: 2 }, strategy: { name: 'best' } }

  const response = await server.ask('/api/v1/tasks', { method: 'POST', ...json(file) })

  expect(response.status).toBe(400)
  expect((await problemOf(response)).mistakes).toEqual([
    {
      path: 'cohort.quorum',
      message: 'quorum must not exceed target: a round aggregates as soon as target is met',
    },
    { path: 'strategy.name', message: expect.stringMatching(/^must be one of fedavg, fedavgm, /) },
  ])
})

test('mistakes in path, body, query and headers are told together', async () => {
  server = await aServer()

  const response = await server.ask('/api/v1/tasks/Digits/rollback', {
    method: 'POST',
    body: '{"version":0}',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'two words' },
  })

  const { detail, mistakes } = await problemOf(response)
  expect(detail).toBe('The request has 3 mistakes; see mistakes.')
  expect(mistakes?.map(({ path }) => path)).toEqual(['path.task', 'version', 'headers.idempotency-key'])
})

test('a single mistake is the sentence itself', async () => {
  server = await aServer()

  const response = await server.ask('/api/v1/tasks?limit=1000')

  expect((await problemOf(response)).detail).toBe('query.limit: limit is at most 200')
})

test('an answer lists a hundred mistakes and counts the rest', async () => {
  server = await aServer()
  const nonsense = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`field${at}`, at]))

  const response = await server.ask('/api/v1/tasks', {
    method: 'POST',
    ...json({ ...aTaskFile(), ...nonsense }),
  })

  const { mistakes } = await problemOf(response)
  expect(mistakes).toHaveLength(101)
  expect(mistakes?.at(-1)?.message).toBe('and 50 more mistakes')
})

test('a fault is told without its insides and logged with the request it broke', async () => {
  server = await aServer({
    tasks: {
      get: async () => {
        throw new Error('password=hunter2 at /var/lib/db')
      },
    },
  })

  const response = await server.ask('/api/v1/tasks/digits')

  expect(response.status).toBe(500)
  const { detail, about } = await problemOf(response)
  expect(detail).not.toContain('hunter2')
  expect(about?.request).toBe(response.headers.get('x-request-id'))
  const line = server.logged.find((text) => text.includes('hunter2'))
  expect(line).toContain(String(about?.request))
})

test('full storage is 503 and says when to come again', async () => {
  server = await aServer({
    tasks: {
      get: async () => {
        throw new StorageError('ENOSPC', { full: true })
      },
    },
  })

  const response = await server.ask('/api/v1/tasks/digits')

  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('60')
  expect((await problemOf(response)).type).toBe('urn:tributary:problem:storage-full')
})

test('more bytes than allowed is 413, wherever it is noticed', async () => {
  server = await aServer({
    tasks: {
      get: async () => {
        throw new TooLargeError(10)
      },
    },
  })

  const response = await server.ask('/api/v1/tasks/digits')

  expect(response.status).toBe(413)
  expect((await problemOf(response)).about).toEqual({ maxBytes: 10 })
})

test('an unknown address is 404, a wrong method 405 with those that are possible', async () => {
  server = await aServer()

  const unknown = await server.ask('/api/v1/nothing')
  const wrong = await server.ask('/api/v1/tasks/digits', { method: 'DELETE' })

  expect((await problemOf(unknown)).type).toBe('urn:tributary:problem:not-found')
  expect(unknown.status).toBe(404)
  expect(wrong.status).toBe(405)
  expect(wrong.headers.get('allow')).toBe('GET, HEAD, PATCH')
  expect((await problemOf(wrong)).type).toBe('urn:tributary:problem:method-not-allowed')
})

test('a body that is not JSON is 400 and is not quoted back', async () => {
  server = await aServer()

  const response = await server.ask('/api/v1/tasks', {
    method: 'POST',
    body: '{"secret": s3cret}',
    headers: { 'content-type': 'application/json' },
  })

  expect(response.status).toBe(400)
  const problem = await problemOf(response)
  expect(problem.detail).toBe('The body is not JSON.')
  expect(server.logged.join()).not.toContain('s3cret')
})

test('a body of another content type is 415', async () => {
  server = await aServer()

  const response = await server.ask('/api/v1/tasks', { method: 'POST', body: 'id: digits' })

  expect(response.status).toBe(415)
  expect((await problemOf(response)).type).toBe('urn:tributary:problem:unsupported-media-type')
})

test('a JSON body beyond its limit is 413, and the connection lives to tell', async () => {
  server = await aServer()

  const response = await server.ask('/api/v1/tasks/digits/rollback', {
    method: 'POST',
    ...json({ version: 1, reason: 'x'.repeat(1024 * 1024) }),
  })

  expect(response.status).toBe(413)
  expect((await problemOf(response)).about).toEqual({ maxBytes: 1024 * 1024 })
})

test('an address with a broken escape is 400', async () => {
  server = await aServer()

  const response = await server.ask('/api/v1/tasks/%E0%A4%A')

  expect(response.status).toBe(400)
  expect((await problemOf(response)).detail).toContain('%')
})

test('an answer that does not fit its own schema is a fault, not sent', async () => {
  const view = aTask()
  server = await aServer({ tasks: { get: async () => ({ ...view, completedRounds: -1 }) } })

  const response = await server.ask('/api/v1/tasks/digits')

  expect(response.status).toBe(500)
  await problemOf(response)
})
