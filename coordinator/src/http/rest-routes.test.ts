/** What every route hands to its service and makes of the answer. */
import {
  EnrolmentTokenView,
  ModelView,
  RoundDetail,
  RoundPage,
  RoundView,
  TaskPage,
  TaskView,
} from '@tributary/protocols/rest'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { refuse } from '../refusal.ts'
import type { Idempotency, Services } from '../services.ts'
import {
  ALICE,
  AT,
  aClient,
  aModel,
  aRound,
  aServer,
  aTask,
  aTaskFile,
  BOB,
  DIGITS,
  json,
  type TestServer,
  version,
} from './http.builders.ts'

let server: TestServer
afterEach(() => server.close())

const admin = { id: 'tro_admin', name: 'admin', role: 'admin' }

describe('tasks', () => {
  test('a task file becomes a task', async () => {
    const create = vi.fn<Services['tasks']['create']>(async () => aTask())
    server = await aServer({ tasks: { create } })

    const response = await server.ask('/api/v1/tasks', { method: 'POST', ...json(aTaskFile()) })

    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe('/api/v1/tasks/digits')
    const view = TaskView.parse(await response.json())
    expect(view).toMatchObject({
      id: 'digits',
      title: null,
      createdAt: '2026-03-01T09:30:00.000Z',
      openRound: { phase: 'selecting', number: 2 },
      latestModel: { version: 1, parent: null },
      nextRoundAt: null,
      file: aTaskFile(),
    })
    expect(create).toHaveBeenCalledWith(aTaskFile(), admin, undefined)
  })

  test('a list shows tasks without their files', async () => {
    server = await aServer({ tasks: { list: async () => [aTask()] } })

    const page = TaskPage.parse(await (await server.ask('/api/v1/tasks')).json())

    expect(page.nextCursor).toBeNull()
    expect(page.items.map(({ id }) => id)).toEqual(['digits'])
    expect(page.items[0]).not.toHaveProperty('file')
  })

  test('a change is translated into what is to happen, the status last', async () => {
    const change = vi.fn<Services['tasks']['change']>(async () => aTask())
    server = await aServer({ tasks: { change } })
    const body = { status: 'active', schedule: { kind: 'continuous' }, stop: { kind: 'never' } }

    const response = await server.ask('/api/v1/tasks/digits', {
      method: 'PATCH',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/merge-patch+json' },
    })

    expect(response.status).toBe(200)
    expect(change).toHaveBeenCalledWith(
      DIGITS,
      [
        { kind: 'reschedule', schedule: { kind: 'continuous', pauseSeconds: 0 } },
        { kind: 'restop', stop: { kind: 'never' } },
        { kind: 'resume' },
      ],
      admin,
    )
  })
})

describe('rounds', () => {
  test.each([
    ['no body', {}],
    ['an empty body with a content type', { headers: { 'content-type': 'application/json' } }],
    ['an empty object', json({})],
  ])('a round is triggered with %s', async (_name, init) => {
    server = await aServer({ rounds: { trigger: async () => aRound(4) } })

    const response = await server.ask('/api/v1/tasks/digits/rounds', { method: 'POST', ...init })

    expect(response.status).toBe(202)
    expect(response.headers.get('location')).toBe('/api/v1/tasks/digits/rounds/digits.4')
    expect(RoundView.parse(await response.json())).toMatchObject({ id: 'digits.4', phase: 'selecting' })
  })

  test('a round comes with its members, by its number or its id', async () => {
    const get = vi.fn<Services['rounds']['get']>(async () => ({
      round: aRound(4),
      members: [{ status: 'declined', round: aRound(4).id, client: ALICE, reason: 'busy' }],
    }))
    server = await aServer({ rounds: { get } })

    for (const name of ['4', 'digits.4']) {
      const response = await server.ask(`/api/v1/tasks/digits/rounds/${name}`)
      const detail = RoundDetail.parse(await response.json())
      expect(detail.members).toEqual([{ status: 'declined', client: ALICE, reason: 'busy' }])
      expect(get).toHaveBeenLastCalledWith(DIGITS, 'digits.4')
    }
  })

  test("another task's round is not found here", async () => {
    server = await aServer()

    expect((await server.ask('/api/v1/tasks/digits/rounds/letters.4')).status).toBe(404)
  })

  test('a round is abandoned for a reason', async () => {
    const abandon = vi.fn<Services['rounds']['abandon']>(async () => aRound(4))
    server = await aServer({ rounds: { abandon } })

    await server.ask('/api/v1/tasks/digits/rounds/4/abandon', { method: 'POST', ...json({ reason: 'late' }) })

    expect(abandon).toHaveBeenCalledWith(DIGITS, 'digits.4', 'late', admin)
  })
})

