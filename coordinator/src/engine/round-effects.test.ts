import { ModelVersion, RoundId } from '@tributary/protocols'
import { seededRandom, virtualClock } from '@tributary/protocols/runtime'
import { describe, expect, test } from 'vitest'
import { aTask } from '../adapters/contracts/arrange.ts'
import { memoryBlobs } from '../adapters/memory/memory-blobs.ts'
import { StorageError } from '../faults/storage.ts'
import type { RoundEffect } from '../round/event.ts'
import type { Member } from '../round/member.ts'
import {
  aCompleted,
  aMember,
  anAbandoned,
  anAggregating,
  aReceipt,
  aSelecting,
  aTraining,
  clientOf,
  digestOf,
  publicKey,
} from '../round/round.builders.ts'
import type { Round } from '../round/round.ts'
import type { Aggregation } from './aggregate.ts'
import { createRoundEffects, sweepUpdates } from './round-effects.ts'

describe('[R4] drawing a cohort', () => {
  test('makes the round’s key, chooses among those that wait, and says whom', async () => {
    const world = await aWorld({ waiting: [3, 1, 2] })
    await world.perform({ type: 'draw-cohort', count: 2 }, aSelecting())
    expect(world.log).toEqual(['make key', 'cohort-drawn of 2'])
  })

  test('does nothing once the round selects no more', async () => {
    const world = await aWorld({ waiting: [1, 2] })
    await world.perform({ type: 'draw-cohort', count: 2 }, aTraining())
    expect(world.log).toEqual([])
  })
})

describe('[R30] drawing for a buffered round', () => {
  const buffer = { since: ModelVersion.parse(1), follows: RoundId.parse('digits.2') }
  const invited = (round: string, n: number, status: Member['status'] = 'accepted'): Member => ({
    ...aMember(status, { client: clientOf(n), round: RoundId.parse(round) }),
    invitation: { round: RoundId.parse('digits.2'), base: aTraining().base, publicKey, at: 1 },
  })

  test('that begins takes along whoever is at work, and asks those that are free', async () => {
    const members = [
      invited('digits.2', 1),
      invited('digits.2', 2, 'received'),
      invited('digits.2', 3, 'invited'),
    ]
    const world = await aWorld({ waiting: [1, 2, 3, 4], members })
    await world.perform({ type: 'draw-cohort', count: 9 }, aSelecting({ buffer }))
    expect(world.events).toEqual([
      {
        type: 'cohort-drawn',
        clients: [clientOf(2), clientOf(4)],
        publicKey,
        carried: [members[0], members[2]],
      },
    ])
  })

  test('that goes on asks those that are no members of it, and nobody where all are', async () => {
    const members = [invited('digits.3', 1), invited('digits.3', 2, 'failed')]
    const world = await aWorld({ waiting: [1, 2, 4], members })
    await world.perform({ type: 'draw-cohort', count: 1 }, aTraining({}, { buffer }))
    expect(world.events).toEqual([{ type: 'cohort-drawn', clients: [clientOf(4)], publicKey }])
    const all = await aWorld({ waiting: [1, 2], members })
    await all.perform({ type: 'draw-cohort', count: 1 }, aTraining({}, { buffer }))
    expect(all.log).toEqual([])
  })

  test('of a task that is paused asks nobody', async () => {
    const world = await aWorld({ waiting: [4], status: 'paused' })
    await world.perform({ type: 'draw-cohort', count: 1 }, aTraining({}, { buffer }))
    expect(world.log).toEqual([])
  })

  test('[R33] settling keeps the keys that somebody at work seals to', async () => {
    const key = (n: number, round: string, status: Member['status']): Member => ({
      ...aMember(status, { client: clientOf(n) }),
      invitation: { round: RoundId.parse(round), base: aTraining().base, publicKey, at: 1 },
    })
    const members = [
      key(1, 'digits.1', 'received'),
      key(2, 'digits.2', 'accepted'),
      key(3, 'digits.3', 'failed'),
    ]
    const world = await aWorld({ members })
    await world.perform({ type: 'settle' }, aCompleted({ buffer }))
    expect(world.destroyed).toEqual(['digits.3', 'digits.1'])
  })
})

test.each([
  ['invite', 'invited'],
  ['close', 'closed'],
] as const)('%s has every process tell its clients', async (type, kind) => {
  const world = await aWorld()
  await world.perform({ type }, aTraining())
  expect(world.log).toEqual([`announce ${kind} ${aTraining().id}`])
})

describe('aggregating', () => {
  test.each<[string, Aggregation, object]>([
    [
      'says what came of it',
      { kind: 'aggregated', weights: { digest: digestOf(8), bytes: 9 }, examples: 4, metrics: { loss: 1 } },
      {
        type: 'aggregated',
        weights: { digest: digestOf(8), bytes: 9 },
        examples: 4,
        metrics: { loss: 1 },
      },
    ],
    [
      'says why it came to nothing',
      { kind: 'refused', reason: 'gate-refused', detail: 'not finite' },
      { type: 'aggregation-refused', reason: 'gate-refused', detail: 'not finite' },
    ],
  ])('%s', async (_, aggregation, event) => {
    const world = await aWorld({ aggregation })
    await world.perform({ type: 'aggregate' }, anAggregating())
    expect(world.events).toEqual([event])
    await world.perform({ type: 'aggregate' }, anAbandoned())
    expect(world.events.length).toBe(1)
  })
})

