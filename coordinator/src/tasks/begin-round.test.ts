import { expect, test } from 'vitest'
import { aDigest, aModel, aSelecting, aTask, aTaskId, aVersion, NOON } from '../adapters/contracts/arrange.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import type { Change, Store } from '../ports/store.ts'
import type { Selecting } from '../round/round.ts'
import { createBeginRound } from './begin-round.ts'

/** Begins rounds of a task with one version. `between` slips in when a round is about to be saved, once. */
const aBeginning = async (between: readonly Change[]) => {
  const store = await openSqliteStore({ path: ':memory:' })
  await store.commit([
    { kind: 'insert-task', task: aTask() },
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
