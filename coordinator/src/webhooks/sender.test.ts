import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { aModel, aWebhook, NOON } from '../adapters/contracts/arrange.ts'
import { StorageError } from '../faults/storage.ts'
import type { PostAnswer } from '../ports/post.ts'
import { MOST_ATTEMPTS } from './backoff.ts'
import { ADA, anOrder, aWorld, bodyOf, granted } from './webhooks.builders.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const status = (status: number, retryAfterMs?: number): PostAnswer => ({
  kind: 'answered',
  status,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
})

const only = <T>(items: readonly T[]): T => {
  const [item, ...more] = items
  if (item === undefined || more.length > 0) throw new Error(`${items.length} where one is expected`)
  return item
}

/** A world whose sender runs, with one webhook. */
const aRunning = async () => {
  const world = await aWorld()
  const created = granted(await world.service.create(anOrder(), ADA))
  world.sender.start()
  await world.settle()
  const publish = async (version = 1) => {
    const model = aModel('digits', version, { createdAt: world.clock.now() })
    await world.store.commit([{ kind: 'insert-model', model }])
    await world.settle()
  }
  const first = async () => {
    const [delivery] = await world.log(created.webhook.id)
    if (!delivery) throw new Error('one was queued')
    return delivery
  }
  return { ...world, ...created, publish, first }
}

