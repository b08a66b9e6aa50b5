import { describe, expect, test } from 'vitest'
import { aModel, aTask, NOON } from '../adapters/contracts/arrange.ts'
import { ADA, anOrder, aWorld, bodyOf, granted } from './webhooks.builders.ts'

const BOB = { id: 'tok-bob', name: 'Bob', role: 'operator' } as const

describe('a webhook', () => {
  test('is made with a secret that is in no table as it is', async () => {
    const { service, tables, secrets } = await aWorld()
    const made = granted(
      await service.create(anOrder({ task: aTask().id, events: ['ping', 'round.started', 'ping'] }), ADA),
    )
    expect(made).toEqual({
      webhook: {
        id: expect.stringMatching(/^wh_[0-9a-f]{24}$/),
        url: 'https://hooks.example/in',
        name: 'the chat',
        events: ['ping', 'round.started'],
        task: 'digits',
        sealedSecret: expect.any(String),
        createdAt: NOON,
      },
      last: undefined,
      secret: expect.stringMatching(/^whsec_/),
    })
    const bytes = Buffer.from(made.secret.slice(6), 'base64')
    const sealed = Buffer.from(made.webhook.sealedSecret, 'base64url')
    expect(sealed.includes(bytes.subarray(0, 8))).toBe(false)
    expect(Buffer.from(secrets.open(made.webhook) ?? [])).toEqual(bytes)
    const other = granted(await service.create(anOrder(), ADA))
    expect(secrets.open({ ...made.webhook, id: other.webhook.id })).toBeUndefined()
    expect(await tables.webhooks.get(made.webhook.id)).toEqual(made.webhook)
  })

  test('made again under the same idempotency key is the same, until it is deleted', async () => {
    const { service, tables } = await aWorld()
    const idempotency = { scope: 'ada', key: 'k', request: 'r' }
    const made = granted(await service.create(anOrder(), ADA, idempotency))
    expect(await service.create(anOrder(), ADA, idempotency)).toEqual(made)
    expect(await tables.webhooks.list()).toHaveLength(1)
    expect(await service.create(anOrder(), ADA, { ...idempotency, request: 's' })).toMatchObject({
      refused: 'idempotency-mismatch',
    })
    granted(await service.delete(made.webhook.id, ADA))
    expect(await service.create(anOrder(), ADA, idempotency)).toMatchObject({ refused: 'gone' })
  })

  test.each([
    ['http://127.0.0.1:9/', '127.0.0.1 is not a public address'],
    ['http://2130706433/', '127.0.0.1 is not a public address'],
    ['http://[::ffff:10.0.0.1]/', '::ffff:a00:1 is not a public address'],
    ['http://169.254.169.254/latest/meta-data', '169.254.169.254 is not a public address'],
    ['https://me:word@hooks.example/', 'no user name or password'],
    ['https://me@hooks.example/', 'no user name or password'],
  ])('is refused at %s', async (url, why) => {
    const { service } = await aWorld()
    expect(await service.create(anOrder({ url }), ADA)).toMatchObject({
      refused: 'invalid',
      mistakes: [{ path: 'url', message: expect.stringContaining(why) }],
    })
  })

  test('at a private address is taken where that is allowed, but with no password', async () => {
    const { aProcess } = await aWorld()
    const { service } = aProcess({ privateAddresses: true })
    granted(await service.create(anOrder({ url: 'http://127.0.0.1:9/' }), ADA))
    expect(await service.create(anOrder({ url: 'http://a:b@127.0.0.1/' }), ADA)).toMatchObject({
      refused: 'invalid',
    })
  })

  test('is one of twenty at most, and of a task that is there', async () => {
    const { service } = await aWorld()
    expect(await service.create(anOrder({ task: aTask('letters').id }), ADA)).toMatchObject({
      refused: 'not-found',
      about: { task: 'letters' },
    })
    const made = []
    for (let n = 0; n < 20; n++) made.push(granted(await service.create(anOrder(), ADA)).webhook.id)
    expect(await service.create(anOrder(), ADA)).toMatchObject({ refused: 'limit-reached' })
    granted(await service.delete(made[3] ?? '', ADA))
    granted(await service.create(anOrder(), ADA))
  })

  test('is listed newest first, page by page', async () => {
    const { service, clock } = await aWorld()
    for (const name of ['one', 'two', 'three']) {
      granted(await service.create(anOrder({ name }), ADA))
      clock.advanceTo(clock.now() + 1)
    }
    const page = await service.list({ limit: 2 })
    const rest = await service.list({ limit: 2, after: page[1]?.webhook.id ?? '' })
    expect([page, rest].map((some) => some.map(({ webhook }) => webhook.name))).toEqual([
      ['three', 'two'],
      ['one'],
    ])
  })

  test('that is not there is not found, whatever is asked of it', async () => {
    const { service } = await aWorld()
    const { webhook } = granted(await service.create(anOrder(), ADA))
    const refused = { refused: 'not-found' }
    expect(await service.get('wh_none')).toMatchObject(refused)
    expect(await service.delete('wh_none', ADA)).toMatchObject(refused)
    expect(await service.deliveries('wh_none', { limit: 1 })).toMatchObject(refused)
    expect(await service.redeliver('wh_none', 'msg_none', BOB)).toMatchObject(refused)
    expect(await service.redeliver(webhook.id, 'msg_none', BOB)).toMatchObject(refused)
    expect(await service.ping('wh_none', BOB)).toMatchObject(refused)
  })
})

