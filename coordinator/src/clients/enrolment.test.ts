import {
  createIdentity,
  encodePublicKey,
  encodeSignature,
  type Identity,
  proveEnrolment,
  stateWithdrawal,
} from '@tributary/protocols/crypto'
import { seededRandom, virtualClock } from '@tributary/protocols/runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { nodeVerify } from '../crypto/native-primitives.ts'
import type { Store } from '../ports/store.ts'
import { isRefusal, type Refusal } from '../refusal.ts'
import type { Actor, ClientService } from '../services.ts'
import { createClientService } from './enrolment.ts'

const NOON = Date.UTC(2026, 2, 1, 12)
const ada: Actor = { id: 'f'.repeat(24), name: 'Ada', role: 'operator' }
const ownKey = new Uint8Array(32).fill(7)

let store: Store
let clock: ReturnType<typeof virtualClock>
let clients: ClientService
let disconnected: string[]
let droppedOut: string[]

const serviceOver = (from: Store): ClientService =>
  createClientService({
    clock,
    random: seededRandom('enrolment'),
    store: from,
    ownKey,
    verify: nodeVerify,
    coordinator: 'this coordinator',
    disconnect: (client) => disconnected.push(client),
    dropOut: (client) => droppedOut.push(client),
  })

beforeEach(async () => {
  store = await openSqliteStore({ path: ':memory:' })
  clock = virtualClock(NOON)
  disconnected = []
  droppedOut = []
  clients = serviceOver(store)
})
afterEach(() => store.close())

const granted = <T>(outcome: T | Refusal): T => {
  if (isRefusal(outcome)) throw new Error(`refused: ${outcome.refused}, ${outcome.detail}`)
  return outcome
}

const anInvitation = { name: 'ward 7', uses: 1, expiresAt: NOON + 1_000 }
const invite = async (more: Partial<typeof anInvitation> = {}) =>
  granted(await clients.invite({ ...anInvitation, ...more }, ada))

const aPhone = (seed: string | number) => createIdentity(seededRandom(seed))

const enrolRequest = (identity: Identity, token: string) => ({
  token,
  publicKey: encodePublicKey(identity.publicKey),
  proof: encodeSignature(proveEnrolment(identity, token)),
})

const enrol = (identity: Identity, token: string) => clients.enrol(enrolRequest(identity, token))
const actions = async () =>
  (await store.audit({ limit: 100 })).map(({ action, subject }) => [action, subject])

describe('inviting', () => {
  test('an invitation names its uses and its end, and only its hash is kept', async () => {
    const { token, secret } = await invite({ uses: 3 })

    expect(secret).toMatch(new RegExp(`^tre_${token.id}_[A-Za-z0-9_-]{43}$`))
    expect(await store.tokens.get(token.id)).toEqual(token)
    expect(token).toMatchObject({ name: 'ward 7', usesLeft: 3, expiresAt: NOON + 1_000, createdAt: NOON })
    expect(JSON.stringify([await store.tokens.list(), await store.audit({ limit: 9 })])).not.toContain(
      secret.slice(-43),
    )
    expect(await actions()).toEqual([['enrolment-token.created', token.id]])
  })

  test('a repeated idempotency key is answered with the same secret, also by another process', async () => {
    const idempotency = { scope: 'ada POST /', key: 'k', request: 'r' }
    const first = await clients.invite(anInvitation, ada, idempotency)

    clock.advanceTo(clock.now() + 60_000)
    const restarted = serviceOver(store)

    expect(await restarted.invite({ ...anInvitation, expiresAt: NOON + 61_000 }, ada, idempotency)).toEqual(
      first,
    )
    expect(await store.tokens.list()).toHaveLength(1)
  })

  test('two requests at once under one key make one invitation', async () => {
    const idempotency = { scope: 'ada POST /', key: 'k', request: 'r' }

    const [one, other] = await Promise.all([
      clients.invite(anInvitation, ada, idempotency),
      clients.invite(anInvitation, ada, idempotency),
    ])

    expect(one).toEqual(other)
    expect(await store.tokens.list()).toHaveLength(1)
  })

  test('an idempotency key that came with another request is refused', async () => {
    const idempotency = { scope: 'ada POST /', key: 'k', request: 'r' }
    await clients.invite(anInvitation, ada, idempotency)

    expect(await clients.invite(anInvitation, ada, { ...idempotency, request: 'other' })).toMatchObject({
      refused: 'idempotency-mismatch',
    })
  })

  test('another coordinator key gives other secrets', async () => {
    const { token } = await invite()
    const other = createClientService({
      clock,
      random: seededRandom('enrolment'),
      store: await openSqliteStore({ path: ':memory:' }),
      ownKey: new Uint8Array(32).fill(8),
      verify: nodeVerify,
      coordinator: 'another coordinator',
      disconnect: () => {},
      dropOut: () => {},
    })
    const theirs = granted(await other.invite(anInvitation, ada))

    expect(theirs.token.id).toBe(token.id)
    expect(theirs.token.hash).not.toBe(token.hash)
  })
})

