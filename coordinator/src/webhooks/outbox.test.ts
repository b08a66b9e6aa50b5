import { describe, expect, test } from 'vitest'
import {
  aCompleted,
  aModel,
  anAbandoned,
  anAggregating,
  anEntry,
  anOriginOf,
  aRoundId,
  aSelecting,
  aTask,
  aTraining,
  aVersion,
  NOON,
} from '../adapters/contracts/arrange.ts'
import { ConflictError } from '../faults/storage.ts'
import type { Change, Store } from '../ports/store.ts'
import { MOST_BODY_BYTES } from './message.ts'
import { withOutbox } from './outbox.ts'
import { ADA, anOrder, aWorld, granted } from './webhooks.builders.ts'

/** What a webhook for everything is told of commits. */
const toldOf = async (...commits: Change[][]) => {
  const { store, service, log } = await aWorld()
  await store.commit([{ kind: 'insert-model', model: aModel() }])
  const { webhook } = granted(await service.create(anOrder(), ADA))
  for (const changes of commits) await store.commit(changes)
  return (await log(webhook.id)).toReversed().map(({ event, subject, body }) => ({
    event,
    subject,
    ...(JSON.parse(body) as { type: string; timestamp: string; data: Record<string, unknown> }),
  }))
}

describe('the outbox', () => {
  test('holds what a round begins with and ends in, each once, with the round as REST shows it', async () => {
    const told = await toldOf(
      [{ kind: 'insert-round', round: aSelecting() }],
      [{ kind: 'save-round', round: aTraining() }],
      [{ kind: 'save-round', round: anAggregating() }],
      [
        { kind: 'save-round', round: aCompleted('digits', 1, 'owed') },
        { kind: 'insert-model', model: aModel('digits', 2, { origin: anOriginOf(aRoundId()) }) },
      ],
      [{ kind: 'save-round', round: aCompleted() }],
      [
        {
          kind: 'insert-round',
          round: {
            ...aSelecting('digits', 2),
            base: { version: aVersion(2), digest: aModel('digits', 2).weights.digest },
          },
        },
      ],
      [{ kind: 'save-round', round: anAbandoned('digits', 2, 'owed') }],
      [{ kind: 'save-round', round: anAbandoned('digits', 2) }],
    )
    expect(told.map(({ event, subject }) => `${event} ${subject}`)).toEqual([
      'round.started digits.1',
      'round.completed digits.1',
      'model.published digits/models/2',
      'round.started digits.2',
      'round.abandoned digits.2',
    ])
    expect(told[1]).toMatchObject({
      type: 'round.completed',
      timestamp: '2026-01-15T12:00:03.000Z',
      data: { phase: 'completed', id: 'digits.1', version: { version: 2 }, metrics: { loss: 0.25 } },
    })
    expect(told[2]?.data).toMatchObject({ task: 'digits', version: 2, parent: 1, origin: { kind: 'round' } })
    expect(told[4]?.data).toMatchObject({ phase: 'abandoned', reason: 'no-quorum' })
  })

  test('holds that a task is finished, and no other change of it', async () => {
    const told = await toldOf(
      [{ kind: 'save-task', task: aTask('digits', { status: 'paused' }) }],
      [{ kind: 'save-task', task: aTask('digits', { status: 'finished' }) }],
    )
    expect(told).toEqual([
      {
        event: 'task.finished',
        subject: 'digits',
        type: 'task.finished',
        timestamp: new Date(NOON).toISOString(),
        data: {
          id: 'digits',
          title: null,
          status: 'finished',
          createdAt: new Date(NOON).toISOString(),
        },
      },
    ])
  })

  test('holds the bare outcome of a round whose metrics are too many to send', async () => {
    const metrics = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`metric ${i}`, i]))
    const [, told] = await toldOf(
      [{ kind: 'insert-round', round: aSelecting() }],
      [{ kind: 'save-round', round: { ...aCompleted('digits', 1, 'owed'), metrics } }],
    )
    expect(Buffer.byteLength(JSON.stringify(told))).toBeLessThan(MOST_BODY_BYTES)
    expect(told?.data).toEqual({
      id: 'digits.1',
      task: 'digits',
      number: 1,
      phase: 'completed',
      version: aCompleted().version,
    })
  })

  test('holds nothing of a commit that failed', async () => {
    const { store, service, log } = await aWorld()
    const { webhook } = granted(await service.create(anOrder(), ADA))
    const failing = store.commit([
      { kind: 'insert-model', model: aModel() },
      { kind: 'insert-task', task: aTask() },
    ])
    await expect(failing).rejects.toThrow(ConflictError)
    expect(await log(webhook.id)).toEqual([])
  })

  test('adds to a commit only where something happened, and says so when that is saved', async () => {
    const commits: (readonly Change[])[] = []
    const said: number[] = []
    const tables = { commit: async (changes) => void commits.push(changes) } as Pick<Store, 'commit'> as Store
    const store = withOutbox(tables, { clock: { now: () => NOON }, queued: () => said.push(commits.length) })
    await store.commit([{ kind: 'append-audit', entry: anEntry() }])
    await store.commit([{ kind: 'save-round', round: aTraining() }])
    await store.commit([{ kind: 'insert-round', round: aSelecting() }])
    expect(commits.map((changes) => changes.map(({ kind }) => kind))).toEqual([
      ['append-audit'],
      ['save-round'],
      ['insert-round', 'queue-deliveries'],
    ])
    expect(said).toEqual([3])
  })

  test('says the same of the same, however often it is said', async () => {
    const round = aCompleted('digits', 1, 'owed')
    const told = await toldOf(
      [{ kind: 'insert-round', round: aSelecting() }],
      [{ kind: 'save-round', round }],
      [{ kind: 'save-round', round }],
    )
    expect(told.map(({ event }) => event)).toEqual(['round.started', 'round.completed'])
  })
})
