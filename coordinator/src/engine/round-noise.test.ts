import type { Random } from '@tributary/protocols/runtime'
import { expect, test } from 'vitest'
import {
  aCompleted,
  aDigest,
  aModel,
  anAbandoned,
  aReceived,
  aRoundId,
  aSelecting,
  aTask,
  aTaskId,
} from '../adapters/contracts/arrange.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { createRoundNoise } from './round-noise.ts'

const LENGTH = 4_000

/** A task's rounds, one after the other: each is begun, has one update, and is released or abandoned. */
const aHistory = async ({ ownKey = new Uint8Array(32).fill(1) } = {}) => {
  const store = await openSqliteStore({ path: ':memory:' })
  await store.commit([
    { kind: 'insert-task', task: aTask() },
    { kind: 'insert-model', model: aModel() },
  ])
  const noise = createRoundNoise({ store, ownKey })
  let number = 0
  const begin = async (update: string) => {
    const round = aSelecting('digits', ++number)
    await store.commit([{ kind: 'insert-round', round }])
    const received = aReceived(0, round.id)
    if (received.status !== 'received') throw new Error('it was received')
    const receipt = { ...received.receipt, envelope: aDigest(update) }
    await store.commit([{ kind: 'save-member', member: { ...received, receipt } }])
    return round
  }
  const ofTree = (roundsOfTree: number) =>
    noise.ofTree({ id: aRoundId('digits', number), task: aTaskId() }, { length: LENGTH, roundsOfTree })
  return {
    noise,
    begin,
    ofTree,
    async abandon(update = `update ${number + 1}`) {
      await begin(update)
      await store.commit([{ kind: 'save-round', round: anAbandoned('digits', number) }])
    },
    async release(roundsOfTree: number, update = `update ${number + 1}`) {
      await begin(update)
      const drawn = await ofTree(roundsOfTree)
      await store.commit([{ kind: 'save-round', round: aCompleted('digits', number) }])
      return drawn
    },
  }
}

/** Variance a value, in nodes. */
const nodesIn = (noise: Float64Array): number =>
  noise.reduce((sum, value) => sum + (value / 2 ** 24) ** 2, 0) / noise.length

/** Five standard deviations of the variance of so many samples. */
const near = (found: number, nodes: number) =>
  expect(Math.abs(found / nodes - 1)).toBeLessThan(5 * Math.sqrt(2 / LENGTH))

test('a running sum has the noise of the nodes that make it up, over abandoned rounds and from tree to tree', async () => {
  const history = await aHistory()
  const sum = new Float64Array(LENGTH)
  const released = async (nodes: number) => {
    const noise = await history.release(6)
    for (let i = 0; i < LENGTH; i++) sum[i] = (sum[i] ?? 0) + (noise[i] ?? 0)
    near(nodesIn(sum), nodes)
  }
  await released(1) // [1]
  await released(1) // [1–2]
  await history.abandon()
  await history.abandon()
  await released(2) // [1–4] [5]
  await history.abandon()
  await released(2) // the root of the first tree, completed to 8, and [1] of the second
  for (let i = 0; i < 8; i++) await history.abandon()
  await released(3) // both roots, and [4] of the third: its rounds 1 to 3 were abandoned
})

test('a tree in which nothing was released adds nothing', async () => {
  const history = await aHistory()
  for (let i = 0; i < 9; i++) await history.abandon()
  near(nodesIn(await history.release(4)), 1)
})

const drawnFrom = (random: Random) => Buffer.from(random.bytes(64)).toString('hex')

test('a round that is held again, of other updates, has other noise; of the same ones the same', async () => {
  const drawn = await Promise.all(
    ['ours', 'ours', 'theirs'].map(async (update) => {
      const history = await aHistory()
      const { id } = await history.begin(update)
      const central = await history.noise.ofRound(id)
      const tree = await history.ofTree(4)
      return { central: drawnFrom(central), tree }
    }),
  )
  const [first, again, other] = drawn
  expect(again).toEqual(first)
  expect(other?.central).not.toEqual(first?.central)
  const apart = first?.tree.map((value, i) => value - (other?.tree[i] ?? 0))
  near(nodesIn(apart ?? new Float64Array()), 2)
})

test('after a restore, a node over rounds that were held before and after has noise of its own in each history', async () => {
  const [before, after] = await Promise.all(
    ['before', 'after'].map(async (when) => {
      const history = await aHistory()
      const sum = new Float64Array(LENGTH)
      const add = (noise: Float64Array) => {
        for (let i = 0; i < LENGTH; i++) sum[i] = (sum[i] ?? 0) + (noise[i] ?? 0)
      }
      for (let i = 0; i < 3; i++) add(await history.release(8))
      // The backup was made here, with the fourth round open: its restore abandons it.
      if (when === 'before') add(await history.release(8))
      else {
        await history.abandon()
        add(await history.release(8))
      }
      return sum
    }),
  )
  // [1–4] of the one, [1–4] and [5] of the other: were the first of them the same, 1 would be left.
  near(nodesIn((before ?? new Float64Array()).map((value, i) => value - (after?.[i] ?? 0))), 3)
})

test('nobody with another key can tell it', async () => {
  const drawn = await Promise.all(
    [1, 2].map(async (key) => {
      const history = await aHistory({ ownKey: new Uint8Array(32).fill(key) })
      const { id } = await history.begin('ours')
      return drawnFrom(await history.noise.ofRound(id))
    }),
  )
  expect(drawn[0]).not.toBe(drawn[1])
})
