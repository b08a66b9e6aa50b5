import { type ClientId, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import { encodePublicKey } from '@tributary/protocols/crypto'
import { virtualClock } from '@tributary/protocols/runtime'
import { describe, expect, test } from 'vitest'
import { aClientId, aDigest, aModel, aTask, NOON as openedAt } from '../adapters/contracts/arrange.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { LeaseLostError, StorageError } from '../faults/storage.ts'
import type { Change, Store } from '../ports/store.ts'
import type { RoundEffect } from '../round/event.ts'
import { openRound } from '../round/open-round.ts'
import { aPolicy, aReceipt } from '../round/round.builders.ts'
import type { Round } from '../round/round.ts'
import { NOTHING_BESIDE } from '../round/secure-training.ts'
import { createEngine, type Engine } from './engine.ts'
import type { Happening } from './happening.ts'
import type { RoundChange } from './saved-round.ts'

const task = TaskId.parse('digits')
const round = RoundId.parse('digits.1')
const clients = Array.from({ length: 6 }, (_, i) => aClientId(i))
const policy = aPolicy({ target: 4, quorum: 3, wanted: 6, selectionMs: 60_000, trainingMs: 600_000 })

const selecting = () =>
  openRound(
    {
      task,
      number: 1,
      base: { version: ModelVersion.parse(1), digest: aDigest('weights 1') },
      assignment: aDigest('assignment'),
      clip: 0.5,
      at: openedAt,
    },
    policy,
  )
const drawn: Happening = {
  type: 'cohort-drawn',
  clients,
  publicKey: encodePublicKey(new Uint8Array(32).fill(9)),
}
const accepts = (client: ClientId): Happening => ({ type: 'accepted', client })
const fails = (client: ClientId): Happening => ({ type: 'failed', client, reason: 'training-error' })
const updates = (client: ClientId): Happening => ({
  type: 'update-received',
  client,
  receipt: aReceipt({ envelope: aDigest(client) }),
})
const aggregated: Happening = {
  type: 'aggregated',
  weights: { digest: aDigest('weights 2'), bytes: 24 },
  examples: 40,
  metrics: { loss: 0.5 },
  nextClip: 0.45,
}

describe('whoever watches is told of each save what it changed', () => {
  const [one, two] = [aClientId(0), aClientId(1)]

  test('the state before, and members with what they were', async () => {
    const { engine, changes } = await anEngine()
    await engine.open(selecting(), [])
    await engine.dispatch(round, drawn)
    await Promise.all([engine.dispatch(round, accepts(one)), engine.dispatch(round, updates(two))])
    expect(changes.map(({ before }) => before?.phase)).toEqual([
      undefined,
      'selecting',
      ...changes.slice(2).map(() => 'training'),
    ])
    expect(changes[0]).toEqual({ before: undefined, members: [], policy })
    expect(changes[1]?.members.map(({ was, member }) => [was, member.status])).toEqual(
      clients.map(() => [undefined, 'invited']),
    )
    const later = changes.slice(2).flatMap(({ members }) => members)
    expect(later.map(({ was, member }) => [member.client, was, member.status])).toEqual([
      [one, 'invited', 'accepted'],
      [two, 'invited', 'received'],
    ])
  })

  test('by a process that has just taken the round up, too', async () => {
    const before = await anEngine()
    await before.engine.open(selecting(), [])
    await before.engine.dispatch(round, drawn)
    await before.engine.dispatch(round, updates(one))
    await before.engine.stop()
    const after = await anEngine({ store: before.store, at: openedAt + 60_000 })
    await after.engine.dispatch(round, {
      type: 'abandon-requested',
      reason: 'operator',
      detail: '',
      by: 'tok-ada',
    })
    expect(after.changes[0]).toMatchObject({
      before: { phase: 'training', startedAt: openedAt, tally: { received: 1 } },
    })
    await after.engine.stop()
  })
})

describe('[R19] the engine decides, saves, and only then acts', () => {
  test('an effect begins, and a caller is answered, when what was decided is in the tables', async () => {
    const { engine, store, log } = await anEngine({
      async perform(effect) {
        log.push(`${effect.type} finds ${(await store.rounds.get(round))?.phase}`)
      },
    })
    await engine.open(selecting(), [])
    const decision = await engine.dispatch(round, drawn)
    log.push(`answered ${decision.kind}`)
    await quiet()
    expect(log).toEqual([
      'saving insert-round',
      'saved selecting',
      'saving save-round save-member×6 append-audit',
      'saved training',
      'answered changed',
      'invite finds training',
    ])
    expect((await store.members.ofRound(round)).map(({ status }) => status)).toEqual(Array(6).fill('invited'))
  })

  test('events that gather while a save is under way are decided in one go and saved in one commit', async () => {
    const { engine, store, log } = await aTrainingEngine()
    const three = clients.slice(0, 3)
    const decisions = await Promise.all(three.map((client) => engine.dispatch(round, fails(client))))
    expect(decisions.map(({ kind }) => kind)).toEqual(Array(3).fill('changed'))
    expect(log).toEqual([
      'saving save-round save-member',
      'saved training',
      'saving save-round save-member×2',
      'saved training',
    ])
    expect(await store.rounds.get(round)).toMatchObject({ tally: { failed: 3 } })
  })

  test('who abandons a round is in the commit that abandons it, or nothing is', async () => {
    const { engine, store, failNextCommit } = await aTrainingEngine()
    const abandon: Happening = {
      type: 'abandon-requested',
      reason: 'operator',
      detail: 'enough',
      by: 'tok-ada',
    }
    const said = async () =>
      (await store.audit({ limit: 10 })).map(({ actor, action, detail }) => [actor, action, detail])
    const before = await said()
    failNextCommit(new StorageError('nothing was saved'))
    await expect(engine.dispatch(round, abandon)).rejects.toThrow('nothing was saved')
    expect(await said()).toEqual(before)
    await engine.dispatch(round, abandon)
    const after = [
      ['tok-ada', 'round.abandon', { reason: 'enough' }],
      ['coordinator', 'round.abandoned', { reason: 'operator', updates: 0 }],
    ]
    expect((await said()).slice(before.length)).toEqual(after)
    expect(await engine.dispatch(round, abandon)).toEqual({ kind: 'unchanged' })
    expect((await said()).slice(before.length)).toEqual(after)
  })

  test('that clients accepted is answered at once, and saved with what is saved next', async () => {
    const { engine, store, log } = await aTrainingEngine()
    const [first, second] = clients as [ClientId, ClientId]
    await engine.dispatch(round, accepts(first))
    expect(await engine.view(round)).toMatchObject({ tally: { accepted: 1 } })
    expect(log).toEqual(['saved training'])
    await engine.dispatch(round, updates(second))
    expect(log).toEqual(['saved training', 'saving save-round save-member×2', 'saved training'])
    expect(await store.rounds.get(round)).toMatchObject({ tally: { accepted: 1, received: 1 } })
  })

  test('that clients accepted is saved before long, if nothing else is', async () => {
    const { engine, store, clock } = await aTrainingEngine()
    const [first] = clients as [ClientId]
    await engine.dispatch(round, accepts(first))
    clock.advanceTo(clock.now() + 1_000)
    await quiet()
    expect(await store.rounds.get(round)).toMatchObject({ tally: { accepted: 1 } })
    expect((await store.members.get(round, first))?.status).toBe('accepted')
  })

  test('events about one member in one batch see each other', async () => {
    const { engine } = await aTrainingEngine()
    const [first] = clients as [ClientId]
    const decisions = await Promise.all([
      engine.dispatch(round, accepts(aClientId(5))), // is saved alone; the rest gathers meanwhile
      engine.dispatch(round, accepts(first)),
      engine.dispatch(round, updates(first)),
      engine.dispatch(round, updates(first)),
      engine.dispatch(round, accepts(first)),
    ])
    expect(decisions.map(({ kind }) => kind)).toEqual([
      'changed',
      'changed',
      'changed',
      'unchanged',
      'unchanged',
    ])
    expect(await engine.view(round)).toMatchObject({ tally: { accepted: 1, received: 1 } })
  })

  test('a save that fails changes nothing: all that waited on it are told, nothing is done, and work goes on', async () => {
    const { engine, store, log, failNextCommit } = await aTrainingEngine()
    const full = new StorageError('no space', { full: true })
    failNextCommit(full)
    const outcomes = await Promise.allSettled([
      engine.dispatch(round, updates(aClientId(0))),
      engine.dispatch(round, updates(aClientId(1))),
    ])
    expect(outcomes[0]).toEqual({ status: 'rejected', reason: full })
    expect(outcomes[1]).toMatchObject({ status: 'fulfilled', value: { kind: 'changed' } })
    expect(log).toEqual(['saving save-round save-member', 'saving save-round save-member', 'saved training'])

    failNextCommit(full)
    await expect(
      Promise.all(clients.slice(2).map((client) => engine.dispatch(round, updates(client)))),
    ).rejects.toBe(full)
    await quiet()
    expect(await engine.view(round)).toEqual(await store.rounds.get(round))
    for (const client of clients)
      expect(await engine.member(round, client)).toEqual(await store.members.get(round, client))
  })

  test('a failed save of the deciding update leaves the round training, so the same update sent again decides it', async () => {
    const { engine, log, failNextCommit } = await aTrainingEngine()
    for (const client of clients.slice(0, 3)) await engine.dispatch(round, updates(client))
    failNextCommit(new StorageError('disk gone'))
    await expect(engine.dispatch(round, updates(aClientId(3)))).rejects.toThrow('disk gone')
    expect(await engine.view(round)).toMatchObject({ phase: 'training', tally: { received: 3 } })
    expect(log.filter((line) => line.startsWith('perform'))).toEqual([])
    await engine.dispatch(round, updates(aClientId(3)))
    expect(await engine.view(round)).toMatchObject({ phase: 'aggregating', tally: { received: 4 } })
  })

  test('a round cannot be opened where its number is taken, and nothing of it stays', async () => {
    const { engine } = await anEngine()
    await engine.open(selecting(), [])
    await expect(engine.open(selecting(), [])).rejects.toThrow(/conflict/)
    const other = { ...selecting(), id: RoundId.parse('digits.9'), number: 9 }
    await expect(engine.open(other, [])).rejects.toThrow(/conflict/)
    expect(await engine.view(other.id)).toBeUndefined()
  })
})

describe('[R13] a round that completes', () => {
  test('brings its model version into being in the same commit, with its lineage', async () => {
    const { engine, store, log } = await aTrainingEngine()
    for (const client of clients.slice(0, 4)) await engine.dispatch(round, updates(client))
    log.length = 0
    const at = await engine.dispatch(round, aggregated).then(() => openedAt)
    expect(log[0]).toBe('saving save-round insert-model append-audit')
    expect(await store.models.latest(task)).toEqual({
      task,
      version: 2,
      parent: 1,
      weights: { digest: aDigest('weights 2'), bytes: 24 },
      assignment: aDigest('assignment'),
      origin: { kind: 'round', round, examples: 40, metrics: { loss: 0.5 } },
      createdAt: at,
    })
    const audit = await store.audit({ limit: 10 })
    expect(audit.map(({ action, detail }) => [action, detail])).toEqual([
      ['round.training', {}],
      ['round.aggregating', {}],
      ['round.completed', { version: 2, digest: aDigest('weights 2'), updates: 4 }],
    ])
  })

  test('is handed over once it has settled, and is answered from the tables from then on', async () => {
    const { engine, clock, ended } = await aTrainingEngine({
      perform: async (effect, _round, self) => {
        if (effect.type === 'aggregate') await self.dispatch(round, aggregated)
        if (effect.type === 'settle') await self.dispatch(round, { type: 'settled' })
      },
    })
    for (const client of clients.slice(0, 4)) await engine.dispatch(round, updates(client))
    await quiet()
    expect(ended).toEqual([expect.objectContaining({ id: round, phase: 'completed', debts: 'settled' })])
    expect(await engine.view(round)).toEqual(ended[0])
    expect(await engine.member(round, aClientId(0))).toMatchObject({ status: 'received' })
    expect(await engine.dispatch(round, accepts(aClientId(5)))).toEqual({
      kind: 'refused',
      reason: 'round-over',
    })
    expect(ended.length).toBe(1)
    expect(clock.pending()).toBe(0)
  })
})

test('[R26] what the next round clips to is saved in the commit of the version, and not without it', async () => {
  const { engine, store, log, failNextCommit } = await aTrainingEngine()
  for (const client of clients.slice(0, 4)) await engine.dispatch(round, updates(client))
  failNextCommit(new StorageError('nothing was saved'))
  await expect(engine.dispatch(round, aggregated)).rejects.toThrow('nothing was saved')
  expect(await store.rounds.get(round)).not.toHaveProperty('nextClip')
  expect((await store.models.latest(task))?.version).toBe(1)
  log.length = 0
  await engine.dispatch(round, aggregated)
  expect(log[0]).toBe('saving save-round insert-model append-audit')
  expect(await store.rounds.get(round)).toMatchObject({ phase: 'completed', clip: 0.5, nextClip: 0.45 })
})

describe('effects', () => {
  test('of a round run one after another, in the order decided', async () => {
    const order: string[] = []
    const { engine } = await aTrainingEngine({
      async perform(effect) {
        order.push(`${effect.type} begins`)
        await quiet()
        order.push(`${effect.type} ends`)
      },
    })
    for (const client of clients.slice(0, 4)) await engine.dispatch(round, updates(client))
    await engine.dispatch(round, {
      type: 'abandon-requested',
      reason: 'operator',
      detail: '',
      by: 'tok-ada',
    })
    for (let i = 0; i < 8; i++) await quiet()
    expect(order).toEqual([
      'close begins',
      'close ends',
      'aggregate begins',
      'aggregate ends',
      'settle begins',
      'settle ends',
    ])
  })

  test('[R18] that meet a fault are told of it and tried again after a second, with the round as it then is', async () => {
    const seen: string[] = []
    let faults = 3
    const { engine, clock, told } = await aTrainingEngine({
      async perform(effect, now) {
        seen.push(`${effect.type} while ${now.phase}`)
        if (effect.type === 'close' && faults-- > 0) throw new StorageError('locked')
      },
    })
    for (const client of clients.slice(0, 4)) await engine.dispatch(round, updates(client))
    await quiet()
    expect(told).toEqual(['close: locked'])
    clock.advanceTo(clock.now() + 999)
    await quiet()
    expect(seen).toEqual(['close while aggregating'])
    clock.advanceTo(clock.now() + 1)
    await quiet()
    await engine.dispatch(round, {
      type: 'abandon-requested',
      reason: 'operator',
      detail: '',
      by: 'tok-ada',
    })
    clock.advanceTo(clock.now() + 1_000)
    await quiet()
    clock.advanceTo(clock.now() + 1_000)
    await quiet()
    expect(told).toEqual(Array(3).fill('close: locked'))
    expect(seen).toEqual([
      'close while aggregating',
      'close while aggregating',
      'close while abandoned',
      'close while abandoned',
      'aggregate while abandoned',
      'settle while abandoned',
    ])
    expect(clock.pending()).toBe(0)
  })
})

describe('[R10] deadlines', () => {
  test('wake the round when its selection and its training end, and only then', async () => {
    const { engine, clock } = await anEngine({ waiting: 6 })
    await engine.open(selecting(), [])
    clock.advanceTo(openedAt + policy.selectionMs - 1)
    await quiet()
    expect(await engine.view(round)).toMatchObject({ phase: 'selecting' })
    await engine.dispatch(round, drawn)
    const startedAt = clock.now()
    for (const client of clients.slice(0, 3)) await engine.dispatch(round, updates(client))
    clock.advanceTo(startedAt + policy.trainingMs - 1)
    await quiet()
    expect(await engine.view(round)).toMatchObject({ phase: 'training' })
    clock.advanceTo(startedAt + policy.trainingMs)
    await quiet()
    expect(await engine.view(round)).toMatchObject({
      phase: 'aggregating',
      startedAt: startedAt + policy.trainingMs,
    })
    expect(clock.pending()).toBe(0)
  })

  test('that could not be acted on are tried again after a second', async () => {
    const { engine, clock, told, failNextCommit } = await anEngine({ waiting: 0 })
    await engine.open(selecting(), [])
    failNextCommit(new StorageError('locked'))
    clock.advanceTo(openedAt + policy.selectionMs)
    await quiet()
    expect(told).toEqual(['deadline: locked'])
    expect(await engine.view(round)).toMatchObject({ phase: 'selecting' })
    clock.advanceTo(clock.now() + 1_000)
    await quiet()
    expect(await engine.view(round)).toMatchObject({ phase: 'abandoned', reason: 'too-few-clients' })
  })
})

describe('[R10] a clock that is set back', () => {
  test('between the timer and its word leaves the deadline standing', async () => {
    const { engine, clock, setBack } = await anEngine({ waiting: 0 })
    await engine.open(selecting(), [])
    setBack(30_000)
    clock.advanceTo(openedAt + policy.selectionMs)
    await quiet()
    expect(await engine.view(round)).toMatchObject({ phase: 'selecting' })
    clock.advanceTo(openedAt + policy.selectionMs + 30_000)
    await quiet()
    expect(await engine.view(round)).toMatchObject({ phase: 'abandoned', reason: 'too-few-clients' })
  })
})

describe('who is not of a round', () => {
  test('[R7] is refused: not a member, or of a round that is not at work', async () => {
    const { engine, log } = await aTrainingEngine()
    expect(await engine.dispatch(round, updates(aClientId(99)))).toEqual({
      kind: 'refused',
      reason: 'not-invited',
    })
    const nowhere = RoundId.parse('digits.7')
    expect(await engine.dispatch(nowhere, updates(aClientId(0)))).toEqual({
      kind: 'refused',
      reason: 'round-over',
    })
    expect(log).toEqual([])
  })
})

describe('[R18] after a restart', () => {
  test('what is owed is done, deadlines are kept, members are known', async () => {
    const first = await aTrainingEngine()
    await first.engine.dispatch(round, updates(aClientId(0)))
    await first.engine.stop()

    const { engine, clock, performed } = await anEngine({ store: first.store, at: openedAt + 5_000 })
    await engine.resume()
    await quiet()
    expect(performed).toEqual(['invite'])
    expect(await engine.member(round, aClientId(0))).toMatchObject({ status: 'received' })
    for (const client of clients.slice(1, 3)) await engine.dispatch(round, updates(client))
    clock.advanceTo(openedAt + policy.trainingMs)
    await quiet()
    expect(await engine.view(round)).toMatchObject({ phase: 'aggregating', tally: { received: 3 } })
    expect(performed).toEqual(['invite', 'close', 'aggregate'])
  })

  test('a deadline that passed meanwhile waits for all who come back, not only for the first', async () => {
    const first = await aTrainingEngine()
    await first.engine.stop()

    const back = openedAt + policy.trainingMs + 60_000
    const { engine, clock } = await anEngine({ store: first.store, at: back })
    await engine.resume()
    for (const client of clients.slice(0, 3)) {
      clock.advanceTo(clock.now() + 3_000)
      await quiet()
      await engine.dispatch(round, updates(client))
    }
    clock.advanceTo(back + 15_000)
    await quiet()
    expect(await engine.view(round)).toMatchObject({ phase: 'aggregating', tally: { received: 3 } })
  })

  test('a round that ended and was settled is not taken up', async () => {
    const first = await aTrainingEngine()
    for (const event of [
      { type: 'abandon-requested', reason: 'operator', detail: '', by: 'tok-ada' },
      { type: 'settled' },
    ] satisfies Happening[])
      await first.engine.dispatch(round, event)
    await first.engine.stop()
    const { engine, clock, performed } = await anEngine({ store: first.store })
    await engine.resume()
    await quiet()
    expect(performed).toEqual([])
    expect(clock.pending()).toBe(0)
  })

  test('a process that dies at any save leaves a round that the next process brings to the same end', async () => {
    const whole = await aLife(await aStore(), Number.POSITIVE_INFINITY)
    expect(whole.saves).toBe(8) // opened, drawn, four updates, aggregated, settled
    expect(whole.end).toMatchObject({ clip: 0.5, nextClip: 0.45 })
    for (let death = 1; death <= whole.saves; death++)
      for (const when of ['before', 'after'] as const) {
        const store = await aStore()
        await aLife(store, death, when)
        await aLife(store, Number.POSITIVE_INFINITY)
        const { endedAt: _, ...end } = (await store.rounds.get(round)) as Extract<
          Round,
          { phase: 'completed' }
        >
        const { endedAt: __, ...expected } = whole.end
        expect(end, `died ${when} save ${death}`).toEqual(expected)
        expect((await store.models.list(task, { limit: 10 })).length).toBe(2)
      }
  })
})

describe('a save that is made and not answered', () => {
  /** An engine whose next save is made, and told as failed. */
  const untold = async (store: Store) => {
    let untold = true
    return anEngine({
      store: {
        ...store,
        async commit(changes) {
          await store.commit(changes)
          if (!untold) return
          untold = false
          throw new StorageError('the answer was lost')
        },
      },
    })
  }

  test('is found in the tables before anything else is decided', async () => {
    const { store } = await aTrainingEngine()
    const { engine } = await untold(store)
    await engine.resume()
    await expect(engine.dispatch(round, updates(aClientId(0)))).rejects.toThrow('the answer was lost')
    expect(await engine.dispatch(round, fails(aClientId(1)))).toMatchObject({ kind: 'changed' })
    expect(await engine.view(round)).toMatchObject({ tally: { received: 1, failed: 1 } })
    expect(await store.rounds.get(round)).toEqual(await engine.view(round))
  })

  test('is acted on, once it is found', async () => {
    const { store } = await aTrainingEngine()
    const { engine, performed } = await untold(store)
    await engine.resume()
    const abandon: Happening = { type: 'abandon-requested', reason: 'operator', detail: '', by: 'tok-ada' }
    await expect(engine.dispatch(round, abandon)).rejects.toThrow('the answer was lost')
    await engine.dispatch(round, abandon)
    await quiet()
    expect(performed).toEqual(['invite', 'settle'])
  })

  test('begins a round a moment later, where it was the round’s first', async () => {
    const { engine, clock, store } = await untold(await aStore())
    await expect(engine.open(selecting(), [])).rejects.toThrow('the answer was lost')
    clock.advanceTo(openedAt + 1_000)
    await quiet()
    await engine.dispatch(round, drawn)
    expect(await store.rounds.get(round)).toMatchObject({ phase: 'training' })
  })
})

describe('a round whose first save failed', () => {
  test('is one round when it is begun again while the engine looks whether it was saved', async () => {
    const { engine, clock, failNextCommit, store } = await anEngine()
    failNextCommit(new StorageError('nothing was saved'))
    await expect(engine.open(selecting(), [])).rejects.toThrow('nothing was saved')
    const again = engine.open(selecting(), [])
    clock.advanceTo(openedAt + 1_000)
    await again
    await engine.dispatch(round, drawn)
    await quiet()
    expect(await engine.view(round)).toEqual(await store.rounds.get(round))
    expect(await engine.view(round)).toMatchObject({ phase: 'training' })
  })
})

describe('an engine that is stopped', () => {
  test('leaves no timer, and begins no effect', async () => {
    const { engine, clock, performed } = await aTrainingEngine()
    expect(clock.pending()).toBe(1)
    for (const client of clients.slice(0, 3)) await engine.dispatch(round, updates(client))
    const stopped = engine.stop()
    await expect(engine.dispatch(round, updates(aClientId(3)))).rejects.toThrow(/shutting down/)
    await stopped
    await quiet()
    expect(clock.pending()).toBe(0)
    expect(performed).toEqual(['invite'])
  })

  test('leaves no timer where a client accepted while it was being stopped', async () => {
    let save = () => {}
    const slow = new Promise<void>((resolve) => {
      save = resolve
    })
    const { store } = await aTrainingEngine()
    const { engine, clock } = await anEngine({
      store: { ...store, commit: (changes) => slow.then(() => store.commit(changes)) },
    })
    await engine.resume()
    const failing = engine.dispatch(round, fails(aClientId(0)))
    const accepting = engine.dispatch(round, accepts(aClientId(1)))
    await engine.stop()
    save()
    await Promise.all([failing, accepting])
    expect(clock.pending()).toBe(0)
  })

  test('waits for the effect at work, not for its next try', async () => {
    const order: string[] = []
    let finish = () => {}
    const { engine, clock, told } = await aTrainingEngine({
      async perform(effect) {
        if (effect.type === 'close') {
          order.push('close begins')
          await new Promise<void>((resolve) => {
            finish = resolve
          })
          order.push('close ends')
        } else order.push(effect.type)
      },
    })
    for (const client of clients.slice(0, 4)) await engine.dispatch(round, updates(client))
    await quiet()
    const stopped = engine.stop().then(() => order.push('stopped'))
    await quiet()
    expect(order).toEqual(['close begins'])
    finish()
    await stopped
    expect(order).toEqual(['close begins', 'close ends', 'stopped'])
    expect(told).toEqual([])
    expect(clock.pending()).toBe(0)
  })

  test('does not wait out the pause after a fault', async () => {
    const { engine, clock } = await aTrainingEngine({
      async perform() {
        throw new StorageError('locked')
      },
    })
    await engine.dispatch(round, {
      type: 'abandon-requested',
      reason: 'operator',
      detail: '',
      by: 'tok-ada',
    })
    await quiet()
    expect(clock.pending()).toBe(1)
    await engine.stop()
    expect(clock.pending()).toBe(0)
  })
})

describe('of processes that share the tables', () => {
  /** Two engines over the same tables; `drives` says which of them holds the task's lease. */
  const two = async () => {
    const store = await aStore()
    const take = (holder: string) => store.leases.take({ task, holder, forMs: 60_000 })
    const fenced = (token: number | undefined): readonly Change[] | undefined =>
      token === undefined ? undefined : [{ kind: 'require-lease', task, token }]
    const tokens: { first: number | undefined; second: number | undefined } = {
      first: (await take('first'))?.token,
      second: undefined,
    }
    const first = await aTrainingEngine({ store, fence: () => fenced(tokens.first) })
    const second = await anEngine({ store, fence: () => fenced(tokens.second) })
    const handOver = async () => {
      await store.leases.release({ holder: 'first' })
      tokens.second = (await take('second'))?.token
    }
    return { store, first, second, tokens, handOver }
  }

  test('one that does not drive a round decides nothing about it', async () => {
    const { second } = await two()
    await expect(second.engine.dispatch(round, updates(aClientId(0)))).rejects.toThrow(LeaseLostError)
    await second.engine.resume()
    expect(second.performed).toEqual([])
  })

  test('one that has lost a task without noticing saves nothing more, and lets go of its rounds', async () => {
    const { store, first, second, handOver } = await two()
    await first.engine.dispatch(round, updates(aClientId(0)))
    await handOver()
    await second.engine.resume()
    await second.engine.dispatch(round, updates(aClientId(1)))
    await expect(first.engine.dispatch(round, updates(aClientId(2)))).rejects.toThrow(LeaseLostError)
    expect(first.told).toEqual(['lost'])
    expect(first.clock.pending()).toBe(0)
    const received = (await store.members.ofRound(round)).filter(({ status }) => status === 'received')
    expect(received.map(({ client }) => client)).toEqual([aClientId(0), aClientId(1)])
    expect(await second.engine.view(round)).toMatchObject({ tally: { received: 2 } })
  })

  test('the one that takes over goes on where the other was, and what the other was about to decide is refused', async () => {
    const { store, first, second, tokens, handOver } = await two()
    for (const n of [0, 1, 2]) await first.engine.dispatch(round, updates(aClientId(n)))
    await handOver()
    tokens.first = undefined
    first.engine.release(task)
    await second.engine.resume()
    await second.engine.dispatch(round, updates(aClientId(3)))
    await quiet()
    expect((await store.rounds.get(round))?.phase).toBe('aggregating')
    expect(second.performed).toEqual(['invite', 'close', 'aggregate'])
    expect(first.performed).toEqual(['invite'])
  })

  test('one whose lease has run out tells of a round what the tables say, before it has let go of it', async () => {
    const { first, second, tokens, handOver } = await two()
    await handOver()
    tokens.first = undefined
    await second.engine.dispatch(round, updates(aClientId(0)))
    expect(await first.engine.view(round)).toMatchObject({ tally: { received: 1 } })
    expect((await first.engine.member(round, aClientId(0)))?.status).toBe('received')
  })

  test('one that lets go of a task while it takes up a round of it does not keep that round', async () => {
    const { store, first, tokens, handOver } = await two()
    await handOver()
    tokens.first = undefined
    first.engine.release(task)
    const read = Promise.withResolvers<void>()
    const late = { ...store, members: { ...store.members, ofRound: () => read.promise.then(() => []) } }
    let token = tokens.second
    const { engine, clock, performed } = await anEngine({
      store: late,
      fence: () => (token === undefined ? undefined : [{ kind: 'require-lease', task, token }]),
    })
    const resuming = engine.resume()
    await quiet()
    engine.release(task)
    token = undefined
    read.resolve()
    await resuming
    await quiet()
    expect([clock.pending(), performed]).toEqual([0, []])
  })

  test('one that lets go while it looks what became of a save begins no other', async () => {
    const store = await aStore()
    const lease = await store.leases.take({ task, holder: 'only', forMs: 60_000 })
    const fence: readonly Change[] = [{ kind: 'require-lease', task, token: lease?.token ?? 0 }]
    const read = Promise.withResolvers<void>()
    let held = false
    const ofRound: Store['members']['ofRound'] = async (id) => {
      if (held) await read.promise
      return store.members.ofRound(id)
    }
    const slow = { ...store, members: { ...store.members, ofRound } }
    const { engine, log, told, failNextCommit } = await aTrainingEngine({ store: slow, fence: () => fence })
    failNextCommit(new StorageError('the answer was lost', { uncertain: true }))
    await expect(engine.dispatch(round, updates(aClientId(0)))).rejects.toThrow(StorageError)
    log.length = 0
    held = true
    const late = engine.dispatch(round, updates(aClientId(1))).catch((error: unknown) => error)
    await quiet()
    engine.release(task)
    read.resolve()
    expect(await late).toBeInstanceOf(LeaseLostError)
    expect([log, told]).toEqual([[], []])
  })

  test('a round that another process opened is taken up at the first word of it', async () => {
    const { store, second, tokens, handOver } = await two()
    await handOver()
    tokens.first = undefined
    expect(await second.engine.dispatch(round, updates(aClientId(0)))).toEqual({ kind: 'changed' })
    expect(await store.rounds.get(round)).toMatchObject({ tally: { received: 1 } })
  })

  test('what was being saved when a task was let go of is read when it is taken up again under the same lease', async () => {
    const store = await aStore()
    const lease = await store.leases.take({ task, holder: 'only', forMs: 60_000 })
    const fence: readonly Change[] = [{ kind: 'require-lease', task, token: lease?.token ?? 0 }]
    await aTrainingEngine({ store, fence: () => fence })
    let save = () => {}
    const slow = new Promise<void>((resolve) => {
      save = resolve
    })
    const slowly = {
      ...store,
      commit: (changes: readonly Change[]) => slow.then(() => store.commit(changes)),
    }
    const { engine } = await anEngine({ store: slowly, fence: () => fence })
    await engine.resume()
    const saving = engine.dispatch(round, updates(aClientId(0)))
    await quiet()
    engine.release(task)
    const resuming = engine.resume()
    await quiet()
    save()
    await Promise.all([saving, resuming])
    await engine.dispatch(round, updates(aClientId(1)))
    expect(await store.rounds.get(round)).toMatchObject({ tally: { received: 2 } })
  })

  test('who asks about a round while it is begun once more is not told that it was begun already', async () => {
    const { engine } = await anEngine()
    await engine.open(selecting(), [])
    engine.release(task)
    const again = engine.open(selecting(), [])
    const waiting = engine.dispatch(round, { type: 'clients-waiting', waiting: 0 })
    await expect(again).rejects.toThrow(/conflict/)
    expect(await waiting).toEqual({ kind: 'unchanged' })
  })

  test('a commit that may have been saved is looked up: the round goes on from what the tables hold', async () => {
    const { engine, store, failNextCommit } = await aTrainingEngine()
    const uncertain = new StorageError('the answer was lost', { uncertain: true })
    failNextCommit(uncertain)
    await expect(engine.dispatch(round, updates(aClientId(0)))).rejects.toBe(uncertain)
    await quiet()
    // It had been saved after all, by the connection whose answer was lost.
    expect(await engine.view(round)).toEqual(await store.rounds.get(round))
    expect(await engine.dispatch(round, updates(aClientId(0)))).toEqual({ kind: 'changed' })
    expect(await store.rounds.get(round)).toMatchObject({ tally: { received: 1 } })
  })
})

type Options = {
  store?: Store
  at?: number
  waiting?: number
  fence?: () => readonly Change[] | undefined
  perform?: (effect: RoundEffect, round: Round, self: Engine) => Promise<void>
}

/** An engine over real tables on a virtual clock, with a log of what it saved and told. */
const anEngine = async (options: Options = {}) => {
  const clock = virtualClock(options.at ?? openedAt)
  const store = options.store ?? (await aStore())
  const log: string[] = []
  const performed: string[] = []
  const told: string[] = []
  const ended: Round[] = []
  const changes: RoundChange[] = []
  let failure: Error | undefined
  let behind = 0
  const engine: Engine = createEngine({
    // A timer that is armed rings when its time has passed, wherever the clock has been set to meanwhile.
    clock: { now: () => clock.now() - behind, wakeAt: (at, wake) => clock.wakeAt(at + behind, wake) },
    store: {
      ...store,
      commit(changes) {
        log.push(`saving ${inWords(changes)}`)
        const fault = failure
        failure = undefined
        return fault ? Promise.reject(fault) : store.commit(changes)
      },
    },
    policyOf: async () => policy,
    means: NOTHING_BESIDE.means,
    fence: () => (options.fence ? options.fence() : []),
    lost: () => void told.push('lost'),
    perform: async (effect, now) => {
      performed.push(effect.type)
      await options.perform?.(effect, now, engine)
    },
    deadline: async (now) => {
      await engine.dispatch(now.id, {
        type: 'time-passed',
        waiting: options.waiting ?? 0,
      })
    },
    saved({ phase }, change) {
      log.push(`saved ${phase}`)
      changes.push(change)
    },
    ended: (now) => void ended.push(now),
    fault: (error, { during }) =>
      void told.push(`${during}: ${error instanceof Error ? error.message : error}`),
  })
  const failNextCommit = (fault: Error) => {
    failure = fault
  }
  const setBack = (ms: number) => {
    behind += ms
  }
  return { engine, clock, store, log, performed, told, ended, changes, failNextCommit, setBack }
}

/** The same, with a round in training whose invitations have gone out. */
const aTrainingEngine = async (options: Options = {}) => {
  const invited: Options = {
    ...options,
    perform: async (effect, now, self) => {
      if (effect.type !== 'invite') await options.perform?.(effect, now, self)
    },
  }
  const made = await anEngine(invited)
  await made.engine.open(selecting(), [])
  await made.engine.dispatch(round, drawn)
  await quiet()
  made.log.length = 0
  return made
}

const aStore = async (): Promise<Store> => {
  const store = await openSqliteStore({ path: ':memory:' })
  await store.commit([
    { kind: 'insert-task', task: aTask('digits') },
    { kind: 'insert-model', model: aModel('digits', 1) },
  ])
  return store
}

/**
 * The life of one process: it takes up what there is, begins the round where there is none, hears four updates (again,
 * where they were acknowledged before), and dies before or after its `death`th save, from when on nothing of it counts.
 */
const aLife = async (store: Store, death: number, when: 'before' | 'after' = 'before') => {
  let saves = 0
  const never = new Promise<never>(() => {})
  const mortal: Store = {
    ...store,
    commit(changes) {
      saves += 1
      if (saves < death) return store.commit(changes)
      return saves === death && when === 'after' ? store.commit(changes).then(() => never) : never
    },
  }
  const { engine } = await anEngine({
    store: mortal,
    async perform(effect, now, self) {
      if (effect.type === 'aggregate' && now.phase === 'aggregating') await self.dispatch(round, aggregated)
      if (effect.type === 'settle') await self.dispatch(round, { type: 'settled' })
    },
  })
  await engine.resume()
  const live = async () => {
    if (!(await engine.view(round))) await engine.open(selecting(), [])
    await engine.dispatch(round, drawn)
    for (const client of clients.slice(0, 4)) await engine.dispatch(round, updates(client))
  }
  void live()
  for (let i = 0; i < 3; i++) await quiet()
  return { saves, end: (await store.rounds.get(round)) as Extract<Round, { phase: 'completed' }> }
}

/** `save-round save-member×6`: the kinds of the changes, repeated ones counted. */
const inWords = (changes: readonly Change[]): string => {
  const counts = new Map<string, number>()
  for (const { kind } of changes) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return Array.from(counts, ([kind, count]) => (count > 1 ? `${kind}×${count}` : kind)).join(' ')
}

/** Tables in memory answer within microtasks, so one turn of the event loop later nothing is under way. */
const quiet = () => new Promise((resolve) => setImmediate(resolve))