describe('[R17] settling', () => {
  test('tells the members, then destroys the key, then deletes the updates, then says that it is done', async () => {
    const world = await aWorld({ members: ONE_OF_EACH })
    await world.perform({ type: 'settle' }, aCompleted())
    expect(world.log).toEqual([
      `announce ended ${aCompleted().id}`,
      'destroy key',
      `delete ${digestOf(99).slice(-4)}`,
      'settled',
    ])
  })

  test('that cannot destroy the key deletes no update: done again, it does both', async () => {
    const world = await aWorld({ members: [aMember('received')] })
    world.failOnce(new StorageError('locked'))
    await expect(world.perform({ type: 'settle' }, anAbandoned())).rejects.toThrow('locked')
    expect(world.log).toEqual([`announce ended ${anAbandoned().id}`])
    await world.perform({ type: 'settle' }, anAbandoned())
    expect(world.log.slice(1)).toEqual([
      `announce ended ${anAbandoned().id}`,
      'destroy key',
      `delete ${digestOf(99).slice(-4)}`,
      'settled',
    ])
  })

  test('does nothing while the round is open', async () => {
    const world = await aWorld({ members: ONE_OF_EACH })
    for (const open of [aSelecting(), aTraining(), anAggregating()])
      await world.perform({ type: 'settle' }, open)
    expect(world.log).toEqual([])
  })
})

test('[R14] an aggregation that cannot be done is tried for about a minute, and then given up with what stood in its way', async () => {
  const { perform, events } = await aWorld()
  for (let failures = 1; failures < 60; failures++)
    await expect(perform({ type: 'aggregate' }, anAggregating())).rejects.toThrow('nothing to aggregate')
  expect(events).toEqual([])
  await perform({ type: 'aggregate' }, anAggregating())
  expect(events).toEqual([
    {
      type: 'aggregation-refused',
      reason: 'aggregation-failed',
      detail: '60 tries failed, the last one: nothing to aggregate',
    },
  ])
})

test('[R17] what no round owes is swept: sealed updates of rounds that settled, or that were never counted', async () => {
  const clock = virtualClock()
  const updates = memoryBlobs({ clock })
  const [owed, stray] = [await updates.put(Uint8Array.of(1)), await updates.put(Uint8Array.of(2))]
  const round = RoundId.parse('digits.3')
  const member = { ...aMember('received'), receipt: aReceipt({ envelope: owed.digest }) } as Member
  const ofRound = async () => [member, aMember('accepted', { client: clientOf(2) })]
  const store = (unsettled: Round[]) => ({
    members: { ofRound, get: async () => undefined, ofClient: async () => [] },
    rounds: { unsettled: async () => unsettled },
  })
  const needs = { updates, clock, store: store([aTraining({}, { id: round })]) }
  clock.advanceTo(clock.now() + 1_000)
  expect(await sweepUpdates(needs, { olderThanMs: 2_000 })).toBe(0)
  expect(await updates.read(stray.digest)).toBeDefined()
  expect(await sweepUpdates(needs, { olderThanMs: 0 })).toBe(1)
  expect(await updates.read(stray.digest)).toBeUndefined()
  expect(await updates.read(owed.digest)).toEqual(Uint8Array.of(1))
  expect(await sweepUpdates({ ...needs, store: store([]) }, { olderThanMs: 500 })).toBe(1)
})

const ONE_OF_EACH = (['invited', 'accepted', 'declined', 'failed', 'received'] as const).map((status, i) =>
  aMember(status, { client: clientOf(i + 1) }),
)

/** The effects in a world that writes down what was asked of it, in order. */
const aWorld = async (
  facts: {
    members?: Member[]
    waiting?: number[]
    aggregation?: Aggregation
    status?: 'active' | 'paused'
  } = {},
) => {
  const destroyed: string[] = []
  const log: string[] = []
  const events: object[] = []
  let failure: Error | undefined
  const perform = createRoundEffects({
    clock: virtualClock(),
    random: seededRandom('effects'),
    store: {
      members: {
        ofRound: async () => facts.members ?? [],
        get: async () => undefined,
        ofClient: async () => [],
      },
      tasks: { get: async () => ({ ...aTask(), status: facts.status ?? 'active' }), list: async () => [] },
    },
    secure: async () => undefined,
    presence: { waiting: () => (facts.waiting ?? []).map(clientOf) },
    announce: async (notice) =>
      void log.push(`announce ${notice.kind} ${'round' in notice ? notice.round : notice.task}`),
    roundKeys: {
      async make() {
        log.push('make key')
        return publicKey
      },
      async destroy(round) {
        const fault = failure
        failure = undefined
        if (fault) throw fault
        log.push('destroy key')
        destroyed.push(round)
      },
    },
    updates: { ...memoryBlobs(), delete: async (digest) => void log.push(`delete ${digest.slice(-4)}`) },
    aggregate: async () => {
      if (!facts.aggregation) throw new Error('nothing to aggregate')
      return facts.aggregation
    },
    engine: () => ({
      async dispatch(_, happening) {
        events.push(happening)
        if (happening.type === 'cohort-drawn') log.push(`cohort-drawn of ${happening.clients.length}`)
        if (happening.type === 'settled') log.push('settled')
        return { kind: 'unchanged' }
      },
    }),
  })
  return {
    log,
    events,
    destroyed,
    perform: (effect: RoundEffect, round: Round) => perform(effect, round),
    failOnce(error: Error) {
      failure = error
    },
  }
}
