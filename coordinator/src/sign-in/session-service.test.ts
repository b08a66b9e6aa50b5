import { seededRandom, virtualClock } from '@tributary/protocols/runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { createAccessService } from '../clients/access.ts'
import { StorageError } from '../faults/storage.ts'
import type { Store } from '../ports/store.ts'
import { isRefusal, type Refusal } from '../refusal.ts'
import type { Actor, SessionService } from '../services.ts'
import { createSessionService, IDLE_MS, MOST_OF_ONE, SESSION_MS } from './session-service.ts'

const NOON = Date.UTC(2026, 2, 1, 12)
const MINUTE = 60_000
const director: Actor = { id: 'f'.repeat(24), name: 'Ada', role: 'admin' }
const eve = { subject: 'eve@idp', name: 'Eve', role: 'operator', terms: 'terms' } as const

let store: Store
let now: number
let sessions: SessionService
let grace: { secret: string; id: string }

const clock = { now: () => now }
const serviceOver = (over: Pick<Store, 'tokens' | 'consoleSessions' | 'commit'>, terms?: string) =>
  createSessionService({ clock, random: seededRandom(`sessions ${now}`), store: over, terms })

beforeEach(async () => {
  now = NOON
  store = await openSqliteStore({ path: ':memory:' })
  sessions = serviceOver(store, 'terms')
  const access = createAccessService({
    clock: virtualClock(NOON),
    random: seededRandom('access'),
    store,
    ownKey: new Uint8Array(32),
  })
  const { token, secret } = await access.createOperator({ name: 'Grace', role: 'viewer' }, director)
  grace = { secret, id: token.id }
})
afterEach(() => store.close())

const granted = <T>(outcome: T | Refusal): T => {
  if (isRefusal(outcome)) throw new Error(outcome.detail)
  return outcome
}
const graces = async () => granted(await sessions.open(grace.secret))
const refused = (word: string) => expect.objectContaining({ refused: word })
const audited = async () =>
  (await store.audit({ limit: 99 })).map(({ actor, action, subject, detail }) => ({
    actor,
    action,
    subject,
    detail,
  }))
const revokeGrace = async () => {
  const token = await store.tokens.get(grace.id)
  if (token?.kind !== 'operator') throw new Error('no such token')
  await store.commit([{ kind: 'save-token', token: { ...token, status: 'revoked' } }])
}

describe('signing in by a token', () => {
  test('makes a cookie that says who its holder is, and is kept nowhere', async () => {
    const { cookie, session } = await graces()
    expect(cookie).toMatch(new RegExp(`^trc_${session.id}_[A-Za-z0-9_-]{43}$`))
    expect(session).toEqual({
      id: session.id,
      actor: { id: grace.id, name: 'Grace', role: 'viewer' },
      csrf: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      expiresAt: NOON + SESSION_MS,
    })
    expect(await sessions.find(cookie)).toEqual(session)
    const kept = JSON.stringify([await store.consoleSessions.list(), await store.audit({ limit: 9 })])
    for (const secret of [cookie.slice(-43), session.csrf, grace.secret.slice(-43)])
      expect(kept).not.toContain(secret)
  })

  test('is told to the audit log, in the same commit', async () => {
    const { session } = await graces()
    expect(await audited()).toContainEqual({
      actor: grace.id,
      action: 'session.opened',
      subject: session.id,
      detail: { by: 'token', name: 'Grace', role: 'viewer' },
    })
  })

  test('two sessions of one token have nothing in common but who they are of', async () => {
    const [one, other] = [await graces(), await graces()]
    expect(one.cookie).not.toBe(other.cookie)
    expect(one.session.csrf).not.toBe(other.session.csrf)
    await sessions.end(one.session.id, one.session.actor)
    expect(await sessions.find(other.cookie)).toEqual(other.session)
  })

  test.each([
    '',
    'tro_',
    `tro_${'0'.repeat(24)}_${'A'.repeat(43)}`,
    `tre_${'0'.repeat(24)}_${'A'.repeat(43)}`,
  ])('by %j is refused, and nobody is named for it', async (token) => {
    const before = await audited()
    expect(await sessions.open(token)).toEqual(refused('unauthenticated'))
    expect(await audited()).toEqual(before)
  })

  test('by one that was revoked is refused, and the log says whose it was', async () => {
    await revokeGrace()
    expect(await sessions.open(grace.secret)).toEqual(refused('unauthenticated'))
    expect((await audited()).at(-1)).toEqual({
      actor: grace.id,
      action: 'session.refused',
      subject: grace.id,
      detail: { name: 'Grace', reason: 'revoked' },
    })
    expect(await store.consoleSessions.list()).toEqual([])
  })
})

