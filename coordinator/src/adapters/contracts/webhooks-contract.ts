/** What every `Store` promises about webhooks and what is delivered to them. */
import { beforeEach, describe, expect, test } from 'vitest'
import { ConflictError } from '../../faults/storage.ts'
import type { Delivery, Occurrence } from '../../ports/records.ts'
import type { Store } from '../../ports/store.ts'
import { aCompleted, anEntry, anOccurrence, aTask, aTaskId, aWebhook, NOON } from './arrange.ts'

export const describeWebhooks = (subject: () => Store): void => {
  describe('webhooks', () => {
    const [a, b] = [aWebhook('a'), aWebhook('b', { createdAt: NOON + 1 })]
    let store: Store
    beforeEach(async () => {
      store = subject()
      await store.commit([
        { kind: 'insert-task', task: aTask() },
        { kind: 'insert-webhook', webhook: a },
        { kind: 'insert-webhook', webhook: b },
      ])
    })

    const queue = (occurrence: Occurrence, to?: string) =>
      store.commit([{ kind: 'queue-deliveries', occurrence, ...(to !== undefined && { to }) }])
    const toldOf = async (webhook: string) =>
      (await store.webhooks.deliveries(webhook, { limit: 100 })).map(({ subject }) => subject)
    const first = async (webhook = a.id): Promise<Delivery> => {
      const delivery = await store.webhooks.nextPending(webhook)
      if (!delivery) throw new Error('one was queued')
      return delivery
    }

    test('are read back whole, newest first, and inserted once', async () => {
      const awkward = aWebhook('c', {
        name: `'; drop table webhooks; -- \u0000 日本語 %_"`,
        task: aTaskId(),
        createdAt: NOON + 2.25,
      })
      await store.commit([{ kind: 'insert-webhook', webhook: awkward }])
      expect(await store.webhooks.list()).toEqual([awkward, b, a])
      expect(await store.webhooks.get(awkward.id)).toEqual(awkward)
      expect(await store.webhooks.get('wh_none')).toBeUndefined()
      const again = store.commit([{ kind: 'insert-webhook', webhook: aWebhook('c') }])
      await expect(again).rejects.toThrow(`conflict: webhook ${awkward.id} is there already`)
      const lost = store.commit([
        { kind: 'insert-webhook', webhook: aWebhook('d', { task: aTaskId('letters') }) },
      ])
      await expect(lost).rejects.toThrow('conflict: there is no task letters')
    })

    test('each that asked for such an event of such a task is to be told', async () => {
      const hooks = [
        aWebhook('c', { events: ['round.abandoned'] }),
        aWebhook('d', { task: aTaskId() }),
        aWebhook('e', { task: aTaskId('letters') }),
        aWebhook('f', { events: ['model.published', 'round.completed'] }),
      ]
      await store.commit([
        { kind: 'insert-task', task: aTask('letters') },
        ...hooks.map((webhook) => ({ kind: 'insert-webhook' as const, webhook })),
      ])
      await queue(anOccurrence())
      const told = [a, b, ...hooks].map(async ({ id }) => (await toldOf(id)).length)
      expect(await Promise.all(told)).toEqual([1, 1, 0, 1, 0, 1])
      expect(await first()).toEqual({
        sequence: expect.any(Number),
        webhook: a.id,
        id: anOccurrence().id,
        event: 'round.completed',
        subject: 'digits.1',
        body: anOccurrence().body,
        status: 'pending',
        attempts: 0,
        answer: null,
        createdAt: NOON + 0.5,
        nextAttemptAt: NOON + 0.5,
        endedAt: null,
      })
    })

    test('one that is named alone is told whatever it asked for', async () => {
      await queue(anOccurrence({ event: 'ping', subject: a.id, task: null }), a.id)
      await queue(anOccurrence({ event: 'ping', subject: 'nobody', task: null }), 'wh_none')
      expect([await toldOf(a.id), await toldOf(b.id)]).toEqual([[a.id], []])
    })

    test('of the same occurrence each is told once', async () => {
      await queue(anOccurrence())
      await queue(anOccurrence())
      expect(await toldOf(a.id)).toEqual(['digits.1'])
    })

    test('what is queued is saved with what happened, or neither is', async () => {
      const failing = store.commit([
        { kind: 'save-round', round: aCompleted('digits', 1, 'owed') },
        { kind: 'queue-deliveries', occurrence: anOccurrence() },
        { kind: 'insert-task', task: aTask() },
      ])
      await expect(failing).rejects.toThrow(ConflictError)
      expect(await toldOf(a.id)).toEqual([])
      await store.commit([
        { kind: 'save-round', round: aCompleted('digits', 1, 'owed') },
        { kind: 'append-audit', entry: anEntry() },
        { kind: 'queue-deliveries', occurrence: anOccurrence() },
      ])
      expect(await toldOf(a.id)).toEqual(['digits.1'])
    })

    test('deliveries are listed newest first, page by page', async () => {
      for (const n of [1, 2, 3]) await queue(anOccurrence({ subject: `digits.${n}`, at: NOON - n }))
      const page = await store.webhooks.deliveries(a.id, { limit: 2 })
      const after = page.at(-1)?.sequence ?? 0
      const rest = await store.webhooks.deliveries(a.id, { limit: 2, after })
      expect([page, rest].map((some) => some.map(({ subject }) => subject))).toEqual([
        ['digits.3', 'digits.2'],
        ['digits.1'],
      ])
      const [newest] = page
      expect(newest && (await store.webhooks.delivery(a.id, newest.id))).toEqual(newest)
      expect(newest && (await store.webhooks.delivery('wh_none', newest.id))).toBeUndefined()
    })

    test('the one that is due first comes first, of those due at once the one that was queued first', async () => {
      await queue(anOccurrence({ subject: 'digits.1', at: NOON + 2 }))
      await queue(anOccurrence({ subject: 'digits.2', at: NOON + 1 }))
      await queue(anOccurrence({ subject: 'digits.3', at: NOON + 1 }))
      expect((await first()).subject).toBe('digits.2')
    })

    test('a delivery is changed by whoever saw it last, and by nobody else', async () => {
      await queue(anOccurrence())
      const seen = await first()
      const claimed = { ...seen, attempts: 1, nextAttemptAt: NOON + 30_000 }
      await store.commit([{ kind: 'change-delivery', delivery: claimed, from: seen }])
      const late = store.commit([{ kind: 'change-delivery', delivery: claimed, from: seen }])
      await expect(late).rejects.toThrow(ConflictError)
      expect(await first()).toEqual(claimed)
      expect((await first(b.id)).attempts).toBe(0)

      const ended: Delivery = {
        ...claimed,
        status: 'delivered',
        answer: '204',
        nextAttemptAt: null,
        endedAt: NOON + 1.5,
      }
      await store.commit([{ kind: 'change-delivery', delivery: ended, from: claimed }])
      expect(await store.webhooks.nextPending(a.id)).toBeUndefined()
      expect(await store.webhooks.lastEnded(a.id, 3)).toEqual([ended])
      expect(await store.webhooks.lastEnded(b.id, 3)).toEqual([])
    })

    test('of two that claim one at the same time, one has it', async () => {
      await queue(anOccurrence())
      const seen = await first()
      const claim = () =>
        store.commit([{ kind: 'change-delivery', delivery: { ...seen, attempts: 1 }, from: seen }]).then(
          () => 'has it',
          (error: unknown) => (error instanceof ConflictError ? 'has it not' : String(error)),
        )
      expect((await Promise.all([claim(), claim(), claim()])).toSorted()).toEqual([
        'has it',
        'has it not',
        'has it not',
      ])
    })

    test('one that is deleted goes with its deliveries, and nobody else’s', async () => {
      await queue(anOccurrence())
      const before = await first()
      await store.commit([{ kind: 'delete-webhook', id: a.id }])
      await store.commit([{ kind: 'delete-webhook', id: a.id }])
      expect(await store.webhooks.list()).toEqual([b])
      expect([await toldOf(a.id), await toldOf(b.id)]).toEqual([[], ['digits.1']])
      const late = store.commit([
        { kind: 'change-delivery', delivery: { ...before, attempts: 1 }, from: before },
      ])
      await expect(late).rejects.toThrow('is gone, or somebody else has changed it')
    })

    test('what happens while one is deleted is saved all the same', async () => {
      const happening = Array.from({ length: 20 }, (_, n) =>
        store.commit([
          { kind: 'append-audit', entry: anEntry() },
          { kind: 'queue-deliveries', occurrence: anOccurrence({ subject: `digits.${n}` }) },
        ]),
      )
      await Promise.all([...happening, store.commit([{ kind: 'delete-webhook', id: a.id }])])
      expect([(await toldOf(a.id)).length, (await toldOf(b.id)).length]).toEqual([0, 20])
    })

    test('old deliveries and those beyond a number are forgotten, of each webhook its own', async () => {
      for (let n = 1; n <= 6; n++) await queue(anOccurrence({ subject: `digits.${n}` }))
      for (let n = 1; n <= 4; n++) {
        const before = await first()
        const delivery: Delivery = { ...before, status: 'failed', nextAttemptAt: null, endedAt: NOON + n }
        await store.commit([{ kind: 'change-delivery', delivery, from: before }])
      }
      const forget = (keepEnded: number, keep: number) =>
        store.commit([{ kind: 'forget-deliveries', endedBefore: NOON + 2, keepEnded, keep }])
      await forget(100, 100)
      expect((await toldOf(a.id)).toSorted()).toEqual([2, 3, 4, 5, 6].map((n) => `digits.${n}`))
      await forget(1, 100)
      expect((await toldOf(a.id)).toSorted()).toEqual([4, 5, 6].map((n) => `digits.${n}`))
      expect(await toldOf(b.id)).toHaveLength(6)
      await forget(1, 2)
      expect(await toldOf(a.id)).toEqual(['digits.6', 'digits.5'])
      expect(await toldOf(b.id)).toEqual(['digits.6', 'digits.5'])
    })
  })
}