describe('pages', () => {
  const serveRounds = async (count: number) => {
    const all = Array.from({ length: count }, (_, at) => aRound(count - at))
    server = await aServer({
      rounds: {
        list: async (_task, { limit, after }) =>
          all.filter(({ number }) => after === undefined || number < after).slice(0, limit),
      },
    })
  }

  test('following the cursors gives every item once, in order', async () => {
    await serveRounds(7)
    const numbers: number[] = []
    let cursor: string | null = ''
    for (let page = 0; cursor !== null && page < 10; page++) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`
      const response = await server.ask(`/api/v1/tasks/digits/rounds?limit=3${query}`)
      const { items, nextCursor } = RoundPage.parse(await response.json())
      numbers.push(...items.map(({ number }) => number))
      cursor = nextCursor
    }

    expect(numbers).toEqual([7, 6, 5, 4, 3, 2, 1])
    expect(cursor).toBeNull()
  })

  test('a full last page has no next', async () => {
    await serveRounds(3)

    const response = await server.ask('/api/v1/tasks/digits/rounds?limit=3')

    expect(RoundPage.parse(await response.json()).nextCursor).toBeNull()
  })

  test("a cursor of another list is a mistake of the query's", async () => {
    await serveRounds(1)
    for (const cursor of [Buffer.from('"digits"').toString('base64url'), 'AAAA', 'e30', '%20']) {
      const response = await server.ask(`/api/v1/tasks/digits/rounds?cursor=${cursor}`)
      expect(response.status, cursor).toBe(400)
      expect(await response.json()).toMatchObject({ mistakes: [{ path: 'query.cursor' }] })
    }
  })

  test('a list that the service refuses is refused', async () => {
    server = await aServer({ models: { list: async () => refuse('not-found', 'No such task.') } })

    expect((await server.ask('/api/v1/tasks/digits/models')).status).toBe(404)
  })
})

describe('models', () => {
  const importing = (importWeights: Services['models']['importWeights']) =>
    aServer({ models: { maxBytes: async () => 10, importWeights } })
  const bytes = { 'content-type': 'application/octet-stream' }

  test('the bytes of a file become a version, with a note', async () => {
    const importWeights = vi.fn<Services['models']['importWeights']>(async () => aModel(1))
    server = await importing(importWeights)

    const response = await server.ask('/api/v1/tasks/digits/models?note=from%20the%20lab', {
      method: 'POST',
      body: Uint8Array.of(1, 2, 3),
      headers: bytes,
    })

    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe('/api/v1/tasks/digits/models/1')
    expect(ModelView.parse(await response.json())).toMatchObject({ version: 1, origin: { kind: 'initial' } })
    expect(importWeights).toHaveBeenCalledWith(
      DIGITS,
      Uint8Array.of(1, 2, 3),
      'from the lab',
      admin,
      undefined,
    )
  })

  test('more bytes than the task has are 413, announced or not', async () => {
    const importWeights = vi.fn<Services['models']['importWeights']>()
    server = await importing(importWeights)
    const streamed = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(6))
        controller.enqueue(new Uint8Array(6))
        controller.close()
      },
    })
    const asStream: RequestInit & { duplex: 'half' } = { body: streamed, duplex: 'half' }

    for (const body of [{ body: new Uint8Array(11) }, asStream]) {
      const init = { method: 'POST', headers: bytes, ...body }
      const response = await server.ask('/api/v1/tasks/digits/models', init)
      expect(response.status).toBe(413)
      expect(await response.json()).toMatchObject({ about: { maxBytes: 10 } })
    }
    expect(importWeights).not.toHaveBeenCalled()
  })

  test('a rollback makes a new version', async () => {
    const rollback = vi.fn<Services['models']['rollback']>(async () => aModel(5))
    server = await aServer({ models: { rollback } })

    const response = await server.ask('/api/v1/tasks/digits/rollback', {
      method: 'POST',
      ...json({ version: 2 }),
    })

    expect(response.status).toBe(201)
    expect(rollback).toHaveBeenCalledWith(DIGITS, version(2), '', admin, undefined)
  })
})

describe('Idempotency-Key', () => {
  const keysOf = async (requests: { path: string; token?: string; body: unknown; key: string }[]) => {
    const seen: (Idempotency | undefined)[] = []
    server = await aServer({
      models: {
        rollback: async (...[, , , , idempotency]) => {
          seen.push(idempotency)
          return aModel(2)
        },
      },
    })
    for (const { path, body, key, ...rest } of requests)
      await server.ask(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        ...rest,
      })
    return seen
  }
  const path = '/api/v1/tasks/digits/rollback'

  test('the same request is the same, however its JSON is written', async () => {
    const [one, other] = await keysOf([
      { path, key: 'k', body: { version: 1, reason: '' } },
      { path: `${path}?x`, key: 'k', body: { version: 1 } },
    ])

    expect(one).toMatchObject({ scope: 'tro_admin POST /api/v1/tasks/digits/rollback', key: 'k' })
    expect(one?.request).toMatch(/^[0-9a-f]{64}$/)
    expect(other).toEqual(one)
  })

  test('another body is another request, another task or caller another scope', async () => {
    const [one, body, task, caller] = await keysOf([
      { path, key: 'k', body: { version: 1 } },
      { path, key: 'k', body: { version: 2 } },
      { path: path.replace('digits', 'letters'), key: 'k', body: { version: 1 } },
      { path, key: 'k', body: { version: 1 }, token: 'tro_operator' },
    ])

    expect(body?.scope).toBe(one?.scope)
    expect(body?.request).not.toBe(one?.request)
    expect(task?.scope).not.toBe(one?.scope)
    expect(caller?.scope).not.toBe(one?.scope)
  })

  test.each(['', ' ', 'two words', 'x'.repeat(129), 'é'])('%j is not a key', async (key) => {
    expect(await keysOf([{ path, key, body: { version: 1 } }])).toEqual([])
  })
})

describe('the fleet', () => {
  test('an invitation ends so many seconds from now, and its token is in the answer', async () => {
    const secret = `tre_${'1'.repeat(24)}_${'A'.repeat(43)}`
    const invite = vi.fn<Services['clients']['invite']>(async ({ name, uses, expiresAt }) => ({
      token: {
        kind: 'enrolment',
        id: '1'.repeat(24),
        hash: 'f'.repeat(64),
        name,
        usesLeft: uses,
        expiresAt,
        createdAt: AT,
      },
      secret,
    }))
    server = await aServer({ clients: { invite } })

    const response = await server.ask('/api/v1/enrolment-tokens', {
      method: 'POST',
      ...json({ name: 'ward 7', uses: 3, expiresInSeconds: 60 }),
    })

    expect(response.status).toBe(201)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const answer = await response.json()
    expect(EnrolmentTokenView.parse(answer)).toMatchObject({ usesLeft: 3, token: secret })
    expect(JSON.stringify(answer)).not.toContain('ffff')
    expect(invite).toHaveBeenCalledWith({ name: 'ward 7', uses: 3, expiresAt: AT + 60_000 }, admin, undefined)
  })

  test('enrolling needs no bearer token', async () => {
    server = await aServer({ clients: { enrol: async () => aClient() } })
    const body = {
      token: `tre_${'1'.repeat(24)}_${'A'.repeat(43)}`,
      publicKey: 'A'.repeat(43),
      proof: 'A'.repeat(86),
    }

    const response = await server.ask('/api/v1/clients', { method: 'POST', token: '', ...json(body) })

    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe(`/api/v1/clients/${ALICE}`)
    expect(await response.json()).toMatchObject({ id: ALICE, status: 'active' })
  })

  test('a client is revoked by DELETE', async () => {
    server = await aServer({ clients: { revoke: async (id) => aClient(id, 'revoked') } })

    const response = await server.ask(`/api/v1/clients/${BOB}`, { method: 'DELETE' })

    expect(await response.json()).toMatchObject({ id: BOB, status: 'revoked' })
  })
})