describe('a delivery', () => {
  test('is sent when it is saved, signed, and logged', async () => {
    const { publish, sent, secret, first, outcomes } = await aRunning()
    await publish()
    expect(sent).toHaveLength(1)
    const { url, headers, body } = only(sent).letter
    const delivery = await first()
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    expect({ url, headers, type: JSON.parse(body).type }).toEqual({
      url: 'https://hooks.example/in',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'tributary-webhooks',
        'webhook-id': delivery.id,
        'webhook-timestamp': String(NOON / 1_000),
        'webhook-signature': `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
      },
      type: 'model.published',
    })
    expect(delivery).toMatchObject({
      status: 'delivered',
      attempts: 1,
      answer: '204',
      nextAttemptAt: null,
      endedAt: NOON,
    })
    expect(outcomes).toEqual(['delivered'])
  })

  test('that failed is tried again, later each time, under the same id with a new timestamp', async () => {
    const { publish, leap, sent, network, first, outcomes, clock } = await aRunning()
    network.answer = async () => status(500)
    await publish()
    for (let next = (await first()).nextAttemptAt; next !== null; next = (await first()).nextAttemptAt)
      await leap(next - clock.now() + 20_000)
    await leap(2 * DAY)
    const waits = sent.slice(1).map(({ at }, i) => at - (sent[i]?.at ?? 0))
    expect(sent).toHaveLength(MOST_ATTEMPTS)
    const rising = waits.slice(0, 6)
    expect(rising).toEqual(rising.toSorted((a, b) => a - b))
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(25 * HOUR)
    const headers = sent.map(({ letter }) => letter.headers)
    expect(new Set(headers.map((each) => each['webhook-id'])).size).toBe(1)
    expect(new Set(headers.map((each) => each['webhook-timestamp'])).size).toBe(MOST_ATTEMPTS)
    expect(new Set(sent.map(({ letter }) => letter.body)).size).toBe(1)
    expect(await first()).toMatchObject({ status: 'failed', attempts: MOST_ATTEMPTS, answer: '500' })
    expect(outcomes).toEqual([...Array(MOST_ATTEMPTS - 1).fill('retried'), 'failed'])
  })

  test.each([
    [status(302), '302: redirections are not followed, give the address itself'],
    [status(404), '404'],
    [{ kind: 'failed', why: 'nothing listens there' } as const, 'nothing listens there'],
  ])('answered %o is tried again until it arrives', async (answer, words) => {
    const { publish, pass, network, first } = await aRunning()
    network.answer = async () => answer
    await publish()
    expect(await first()).toMatchObject({ status: 'pending', attempts: 1, answer: words })
    network.answer = async () => status(200)
    await pass(10_000)
    expect(await first()).toMatchObject({ status: 'delivered', attempts: 2, answer: '200' })
  })

  test('waits as long as the receiver asks', async () => {
    const { publish, pass, sent, network } = await aRunning()
    network.answer = async () => status(503, HOUR)
    await publish()
    await pass(HOUR - 1)
    expect(sent).toHaveLength(1)
    await pass(1)
    expect(sent).toHaveLength(2)
  })

  test('that is wanted no more is not tried again', async () => {
    const { publish, pass, sent, network, first } = await aRunning()
    network.answer = async () => status(410)
    await publish()
    await pass(HOUR)
    expect(sent).toHaveLength(1)
    expect(await first()).toMatchObject({ status: 'failed', answer: expect.stringMatching(/^410/) })
  })

  test('goes on where it was when the process starts anew', async () => {
    const { publish, pass, sender, aProcess, network, first, sent } = await aRunning()
    network.answer = async () => status(500)
    await publish()
    await sender.stop()
    await pass(HOUR)
    expect(sent).toHaveLength(1)
    network.answer = async () => status(200)
    aProcess().sender.start()
    await pass(0)
    expect(await first()).toMatchObject({ status: 'delivered', attempts: 2 })
  })

  test('whose sender was killed in the middle is sent again when its claim has run out', async () => {
    const { publish, pass, aProcess, network, first, sent } = await aRunning()
    network.answer = () => new Promise(() => {})
    await publish()
    network.answer = async () => status(200)
    aProcess().sender.start()
    await pass(29_000)
    expect(sent).toHaveLength(1)
    await pass(2_000)
    expect(sent).toHaveLength(2)
    expect(await first()).toMatchObject({ status: 'delivered', attempts: 2 })
  })

  test('that is given up because the process stops is as if it had not been tried', async () => {
    const { publish, sender, network, first, outcomes, clock } = await aRunning()
    network.answer = ({ signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve({ kind: 'given-up' })))
    await publish()
    const before = await first()
    expect(before).toMatchObject({ attempts: 1, nextAttemptAt: NOON + 30_000 })
    await sender.stop()
    expect(await first()).toMatchObject({
      status: 'pending',
      attempts: 0,
      answer: null,
      nextAttemptAt: NOON,
    })
    expect([outcomes, clock.pending()]).toEqual([[], 0])
  })
})

test('a delivery that cannot be signed, for the coordinator has another key, says so in the log', async () => {
  const { tables, publish, sent, log, pass } = await aRunning()
  await tables.commit([{ kind: 'insert-webhook', webhook: aWebhook('a', { events: ['model.published'] }) }])
  await publish()
  await pass(10_000)
  expect(await log(aWebhook('a').id)).toMatchObject([
    {
      status: 'pending',
      attempts: 2,
      answer: expect.stringContaining('does not open with this coordinator'),
    },
  ])
  expect(sent).toHaveLength(1)
})

describe('the sender', () => {
  test('of two processes, one sends', async () => {
    const { publish, pass, aProcess, sent } = await aRunning()
    const other = aProcess()
    other.sender.start()
    await publish()
    other.sender.wake()
    await pass(60_000)
    expect(sent).toHaveLength(1)
  })

  test('sends what a process queued that sends nothing any more', async () => {
    const { store, sender, aProcess, pass, sent } = await aRunning()
    aProcess().sender.start()
    await sender.stop()
    await store.commit([{ kind: 'insert-model', model: aModel('digits', 1, { createdAt: NOON }) }])
    await pass(15_000)
    expect(sent).toHaveLength(1)
  })

  test('sends to one webhook one after the other, and to others meanwhile', async () => {
    const { service, publish, settle, sent, network, webhook, log, pass } = await aRunning()
    const other = granted(await service.create(anOrder({ url: 'https://well.example/' }), ADA))
    network.answer = async ({ url }) => (url === webhook.url ? new Promise(() => {}) : status(200))
    for (const version of [1, 2, 3]) await publish(version)
    await settle()
    const to = (url: string) => sent.filter(({ letter }) => letter.url === url)
    expect([to(webhook.url).length, to(other.webhook.url).length]).toEqual([1, 3])
    expect(to(other.webhook.url).map((letter) => bodyOf(letter).data.version)).toEqual([1, 2, 3])
    await pass(20_000)
    expect((await log(webhook.id)).map(({ status }) => status)).toEqual(['pending', 'pending', 'pending'])
  })

  test('misses nothing that is saved while it finds that there is nothing more', async () => {
    const { tables, aProcess, sender, service, settle, sent } = await aRunning()
    await sender.stop()
    let versions = 0
    const other = aProcess({
      over: {
        ...tables,
        webhooks: {
          ...tables.webhooks,
          async nextPending(webhook) {
            const found = await tables.webhooks.nextPending(webhook)
            if (!found && versions < 5) {
              const model = aModel('digits', ++versions, { createdAt: NOON })
              await other.store.commit([{ kind: 'insert-model', model }])
            }
            return found
          },
        },
      },
    })
    other.sender.start()
    for (let turns = 0; turns < 10; turns++) await settle()
    expect(sent).toHaveLength(5)
    expect(await service.failing()).toEqual([])
  })

  test('goes on after the tables failed it', async () => {
    const { aProcess, tables, service, store, sender, pass, sent, faults } = await aRunning()
    await sender.stop()
    await store.commit([{ kind: 'insert-model', model: aModel('digits', 1, { createdAt: NOON }) }])
    let failures = 3
    const failing = async () => {
      if (failures-- > 0) throw new StorageError('the disk is full')
    }
    const shaky = aProcess({
      over: {
        ...tables,
        commit: async (changes) => {
          await failing()
          await tables.commit(changes)
        },
      },
    })
    shaky.sender.start()
    await pass(60_000)
    expect([sent.length, faults.length]).toEqual([1, 3])
    expect(granted(await service.list({ limit: 1 }))[0]?.last?.status).toBe('delivered')
  })

  test('sends nothing to a webhook that was deleted, whatever was pending', async () => {
    const { publish, pass, network, service, webhook, sent, faults } = await aRunning()
    let answer = (_answer: PostAnswer) => {}
    network.answer = () =>
      new Promise((resolve) => {
        answer = resolve
      })
    for (const version of [1, 2]) await publish(version)
    granted(await service.delete(webhook.id, ADA))
    answer(status(500))
    await pass(HOUR)
    expect([sent.length, faults]).toEqual([1, []])
  })

  test('keeps the log of a month, and of each webhook the last thousand', async () => {
    const { publish, leap, settle, service, webhook, log, tables, clock } = await aRunning()
    await publish()
    await leap(29 * DAY)
    expect(await log(webhook.id)).toHaveLength(1)
    await leap(2 * DAY)
    expect(await log(webhook.id)).toEqual([])

    for (let n = 0; n < 1_010; n++) {
      clock.advanceTo(clock.now() + 1)
      granted(await service.ping(webhook.id, ADA))
    }
    await settle()
    await leap(2 * HOUR)
    const all = await tables.webhooks.deliveries(webhook.id, { limit: 2_000 })
    expect(all.map(({ status }) => status)).toEqual(Array(1_000).fill('delivered'))
  })
})