describe('a session', () => {
  test('is worth nothing as soon as its token has been revoked', async () => {
    const { cookie } = await graces()
    await revokeGrace()
    expect(await sessions.find(cookie)).toEqual(refused('unauthenticated'))
    expect(await sessions.list({ limit: 9 })).toEqual([])
  })

  test('has the role that its token has', async () => {
    const { cookie } = await graces()
    const token = await store.tokens.get(grace.id)
    if (token?.kind !== 'operator') throw new Error('no such token')
    await store.commit([{ kind: 'save-token', token: { ...token, role: 'admin' } }])
    expect(granted(await sessions.find(cookie)).actor.role).toBe('admin')
  })

  test('ends for good when its holder signs out, and the log says so', async () => {
    const { cookie, session } = await graces()
    expect(await sessions.end(session.id, session.actor)).toBeUndefined()
    expect(await sessions.find(cookie)).toEqual(refused('unauthenticated'))
    expect((await audited()).at(-1)).toEqual({
      actor: grace.id,
      action: 'session.closed',
      subject: session.id,
      detail: { of: grace.id },
    })
    expect(await sessions.end(session.id, session.actor)).toEqual(refused('not-found'))
  })

  test('ends when an admin ends it, and the log says who did', async () => {
    const { cookie, session } = await graces()
    await sessions.end(session.id, director)
    expect(await sessions.find(cookie)).toEqual(refused('unauthenticated'))
    expect((await audited()).at(-1)).toMatchObject({ actor: director.id, action: 'session.closed' })
  })

  test('ends twelve hours after it began, however much it is used', async () => {
    const { cookie } = await graces()
    for (now = NOON; now < NOON + SESSION_MS - 1; now += 30 * MINUTE) granted(await sessions.find(cookie))
    now = NOON + SESSION_MS - 1
    granted(await sessions.find(cookie))
    now = NOON + SESSION_MS
    expect(await sessions.find(cookie)).toEqual(refused('unauthenticated'))
  })

  test('ends when it has not been used for an hour', async () => {
    const { cookie } = await graces()
    now = NOON + IDLE_MS - 1
    granted(await sessions.find(cookie))
    now += IDLE_MS - 1
    granted(await sessions.find(cookie))
    now += IDLE_MS
    expect(await sessions.find(cookie)).toEqual(refused('unauthenticated'))
    expect(await sessions.list({ limit: 9 })).toEqual([])
  })

  test('ends when its holder signs in at many more browsers, and nobody else’s does', async () => {
    const { cookie: person } = await sessions.openFor(eve)
    const cookies: string[] = []
    for (let i = 0; i <= MOST_OF_ONE; i++) {
      now += 1
      cookies.push((await graces()).cookie)
    }
    const [first = '', second = ''] = cookies
    expect(await sessions.find(first)).toEqual(refused('unauthenticated'))
    for (const cookie of [second, cookies.at(-1) ?? '', person])
      expect(granted(await sessions.find(cookie)).id).toBe(cookie.split('_')[1])
    expect(await store.consoleSessions.list()).toHaveLength(MOST_OF_ONE + 1)
  })

  test('is not kept by a page that only looks who is signed in', async () => {
    const { cookie, session } = await graces()
    for (now = NOON; now < NOON + IDLE_MS; now += MINUTE) expect(await sessions.look(cookie)).toEqual(session)
    expect(await sessions.look(cookie)).toEqual(refused('unauthenticated'))
  })

  test('is written to once a minute, not with every request', async () => {
    let commits = 0
    const counting = serviceOver({
      ...store,
      commit(changes) {
        commits++
        return store.commit(changes)
      },
    })
    const { cookie } = await graces()
    for (now = NOON; now < NOON + 3 * MINUTE; now += 1_000) granted(await counting.find(cookie))
    expect(commits).toBe(2)
  })

  test('can look around though nothing can be written any more', async () => {
    const full = serviceOver({ ...store, commit: async () => Promise.reject(new StorageError('full')) })
    const { cookie } = await graces()
    now = NOON + 10 * MINUTE
    expect(granted(await full.find(cookie)).actor.name).toBe('Grace')
  })

  test('that has expired is forgotten when somebody signs in', async () => {
    await graces()
    now = NOON + SESSION_MS + 1
    const { session } = await graces()
    expect((await store.consoleSessions.list()).map(({ id }) => id)).toEqual([session.id])
  })

  test.each(['', 'trc_', `trc_${'0'.repeat(24)}_${'A'.repeat(43)}`, "' or 1=1 --", 'x'.repeat(100_000)])(
    'cookie that nobody was given: %#',
    async (cookie) => {
      await graces()
      expect(await sessions.find(cookie)).toEqual(refused('unauthenticated'))
    },
  )
})

describe('a person whom an identity provider named', () => {
  test('acts under an id that no token and nothing of the coordinator has', async () => {
    const { cookie, session } = await sessions.openFor(eve)
    expect(session.actor).toEqual({ id: 'oidc:eve@idp', name: 'Eve', role: 'operator' })
    expect(await sessions.find(cookie)).toEqual(session)
    expect((await audited()).at(-1)).toEqual({
      actor: 'oidc:eve@idp',
      action: 'session.opened',
      subject: session.id,
      detail: { by: 'oidc', name: 'Eve', role: 'operator' },
    })
  })

  test.each([undefined, 'others'])(
    'is signed out when the terms are %j, under which they might have another role or none',
    async (terms) => {
      const { cookie } = await sessions.openFor(eve)
      expect(await serviceOver(store, terms).find(cookie)).toEqual(refused('unauthenticated'))
      granted(await sessions.find(cookie))
    },
  )

  test('who is let in to nothing is in the log', async () => {
    await sessions.turnAway(eve, 'no role')
    expect((await audited()).at(-1)).toEqual({
      actor: 'oidc:eve@idp',
      action: 'session.refused',
      subject: 'oidc:eve@idp',
      detail: { name: 'Eve', reason: 'no role' },
    })
  })
})

test('sessions are listed with who they are of, and with no secret', async () => {
  const { cookie, session } = await graces()
  now += 5
  const other = await sessions.openFor(eve)
  const list = await sessions.list({ limit: 9 })
  expect(list.map(({ id, actor }) => [id, actor.name])).toEqual([
    [other.session.id, 'Eve'],
    [session.id, 'Grace'],
  ])
  const [first] = await sessions.list({ limit: 1 })
  expect(first).toEqual(list[0])
  expect(await sessions.list({ limit: 1, after: first?.place ?? '' })).toEqual(list.slice(1))
  expect(JSON.stringify(list)).not.toContain(cookie.slice(-43))
  expect(JSON.stringify(list)).not.toContain(session.csrf)
})
