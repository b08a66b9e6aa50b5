import { describe, expect, test } from 'vitest'
import {
  actKey,
  type Credentials,
  createRestClient,
  everyItem,
  granted,
  RestProblem,
  StrangeAnswerError,
  UnreachableError,
} from './rest-client.ts'

const URL_OF_IT = 'https://fl.example'

/** A client of a server that gives these answers, one after the other, and what it was asked. */
const aClient = (
  answers: readonly (Response | Error)[],
  credentials: Credentials = { kind: 'token', token: 'tro_x' },
) => {
  const asked: Request[] = []
  const rest = createRestClient({
    url: URL_OF_IT,
    credentials,
    patience: { tries: 3 },
    fetch: async (request) => {
      const answer = answers[asked.length]
      asked.push(request)
      if (answer instanceof Error) throw answer
      if (!answer) throw new Error('asked more often than there are answers')
      return answer
    },
  })
  return { rest, asked }
}

const page = (items: readonly unknown[] = [], nextCursor: string | null = null) =>
  Response.json({ items, nextCursor })

const problem = (status: number, word: string, more: object = {}, headers: Record<string, string> = {}) =>
  new Response(
    JSON.stringify({
      type: `urn:tributary:problem:${word}`,
      title: word,
      status,
      detail: 'so it is',
      instance: '/',
      ...more,
    }),
    { status, headers: { 'content-type': 'application/problem+json', ...headers } },
  )

