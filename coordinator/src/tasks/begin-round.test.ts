import { charge, openLedger, ruleOfSpec } from '@tributary/protocols/privacy'
import { promisedPrivacyOf } from '@tributary/protocols/secure-round'
import { describe, expect, test } from 'vitest'
import {
  aCompleted,
  aDigest,
  aModel,
  anAbandoned,
  aSelecting,
  aTask,
  aTaskId,
  aVersion,
  NOON,
} from '../adapters/contracts/arrange.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import type { Change, Store } from '../ports/store.ts'
import { isRefusal, type Refusal } from '../refusal.ts'
import type { Selecting } from '../round/round.ts'
import { createBeginRound } from './begin-round.ts'

/** Begins rounds of a task with one version. `between` slips in when a round is about to be saved, once. */
const aBeginning = async (between: readonly Change[], task = aTask()) => {
  const store = await openSqliteStore({ path: ':memory:' })
  await store.commit([
    { kind: 'insert-task', task },
    { kind: 'insert-model', model: aModel() },
  ])
  const began: Selecting[] = []
  let slipping = between
  const begin = createBeginRound({
    clock: { now: () => NOON, wakeAt: () => () => {} },
    store,
    engine: {
      async open(round, also) {
        const first = slipping
        slipping = []
        await store.commit(first)
        await store.commit([{ kind: 'insert-round', round }, ...also])
      },
    },
    began: (round) => began.push(round),
  })
  return { store, begin: () => begin(aTaskId(), { actor: 'tok-ada', also: () => [] }), began }
}

const roundsOf = (store: Store) => store.rounds.list(aTaskId(), { limit: 9 })

test('a version that comes in while a round opens is the one that the round starts from', async () => {
  const model = aModel('digits', 2, { origin: { kind: 'imported', note: 'repaired' } })
  const { store, begin, began } = await aBeginning([{ kind: 'insert-model', model }])
  const round = await begin()
  expect(round).toMatchObject({ number: 1, base: { version: aVersion(2), digest: aDigest('weights 2') } })
  expect(await roundsOf(store)).toEqual([round])
  expect(began).toEqual([round])
  expect((await store.audit({ limit: 9 })).map(({ detail }) => detail.base)).toEqual([2])
})

test('a round that another opens meanwhile is named', async () => {
  const { store, begin, began } = await aBeginning([{ kind: 'insert-round', round: aSelecting() }])
  expect(await begin()).toMatchObject({ refused: 'round-open', about: { round: 'digits.1' } })
  expect(await roundsOf(store)).toEqual([aSelecting()])
  expect(began).toEqual([])
})

describe('a round of a task that promises differential privacy', () => {
  const noised = (epsilon: number) =>
    aTask('digits', {
      file: {
        privacy: {
          mode: 'sealed',
          differentialPrivacy: {
            mechanism: 'central',
            budget: { epsilon, delta: 1e-5 },
            participation: { most: 3 },
            noiseMultiplier: 2,
            clipping: { kind: 'fixed', clipNorm: 1 },
          },
        },
      },
    })

  test('is charged in the commit that begins it, and says what is spent', async () => {
    const { store, begin } = await aBeginning([], noised(8))
    const round = await begin()
    const ledger = await store.ledgers.get(aTaskId())
    expect(ledger?.charged).toEqual([
      { noise: { kind: 'gaussian', multiplier: 2 }, rounds: [{ first: 1, last: 1 }] },
    ])
    expect(round).toMatchObject({ privacy: { epsilon: expect.any(Number), delta: 1e-5, rounds: 1 } })
    expect(await roundsOf(store)).toEqual([round])
  })

  test('that another began at the same time is charged once', async () => {
    const { store, begin } = await aBeginning([{ kind: 'insert-round', round: aSelecting() }], noised(8))
    expect(await begin()).toMatchObject({ refused: 'round-open' })
    expect(await store.ledgers.get(aTaskId())).toBeUndefined()
  })

  test('does not begin where it would pass the budget, and nothing is charged', async () => {
    const { store, begin } = await aBeginning([], noised(0.5))
    expect(await begin()).toMatchObject({
      refused: 'privacy-budget',
      detail: expect.stringContaining('would pass its budget of ε = 0.5 at δ = 0.00001'),
    })
    expect([await roundsOf(store), await store.ledgers.get(aTaskId())]).toEqual([[], undefined])
  })

  test('stays charged when it is abandoned: the next one spends more', async () => {
    const { store, begin } = await aBeginning([], noised(8))
    const first = await begin()
    if (isRefusal(first)) throw new Error(first.detail)
    await store.commit([{ kind: 'save-round', round: anAbandoned() }])
    const second = await begin()
    expect((await store.ledgers.get(aTaskId()))?.charged[0]?.rounds).toEqual([{ first: 1, last: 2 }])
    const [before, after] = [first, second].map((round) =>
      isRefusal(round) ? undefined : (round.privacy?.epsilon ?? undefined),
    )
    expect(after ?? 0).toBeGreaterThan(before ?? Number.POSITIVE_INFINITY)
  })

  test('is charged beside every round before it, though another process begins and ends one while the ledger is read', async () => {
    const { store } = await aBeginning([], noised(8))
    const spec = promisedPrivacyOf(noised(8).file)
    if (!spec) throw new Error('it promises privacy')
    const noise = { kind: 'gaussian', multiplier: 2 } as const
    const charged = charge(openLedger(spec.budget, ruleOfSpec(spec)), { round: 1, noise })
    if (charged.kind !== 'charged') throw new Error(charged.reason)
    let meanwhile: readonly Change[] = [
      { kind: 'insert-round', round: aSelecting() },
      { kind: 'save-ledger', task: aTaskId(), ledger: charged.ledger },
      { kind: 'save-round', round: anAbandoned() },
    ]
    const begin = createBeginRound({
      clock: { now: () => NOON, wakeAt: () => () => {} },
      store: {
        ...store,
        ledgers: {
          async get(task) {
            const ledger = await store.ledgers.get(task)
            await store.commit(meanwhile)
            meanwhile = []
            return ledger
          },
        },
      },
      engine: { open: (round, also) => store.commit([{ kind: 'insert-round', round }, ...also]) },
      began: () => {},
    })
    for (let n = 0; n < 2; n++) await begin(aTaskId(), { actor: 'tok-ada', also: () => [] })
    expect((await roundsOf(store)).map(({ number }) => number)).toEqual([2, 1])
    expect((await store.ledgers.get(aTaskId()))?.charged).toEqual([
      { noise, rounds: [{ first: 1, last: 2 }] },
    ])
  })
})