describe('deliveries', () => {
  test('a ping is sent whatever the webhook is for', async () => {
    const { service, sender, settle, sent } = await aWorld()
    const { webhook } = granted(await service.create(anOrder({ events: ['round.started'] }), ADA))
    sender.start()
    const delivery = granted(await service.ping(webhook.id, BOB))
    expect(delivery).toMatchObject({ event: 'ping', subject: webhook.id, webhook: webhook.id })
    await settle()
    expect(sent.map((each) => [each.letter.headers['webhook-id'], bodyOf(each)])).toEqual([
      [
        delivery.id,
        {
          type: 'ping',
          timestamp: new Date(NOON).toISOString(),
          data: { webhook: webhook.id, name: 'the chat' },
        },
      ],
    ])
    expect(granted(await service.get(webhook.id)).last).toMatchObject({ status: 'delivered' })
  })

  test('one that ended is sent once more under its id; one that waits is sent at once', async () => {
    const { service, store, sender, settle, sent, network, pass } = await aWorld()
    const { webhook } = granted(await service.create(anOrder(), ADA))
    sender.start()
    await store.commit([{ kind: 'insert-model', model: aModel('digits', 1, { createdAt: NOON }) }])
    await settle()
    const id = sent[0]?.letter.headers['webhook-id'] ?? ''

    network.answer = async () => ({ kind: 'answered', status: 500 })
    expect(granted(await service.redeliver(webhook.id, id, BOB))).toMatchObject({
      status: 'pending',
      attempts: 0,
      endedAt: null,
    })
    await settle()
    network.answer = async () => ({ kind: 'answered', status: 200 })
    granted(await service.redeliver(webhook.id, id, BOB))
    await settle()
    expect(sent.map(({ at, letter }) => [at, letter.headers['webhook-id']])).toEqual(
      Array(3).fill([NOON, id]),
    )
    await pass(3_600_000)
    expect(sent).toHaveLength(3)
    expect(granted(await service.deliveries(webhook.id, { limit: 9 }))).toMatchObject([
      { id, status: 'delivered', attempts: 2 },
    ])
  })

  test('one that is asked for while an attempt begins is asked for all the same', async () => {
    const { tables, aProcess, store } = await aWorld()
    let meanwhile = async () => {}
    const { service } = aProcess({
      over: {
        ...tables,
        async commit(changes) {
          const [change] = changes
          if (change?.kind === 'change-delivery') await meanwhile()
          await tables.commit(changes)
        },
      },
    })
    const { webhook } = granted(await service.create(anOrder(), ADA))
    await store.commit([{ kind: 'insert-model', model: aModel() }])
    const seen = await tables.webhooks.nextPending(webhook.id)
    if (!seen) throw new Error('one was queued')
    meanwhile = async () => {
      meanwhile = async () => {}
      const delivery = { ...seen, attempts: 1, nextAttemptAt: NOON + 30_000 }
      await tables.commit([{ kind: 'change-delivery', delivery, from: seen }])
    }
    expect(granted(await service.redeliver(webhook.id, seen.id, BOB))).toMatchObject({
      status: 'pending',
      attempts: 1,
      nextAttemptAt: NOON,
    })
    const actions = (await tables.audit({ limit: 9 })).map(({ action }) => action)
    expect(actions).toEqual(['webhook.created', 'webhook.redelivered'])
  })

  test('webhooks whose last three failed are failing, until one arrives', async () => {
    const { service, sender, network, clock, settle } = await aWorld()
    const { webhook } = granted(await service.create(anOrder(), ADA))
    const well = granted(await service.create(anOrder({ url: 'https://well.example/' }), ADA))
    sender.start()
    network.answer = async ({ url }) => ({ kind: 'answered', status: url === webhook.url ? 410 : 200 })
    const ping = async () => {
      clock.advanceTo(clock.now() + 1)
      for (const { id } of [webhook, well.webhook]) granted(await service.ping(id, BOB))
      await settle()
      return (await service.failing()).map(({ id }) => id)
    }
    expect([await ping(), await ping(), await ping()]).toEqual([[], [], [webhook.id]])
    network.answer = async () => ({ kind: 'answered', status: 200 })
    expect(await ping()).toEqual([])
  })
})

test('who made, pinged, sent again and deleted what is in the audit log, without the address or the secret', async () => {
  const { service, tables, sender, settle, sent } = await aWorld()
  const url = 'https://hooks.example/services/T0KEN?key=w0rd'
  const { webhook, secret } = granted(await service.create(anOrder({ url, events: ['ping'] }), ADA))
  sender.start()
  granted(await service.ping(webhook.id, BOB))
  await settle()
  const delivery = sent[0]?.letter.headers['webhook-id'] ?? ''
  granted(await service.redeliver(webhook.id, delivery, BOB))
  granted(await service.delete(webhook.id, ADA))
  const log = await tables.audit({ limit: 10 })
  expect(log.map(({ actor, action, subject, detail }) => [actor, action, subject, detail])).toEqual([
    [
      'tok-ada',
      'webhook.created',
      webhook.id,
      { name: 'the chat', origin: 'https://hooks.example', events: 'ping', task: null },
    ],
    ['tok-bob', 'webhook.pinged', webhook.id, {}],
    ['tok-bob', 'webhook.redelivered', webhook.id, { delivery }],
    ['tok-ada', 'webhook.deleted', webhook.id, { name: 'the chat' }],
  ])
  const text = JSON.stringify(log)
  for (const word of ['T0KEN', 'w0rd', secret, secret.slice(6, 20)]) expect(text).not.toContain(word)
})
