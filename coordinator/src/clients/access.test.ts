import { ClientId } from '@tributary/protocols'
import { seededRandom, virtualClock } from '@tributary/protocols/runtime'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import type { Store } from '../ports/store.ts'
import type { AccessService, Actor } from '../services.ts'
import { createAccessService } from './access.ts'

const NOON = Date.UTC(2026, 2, 1, 12)
const ada: Actor = { id: 'f'.repeat(24), name: 'Ada', role: 'admin' }
const phone = ClientId.parse(`c-${'a'.repeat(32)}`)
const ownKey = new Uint8Array(32).fill(7)

let store: Store
let clock: ReturnType<typeof virtualClock>
let access: AccessService

const serviceWith = (key: Uint8Array): AccessService =>
  createAccessService({ clock, random: seededRandom('access'), store, ownKey: key })

beforeEach(async () => {
  store = await openSqliteStore({ path: ':memory:' })
  clock = virtualClock(NOON)
  access = serviceWith(ownKey)
})
afterEach(() => store.close())

describe('operators', () => {
  test('a token tells who holds it, and only its hash is kept', async () => {
    const { token, secret } = await access.createOperator({ name: 'Grace', role: 'viewer' }, ada)

    expect(secret).toMatch(new RegExp(`^tro_${token.id}_[A-Za-z0-9_-]{43}$`))
    expect(await access.operator(secret)).toEqual({ id: token.id, name: 'Grace', role: 'viewer' })
    const kept = JSON.stringify([await store.tokens.list(), await store.audit({ limit: 9 })])
    expect(kept).not.toContain(secret.slice(-43))
  })

  test('making a token is written down with who made it, in the same commit', async () => {
    const { token } = await access.createOperator({ name: 'Grace', role: 'viewer' }, ada)

    expect(await store.audit({ limit: 9 })).toMatchObject([
      {
        at: NOON,
        actor: ada.id,
        action: 'operator-token.created',
        subject: token.id,
        detail: { name: 'Grace', role: 'viewer' },
      },
    ])
  })

  test('a revoked token is refused from the next request on', async () => {
    const { token, secret } = await access.createOperator({ name: 'Grace', role: 'viewer' }, ada)
    await access.operator(secret)
    await store.commit([{ kind: 'save-token', token: { ...token, status: 'revoked' } }])

    expect(await access.operator(secret)).toMatchObject({ refused: 'unauthenticated' })
  })

  test('what is not a token of this coordinator is refused, and never repeated', async () => {
    const { secret } = await access.createOperator({ name: 'Grace', role: 'viewer' }, ada)
    const altered = secret.slice(0, -1) + (secret.endsWith('A') ? 'B' : 'A')
    const session = access.issueSession(phone, NOON + 1_000).token
    for (const text of [altered, secret.slice(1), `${secret}x`, 'tro_', '', session, secret.toUpperCase()]) {
      const outcome = await access.operator(text)
      expect(outcome, text).toMatchObject({ refused: 'unauthenticated' })
      if (text.length > 8) expect(JSON.stringify(outcome)).not.toContain(text)
    }
  })

  test('the first admin is made once, and shown before it counts', async () => {
    const shown: string[] = []
    const show = (secret: string) => void shown.push(secret)
    const commit = vi.spyOn(store, 'commit')
    const first = await access.firstAdmin((secret) => {
      show(secret)
      expect(commit).not.toHaveBeenCalled()
    })

    expect(shown).toEqual([first?.secret])
    expect(first && (await access.operator(first.secret))).toMatchObject({ role: 'admin' })
    expect(await access.firstAdmin(show)).toBeUndefined()
    expect(shown).toHaveLength(1)
  })

  test('of two that ask for the first admin at once, one is answered', async () => {
    const answers = await Promise.all([access, serviceWith(ownKey)].map((one) => one.firstAdmin(() => {})))

    expect(answers.filter((answer) => answer !== undefined)).toHaveLength(1)
    expect(await store.tokens.list()).toHaveLength(1)
  })
})

describe('sessions', () => {
  test('a session names its client until it expires, and not at that moment', () => {
    const { token, expiresAt } = access.issueSession(phone, NOON + 1_000)

    expect(expiresAt).toBe(NOON + 1_000)
    clock.advanceTo(clock.now() + 999)
    expect(access.session(token)).toBe(phone)
    clock.advanceTo(clock.now() + 1)
    expect(access.session(token)).toMatchObject({
      refused: 'unauthenticated',
      detail: expect.stringContaining('expired'),
    })
  })

  test('a session is good at least until the moment asked for, fractions included', () => {
    const { expiresAt } = access.issueSession(phone, NOON + 0.5)

    expect(expiresAt).toBeGreaterThanOrEqual(NOON + 0.5)
  })

  test('a session fits the header it travels in', () => {
    expect(access.issueSession(phone, 8.64e15).token).toMatch(/^[\x21-\x7e]{16,1024}$/)
  })

  test('a session of another coordinator is refused', () => {
    const { token } = serviceWith(new Uint8Array(32).fill(8)).issueSession(phone, NOON + 1_000)

    expect(access.session(token)).toMatchObject({ refused: 'unauthenticated' })
  })

  test('a session survives a restart of the coordinator', () => {
    const { token } = access.issueSession(phone, NOON + 1_000)

    expect(serviceWith(ownKey).session(token)).toBe(phone)
  })

  test('a text that decodes to the same tag is another text', () => {
    const { token } = access.issueSession(phone, NOON + 1_000)
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const twin = token.slice(0, -1) + digits[digits.indexOf(token.slice(-1)) + 1]

    expect(Buffer.from(twin.slice(-43), 'base64url')).toEqual(Buffer.from(token.slice(-43), 'base64url'))
    expect(access.session(twin)).toMatchObject({ refused: 'unauthenticated' })
  })

  test('no other text of a session is a session', () => {
    const { token } = access.issueSession(phone, NOON + 1_000)
    const anEdit = fc.record({
      at: fc.nat({ max: token.length - 1 }),
      to: fc.string({ minLength: 0, maxLength: 2, unit: 'grapheme-ascii' }),
    })
    fc.assert(
      fc.property(anEdit, ({ at, to }) => {
        const edited = token.slice(0, at) + to + token.slice(at + 1)
        fc.pre(edited !== token)
        expect(access.session(edited)).toMatchObject({ refused: 'unauthenticated' })
      }),
    )
  })
})