describe('[R26] what a round of a task that follows its clients clips to', () => {
  const following = aTask('digits', {
    file: {
      privacy: {
        mode: 'sealed',
        differentialPrivacy: {
          mechanism: 'central',
          budget: { epsilon: 100, delta: 1e-5 },
          participation: { most: 3 },
          noiseMultiplier: 2,
          clipping: { kind: 'adaptive', clipNorm: 0.25, countNoise: 5 },
        },
      },
    },
  })

  test('is the task’s in its first, and the one that the last completed round made from then on', async () => {
    const { store, begin } = await aBeginning([], following)
    const first = await begin()
    expect(first).toMatchObject({ clip: 0.25 })
    await store.commit([{ kind: 'save-round', round: { ...anAbandoned(), clip: 0.25 } }])
    const second = await begin()
    expect(second).toMatchObject({ number: 2, clip: 0.25 })
    const completed = { ...aCompleted('digits', 2), clip: 0.25, nextClip: 0.3 }
    await store.commit([{ kind: 'save-round', round: completed }])
    expect(await begin()).toMatchObject({ number: 3, clip: 0.3 })
    await store.commit([{ kind: 'save-round', round: { ...anAbandoned('digits', 3), clip: 0.3 } }])
    expect(await begin()).toMatchObject({ number: 4, clip: 0.3 })
  })

  test('stays the latest over a rollback', async () => {
    const { store, begin } = await aBeginning([], following)
    await begin()
    await store.commit([
      { kind: 'save-round', round: { ...aCompleted(), clip: 0.25, nextClip: 0.3 } },
      { kind: 'insert-model', model: aModel('digits', 2) },
    ])
    const origin = { kind: 'rollback', to: aVersion(1), reason: 'worse' } as const
    await store.commit([{ kind: 'insert-model', model: aModel('digits', 3, { origin }) }])
    expect(await begin()).toMatchObject({ number: 2, clip: 0.3, base: { version: 3 } })
  })

  test('is nothing where the norm is fixed', async () => {
    const { begin } = await aBeginning([])
    expect(await begin()).not.toHaveProperty('clip')
  })
})

describe('[R28] what a round of an rfa task refines', () => {
  const refining = aTask('digits', {
    file: { strategy: { name: 'rfa', steps: 3 }, privacy: { mode: 'secure-aggregation', audience: 'demo' } },
  })
  /** That round, completed with its version: of so many clients. */
  const completes = async (store: Store, round: Selecting | Refusal, received = 4) => {
    if (isRefusal(round)) throw new Error(round.detail)
    const { phase: _, wanted: __, deadlineAt: ___, ...head } = round
    const version = aVersion(round.base.version + 1)
    const { tally, ...completed } = aCompleted('digits', round.number)
    await store.commit([
      {
        kind: 'save-round',
        round: {
          ...completed,
          ...head,
          tally: { ...tally, received },
          version: { ...completed.version, version },
        },
      },
      { kind: 'insert-model', model: aModel('digits', version) },
    ])
  }

  test('is the latest in which clients trained, until there are as many sums as steps; it wants its clients, all of them', async () => {
    const { store, begin } = await aBeginning([], refining)
    const rounds: unknown[] = []
    for (let number = 1; number <= 5; number++) {
      const round = await begin()
      await completes(store, round)
      rounds.push('refines' in round ? [round.refines, round.wanted] : 'trains')
    }
    const again = (round: string) => [{ round, clients: 4 }, 4]
    expect(rounds).toEqual(['trains', again('digits.1'), again('digits.1'), 'trains', again('digits.4')])
  })

  test('is nothing after a round that was abandoned, be it one that refines', async () => {
    const { store, begin } = await aBeginning([], refining)
    await completes(store, await begin())
    const second = await begin()
    if (isRefusal(second)) throw new Error(second.detail)
    expect(second.refines).toEqual({ round: 'digits.1', clients: 4 })
    const { refines, base } = second
    await store.commit([
      { kind: 'save-round', round: { ...anAbandoned('digits', 2), base, ...(refines && { refines }) } },
    ])
    expect(await begin()).not.toHaveProperty('refines')
  })

  test('is nothing where a version has come in from elsewhere', async () => {
    const { store, begin } = await aBeginning([], refining)
    await completes(store, await begin())
    const origin = { kind: 'imported', note: 'repaired' } as const
    await store.commit([{ kind: 'insert-model', model: aModel('digits', 3, { origin }) }])
    const second = await begin()
    expect(second).toMatchObject({ number: 2, base: { version: 3 } })
    expect(second).not.toHaveProperty('refines')
  })

  test('is nothing of other strategies', async () => {
    const { store, begin } = await aBeginning([])
    await completes(store, await begin())
    expect(await begin()).not.toHaveProperty('refines')
  })
})