describe('enrolling', () => {
  test('a key is enrolled under the id that follows from it, and one use is spent', async () => {
    const { token, secret } = await invite({ uses: 2 })
    const phone = aPhone(1)

    const client = granted(await enrol(phone, secret))

    expect(client).toEqual({
      id: phone.clientId,
      publicKey: encodePublicKey(phone.publicKey),
      status: 'active',
      enrolledAt: NOON,
      enrolledBy: token.id,
    })
    expect(await store.clients.get(phone.clientId)).toEqual(client)
    expect(await store.tokens.get(token.id)).toMatchObject({ usesLeft: 1 })
    expect(await actions()).toEqual([
      ['enrolment-token.created', token.id],
      ['client.enrolled', phone.clientId],
    ])
  })

  test('the same key again is answered the same and spends nothing, even when the token is spent and expired', async () => {
    const { secret } = await invite()
    const first = await enrol(aPhone(1), secret)
    clock.advanceTo(clock.now() + 10_000)

    expect(await enrol(aPhone(1), secret)).toEqual(first)
    expect(await actions()).toHaveLength(2)
  })

  test('a token admits as many keys as it has uses', async () => {
    const { secret } = await invite({ uses: 2 })
    granted(await enrol(aPhone(1), secret))
    granted(await enrol(aPhone(2), secret))

    expect(await enrol(aPhone(3), secret)).toMatchObject({ refused: 'token-spent' })
    expect(await store.clients.active()).toBe(2)
  })

  test('of many keys that come at once, as many are admitted as the token has uses', async () => {
    const { token, secret } = await invite({ uses: 3 })

    const outcomes = await Promise.all(Array.from({ length: 10 }, (_, at) => enrol(aPhone(at), secret)))

    expect(outcomes.filter((outcome) => !isRefusal(outcome))).toHaveLength(3)
    expect(outcomes.filter(isRefusal).map(({ refused }) => refused)).toEqual(Array(7).fill('token-spent'))
    expect(await store.clients.active()).toBe(3)
    expect(await store.tokens.get(token.id)).toMatchObject({ usesLeft: 0 })
  })

  test('one key that comes many times at once is admitted once', async () => {
    const { token, secret } = await invite({ uses: 5 })

    const outcomes = await Promise.all(Array.from({ length: 5 }, () => enrol(aPhone(1), secret)))

    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1)
    expect(await store.tokens.get(token.id)).toMatchObject({ usesLeft: 4 })
  })

  test('a token is good until its end and not at it', async () => {
    const { secret } = await invite({ uses: 2 })
    clock.advanceTo(clock.now() + 999)
    granted(await enrol(aPhone(1), secret))
    clock.advanceTo(clock.now() + 1)

    expect(await enrol(aPhone(2), secret)).toMatchObject({ refused: 'token-expired' })
  })

  test('a proof by another key, or for another token, is refused and spends nothing', async () => {
    const { token, secret } = await invite()
    const other = await invite()
    const stolen = { ...enrolRequest(aPhone(1), secret), proof: enrolRequest(aPhone(2), secret).proof }
    const moved = { ...enrolRequest(aPhone(1), other.secret), token: secret }

    expect(await clients.enrol(stolen)).toMatchObject({ refused: 'bad-signature' })
    expect(await clients.enrol(moved)).toMatchObject({ refused: 'bad-signature' })
    expect(await store.tokens.get(token.id)).toMatchObject({ usesLeft: 1 })
  })

  test('a token that was altered, made up or of another kind is refused', async () => {
    const { secret } = await invite()
    const last = secret.endsWith('A') ? 'E' : 'A'
    for (const text of [secret.slice(0, -1) + last, 'tre_', '', secret.replace('tre_', 'tro_'), `${secret} `])
      expect(await enrol(aPhone(1), text), text).toMatchObject({ refused: 'unauthenticated' })
  })

  test('a key or proof that is not well-formed is refused with both mistakes', async () => {
    const { secret } = await invite()

    expect(await clients.enrol({ token: secret, publicKey: 'AAAA', proof: '' })).toMatchObject({
      refused: 'invalid',
      mistakes: [{ path: 'publicKey' }, { path: 'proof' }],
    })
  })
})