const busy = (status = 503, after = '0') => problem(status, 'unavailable', {}, { 'retry-after': after })
const caught = (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('who asks', () => {
  test('a token goes with every request', async () => {
    const { rest, asked } = aClient([page()])
    await granted(rest.GET('/api/v1/tasks'))
    expect(asked[0]?.headers.get('authorization')).toBe('Bearer tro_x')
    expect(asked[0]?.url).toBe(`${URL_OF_IT}/api/v1/tasks`)
  })

  test('a session has its cookie, and shows its CSRF token with what changes anything', async () => {
    const { rest, asked } = aClient([page(), Response.json({}, { status: 202 })], {
      kind: 'session',
      csrf: () => 'c-1',
    })
    await granted(rest.GET('/api/v1/tasks'))
    await granted(rest.POST('/api/v1/tasks/{task}/rounds', { params: { path: { task: 'line' } }, body: {} }))
    expect(asked.map(({ headers }) => headers.get('x-csrf-token'))).toEqual([null, 'c-1'])
    expect(asked.map(({ credentials }) => credentials)).toEqual(['same-origin', 'same-origin'])
  })
})

describe('refusals', () => {
  test('are problems with their word, detail and mistakes', async () => {
    const mistakes = [{ path: 'cohort.quorum', message: 'is too high' }]
    const { rest } = aClient([problem(400, 'invalid', { mistakes, about: { task: 'line' } })])
    const error = await caught(granted(rest.GET('/api/v1/tasks')))
    expect(error).toBeInstanceOf(RestProblem)
    expect(error).toMatchObject({
      word: 'invalid',
      status: 400,
      detail: 'so it is',
      mistakes,
      about: { task: 'line' },
    })
  })

  test.each([
    ['a web page', new Response('<html>', { headers: { 'content-type': 'text/html' } }), /with a web page/],
    [
      'a proxy’s error',
      new Response('bad gateway', { status: 502, headers: { 'content-type': 'text/plain' } }),
      /502 in text\/plain/,
    ],
    ['an error without a body', new Response(null, { status: 404 }), /404 in no format/],
    [
      'a redirection',
      new Response(null, { status: 301, headers: { location: 'https://else.example' } }),
      /sends elsewhere/,
    ],
    [
      'a problem that is none',
      new Response('{"a":1}', { status: 400, headers: { 'content-type': 'application/problem+json' } }),
      /problem that is none/,
    ],
    ['mistakes that are none', problem(400, 'invalid', { mistakes: [1] }), /problem that is none/],
  ])('%s is not taken for a coordinator’s', async (_, answer, words) => {
    const error = await caught(granted(aClient([answer]).rest.GET('/api/v1/tasks')))
    expect(error).toBeInstanceOf(StrangeAnswerError)
    expect(String(error)).toMatch(words)
  })
})

describe('asks again', () => {
  test('after 503 and 429 that say when, to read', async () => {
    const { rest, asked } = aClient([busy(503), busy(429), page(['a'])])
    expect(await granted(rest.GET('/api/v1/tasks'))).toEqual({ items: ['a'], nextCursor: null })
    expect(asked).toHaveLength(3)
  })

  test('so often and not more', async () => {
    const { rest, asked } = aClient([busy(), busy(), busy()])
    expect(await caught(granted(rest.GET('/api/v1/tasks')))).toMatchObject({
      status: 503,
      word: 'unavailable',
    })
    expect(asked).toHaveLength(3)
  })

  test('what changes anything only where a key makes it one act, with the same body and key', async () => {
    const trigger = (headers: object) => ({ params: { path: { task: 'line' }, header: headers }, body: {} })
    const keyed = aClient([busy(), Response.json({}, { status: 202 })])
    await granted(keyed.rest.POST('/api/v1/tasks/{task}/rounds', trigger(actKey())))
    const keys = keyed.asked.map(({ headers }) => headers.get('idempotency-key'))
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
    expect(new Set(keys).size).toBe(1)
    expect(await Promise.all(keyed.asked.map((request) => request.text()))).toEqual(['{}', '{}'])

    const bare = aClient([busy()])
    const asked = granted(bare.rest.POST('/api/v1/tasks/{task}/rounds', trigger({})))
    expect(await caught(asked)).toMatchObject({ status: 503 })
  })

  test.each([['not said'], ['3600'], ['Wed, 21 Oct 2026 07:28:00 GMT']])(
    'not where Retry-After is %s',
    async (after) => {
      const { rest, asked } = aClient([busy(503, after)])
      expect(await caught(granted(rest.GET('/api/v1/tasks')))).toMatchObject({ status: 503 })
      expect(asked).toHaveLength(1)
    },
  )

  test('not once its caller has given up: the wait ends at once', async () => {
    const { rest } = aClient([busy(503, '10')])
    const gaveUp = new Error('gave up')
    const controller = new AbortController()
    const asked = caught(granted(rest.GET('/api/v1/tasks', { signal: controller.signal })))
    controller.abort(gaveUp)
    expect(await asked).toBe(gaveUp)
  })
})

describe('where nothing answers', () => {
  test('the reason is in words, with the address', async () => {
    const refused = new TypeError('fetch failed', {
      cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
    })
    const error = await caught(granted(aClient([refused]).rest.GET('/api/v1/tasks')))
    expect(error).toBeInstanceOf(UnreachableError)
    expect(String(error)).toContain(`${URL_OF_IT} cannot be reached: nobody listens there.`)
  })

  test('it is not waited for for ever', async () => {
    const rest = createRestClient({
      url: URL_OF_IT,
      credentials: { kind: 'none' },
      patience: { answerMs: 20 },
      fetch: (request) =>
        new Promise((_, reject) =>
          request.signal.addEventListener('abort', () => reject(request.signal.reason)),
        ),
    })
    expect(String(await caught(granted(rest.GET('/api/v1/tasks'))))).toContain('nothing came within 0.02 s')
  })
})

describe('a list', () => {
  test('comes page after page', async () => {
    const { rest, asked } = aClient([page([1, 2], 'n1'), page([3], 'n2'), page([])])
    const items: unknown[] = []
    for await (const item of everyItem((query) => granted(rest.GET('/api/v1/tasks', { params: { query } }))))
      items.push(item)
    expect(items).toEqual([1, 2, 3])
    expect(asked.map(({ url }) => new URL(url).search)).toEqual([
      '?limit=200',
      '?limit=200&cursor=n1',
      '?limit=200&cursor=n2',
    ])
  })

  test('that begins again and again is noticed', async () => {
    const { rest } = aClient([page([1], 'n1'), page([1], 'n1')])
    const walk = async () => {
      for await (const _ of everyItem((query) => granted(rest.GET('/api/v1/tasks', { params: { query } }))));
    }
    await expect(walk()).rejects.toThrow('does not come to an end')
  })
})
