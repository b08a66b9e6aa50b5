import { EnrolmentTokenPage, OperatorTokenPage } from '@tributary/protocols/rest'
import { virtualClock } from '@tributary/protocols/runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { anEnrolmentToken, anOperatorToken, NOON } from '../adapters/contracts/arrange.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { aServer, type TestServer } from '../http/http.builders.ts'
import type { Store } from '../ports/store.ts'
import { createTokenService } from './tokens.ts'

let store: Store
let server: TestServer
beforeEach(async () => {
  store = await openSqliteStore({ path: ':memory:' })
  const tokens = createTokenService({
    clock: virtualClock(NOON),
    store,
  })
  server = await aServer({ tokens })
})
afterEach(async () => {
  await server.close()
  await store.close()
})

const idOf = (n: number) => n.toString(16).padStart(24, '0')
const call = async (method: string, path: string, token = 'tro_admin') => {
  const response = await server.ask(`/api/v1${path}`, { method, token })
  return { status: response.status, body: await response.json() }
}
const audited = async () =>
  (await store.audit({ limit: 100 })).map(({ actor, action, subject, detail }) => [
    actor,
    action,
    subject,
    detail,
  ])

describe('tokens of operators', () => {
  beforeEach(() =>
    store.commit([
      { kind: 'insert-token', token: anOperatorToken(idOf(1), { name: 'first', createdAt: NOON + 1 }) },
      {
        kind: 'insert-token',
        token: anOperatorToken(idOf(2), { name: 'eyes', role: 'viewer', createdAt: NOON + 2 }),
      },
      { kind: 'insert-token', token: anEnrolmentToken(idOf(3), { createdAt: NOON + 3 }) },
      { kind: 'insert-token', token: anOperatorToken(idOf(4), { createdAt: NOON + 4 }) },
    ]),
  )

  test('are listed newest first, without their texts or what these are known by', async () => {
    const { body } = await call('GET', '/operator-tokens?limit=2')
    const first = OperatorTokenPage.parse(body)
    expect(first.items.map(({ id }) => id)).toEqual([idOf(4), idOf(2)])
    const second = await call('GET', `/operator-tokens?limit=2&cursor=${first.nextCursor}`)
    expect(second.body).toEqual({
      items: [
        {
          id: idOf(1),
          name: 'first',
          role: 'admin',
          status: 'active',
          createdAt: '2026-01-15T12:00:00.001Z',
        },
      ],
      nextCursor: null,
    })
  })

  test('one is revoked once, and the log says who did it', async () => {
    for (const _ of [1, 2])
      expect(await call('DELETE', `/operator-tokens/${idOf(2)}`)).toMatchObject({
        status: 200,
        body: { id: idOf(2), status: 'revoked' },
      })
    expect(await store.tokens.get(idOf(2))).toMatchObject({ status: 'revoked' })
    expect(await audited()).toEqual([
      ['tro_admin', 'operator-token.revoked', idOf(2), { name: 'eyes', role: 'viewer' }],
    ])
  })

  test('the last one of an admin stays, with what to do instead', async () => {
    expect((await call('DELETE', `/operator-tokens/${idOf(4)}`)).status).toBe(200)
    expect(await call('DELETE', `/operator-tokens/${idOf(1)}`)).toMatchObject({
      status: 409,
      body: {
        type: 'urn:tributary:problem:last-admin',
        detail: expect.stringContaining('first is the last active token of an admin: make another'),
        about: { token: idOf(1) },
      },
    })
    expect(await store.tokens.get(idOf(1))).toMatchObject({ status: 'active' })
    expect(await audited()).toHaveLength(1)
  })

  test('of admins that revoke each other at once, one is left', async () => {
    const answers = await Promise.all([1, 4].map((n) => call('DELETE', `/operator-tokens/${idOf(n)}`)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
  })

  test('are for admins alone, and one that is not there is not found', async () => {
    for (const [method, path] of [
      ['GET', '/operator-tokens'],
      ['DELETE', `/operator-tokens/${idOf(2)}`],
    ] as const)
      for (const role of ['tro_operator', 'tro_viewer'])
        expect((await call(method, path, role)).status).toBe(403)
    for (const id of [idOf(9), idOf(3)])
      expect(await call('DELETE', `/operator-tokens/${id}`)).toMatchObject({
        status: 404,
        body: { about: { token: id } },
      })
    for (const id of ['x', idOf(2).toUpperCase().replace('0', 'G'), `${idOf(2)}0`, '%00'])
      expect(await call('DELETE', `/operator-tokens/${id}`)).toMatchObject({
        status: 400,
        body: { mistakes: [{ path: 'path.token' }] },
      })
  })

  test('a cursor of another list is a mistake', async () => {
    for (const key of [idOf(9), idOf(3)]) {
      const cursor = Buffer.from(JSON.stringify(key)).toString('base64url')
      expect(await call('GET', `/operator-tokens?cursor=${cursor}`)).toMatchObject({
        status: 400,
        body: { mistakes: [{ path: 'query.cursor' }] },
      })
    }
  })
})

describe('invitations', () => {
  beforeEach(() =>
    store.commit([
      { kind: 'insert-token', token: anEnrolmentToken(idOf(1), { usesLeft: 5 }) },
      { kind: 'insert-token', token: anOperatorToken(idOf(2)) },
    ]),
  )

  test('are listed without their texts', async () => {
    const { body } = await call('GET', '/enrolment-tokens', 'tro_operator')
    expect(EnrolmentTokenPage.parse(body)).toEqual({
      items: [
        {
          id: idOf(1),
          name: 'phones',
          usesLeft: 5,
          createdAt: '2026-01-15T12:00:00.000Z',
          expiresAt: '2026-01-16T12:00:00.000Z',
        },
      ],
      nextCursor: null,
    })
    expect(JSON.stringify(body)).not.toMatch(/token|hash|secret/)
  })

  test('what is left of one is taken back once, and no client comes in by it', async () => {
    for (const _ of [1, 2])
      expect(await call('DELETE', `/enrolment-tokens/${idOf(1)}`, 'tro_operator')).toMatchObject({
        status: 200,
        body: { usesLeft: 0 },
      })
    await expect(store.commit([{ kind: 'spend-token', id: idOf(1) }])).rejects.toThrow('no use left')
    expect(await audited()).toEqual([
      ['tro_operator', 'enrolment-token.revoked', idOf(1), { name: 'phones', usesLeft: 5 }],
    ])
  })

  test('are not for viewers, and a token of another kind is none', async () => {
    expect((await call('GET', '/enrolment-tokens', 'tro_viewer')).status).toBe(403)
    expect((await call('DELETE', `/enrolment-tokens/${idOf(1)}`, 'tro_viewer')).status).toBe(403)
    expect((await call('DELETE', `/enrolment-tokens/${idOf(2)}`)).status).toBe(404)
    expect((await call('DELETE', `/enrolment-tokens/${idOf(7)}`)).status).toBe(404)
  })
})