describe('revoking', () => {
  test('a revoked client is cut off, stays revoked, and cannot enrol its key again', async () => {
    const { secret } = await invite({ uses: 5 })
    const { id } = granted(await enrol(aPhone(1), secret))

    expect(granted(await clients.revoke(id, ada)).status).toBe('revoked')

    expect(disconnected).toEqual([id])
    expect(await enrol(aPhone(1), secret)).toMatchObject({ refused: 'forbidden' })
    expect(await store.clients.active()).toBe(0)
    expect((await actions()).at(-1)).toEqual(['client.revoked', id])
  })

  test('revoking again changes nothing', async () => {
    const { secret } = await invite()
    const { id } = granted(await enrol(aPhone(1), secret))
    const first = await clients.revoke(id, ada)

    expect(await clients.revoke(id, ada)).toEqual(first)
    expect((await actions()).filter(([action]) => action === 'client.revoked')).toHaveLength(1)
  })

  test('a client that is not there is not found', async () => {
    expect(await clients.revoke(aPhone(1).clientId, ada)).toMatchObject({ refused: 'not-found' })
    expect(await clients.get(aPhone(1).clientId)).toMatchObject({ refused: 'not-found' })
  })
})

describe('[K11] withdrawing', () => {
  const stated = (by: ReturnType<typeof aPhone>, coordinator?: string) => ({
    signature: encodeSignature(stateWithdrawal(by, coordinator)),
  })
  const enrolled = async () => {
    const { secret } = await invite({ uses: 2 })
    const phone = aPhone(1)
    granted(await enrol(phone, secret))
    granted(await enrol(aPhone(2), secret))
    return { phone, secret }
  }

  test.each([undefined, 'this coordinator'])(
    'by the client’s statement for %s: gone from the fleet, its invitation forgotten, out of rounds and off its line',
    async (named) => {
      const { phone } = await enrolled()
      const client = granted(await clients.withdraw(phone.clientId, stated(phone, named)))
      expect(client).toEqual({
        id: phone.clientId,
        publicKey: encodePublicKey(phone.publicKey),
        status: 'withdrawn',
        enrolledAt: NOON,
        enrolledBy: '',
      })
      expect(await store.clients.get(phone.clientId)).toEqual(client)
      expect([await store.clients.active(), await store.clients.withdrawn()]).toEqual([1, 1])
      expect([disconnected, droppedOut]).toEqual([[phone.clientId], [phone.clientId]])
      expect((await actions()).at(-1)).toEqual(['client.withdrawn', phone.clientId])
    },
  )

  test('again is answered the same, and is written down once', async () => {
    const { phone } = await enrolled()
    const first = await clients.withdraw(phone.clientId, stated(phone))
    const before = await actions()
    expect(await clients.withdraw(phone.clientId, stated(phone, 'this coordinator'))).toEqual(first)
    expect(await actions()).toEqual(before)
  })

  test('is refused of another’s statement, of one for another coordinator, of another purpose, and of clients that there are not: alike', async () => {
    const { phone, secret } = await enrolled()
    const other = aPhone(2)
    const refusals = [
      await clients.withdraw(phone.clientId, stated(other)),
      await clients.withdraw(phone.clientId, stated(phone, 'another coordinator')),
      await clients.withdraw(phone.clientId, { signature: encodeSignature(proveEnrolment(phone, secret)) }),
      await clients.withdraw(aPhone(3).clientId, stated(aPhone(3))),
    ]
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ refused: 'unauthenticated' })
      expect(refusal).toEqual(refusals[0])
    }
    expect(await store.clients.active()).toBe(2)
    expect([disconnected, droppedOut]).toEqual([[], []])
  })

  test('is for good: the key enrols no more, by whatever invitation, and is not revoked on top', async () => {
    const { phone } = await enrolled()
    await clients.withdraw(phone.clientId, stated(phone))
    const { secret } = await invite({ uses: 1 })
    expect(await enrol(phone, secret)).toMatchObject({
      refused: 'forbidden',
      detail: expect.stringContaining('has withdrawn'),
    })
    expect(granted(await clients.revoke(phone.clientId, ada)).status).toBe('withdrawn')
  })

  test('a client that was revoked may withdraw too', async () => {
    const { phone } = await enrolled()
    await clients.revoke(phone.clientId, ada)
    expect(granted(await clients.withdraw(phone.clientId, stated(phone))).status).toBe('withdrawn')
    expect([await store.clients.revoked(), await store.clients.withdrawn()]).toEqual([0, 1])
  })
})
