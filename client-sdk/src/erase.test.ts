import { expect, test } from 'vitest'
import { clientOf, storesOf } from './client.builders.ts'
import { loadKept } from './kept/kept.ts'
import { aWorld, round, task } from './participation/participant.builders.ts'

const PENDING = `pending.${task}`

/** A client with an update on its way, which does not arrive before the test says so. */
const aClientWithAnUpdate = async () => {
  await loadKept()
  const world = aWorld()
  const stores = storesOf(world)
  const { records } = stores
  const begin = () => clientOf(world, { consent: 'granted', ...stores })
  const client = begin()
  const waiting = async (some = client) => {
    void some.join()
    await world.until('waiting', () => some.state.is === 'waiting')
  }
  const { upload } = world.way
  world.way.upload = async () => ({ kind: 'interrupted' })
  await waiting()
  world.invite(1)
  await world.until('submitting', () => client.state.is === 'submitting')
  expect(await records.names()).toContain(PENDING)
  return { world, records, client, begin, waiting, arrives: () => Object.assign(world.way, { upload }) }
}

test('what is erased is not handed in afterwards, and its round is told that no update will come', async () => {
  const { world, records, client, waiting, arrives } = await aClientWithAnUpdate()
  await client.erase()
  expect(await records.names()).not.toContain(PENDING)
  arrives()
  await waiting()
  expect(world.said('failed')).toEqual([{ type: 'failed', round: round(1), reason: 'aborted' }])
  expect(world.received).toEqual([])
  world.invite(2)
  await world.until('submitted', () => world.received.length === 1)
  expect(world.received.map(({ upload }) => upload.round)).toEqual([round(2)])
  await client.leave()
})

test('nor what an earlier life has left, where this one has not joined', async () => {
  const { world, records, client, begin, waiting, arrives } = await aClientWithAnUpdate()
  await client.leave()
  const next = begin()
  await next.erase()
  expect(await records.names()).not.toContain(PENDING)
  arrives()
  await waiting(next)
  expect(world.received).toEqual([])
  await next.leave()
})

test('a join that is asked for meanwhile waits until it is done', async () => {
  const { world, client, waiting, arrives } = await aClientWithAnUpdate()
  arrives()
  const erasing = client.erase()
  await waiting()
  await erasing
  expect(world.received).toEqual([])
  expect(client.state.is).toBe('waiting')
  await client.leave()
})

test('a store that fails is told of, and is no reason not to join again', async () => {
  const { records, client, waiting } = await aClientWithAnUpdate()
  const { erase } = records
  records.erase = () => Promise.reject(new Error('denied'))
  await expect(client.erase()).rejects.toThrow('denied')
  expect(client.state).toEqual({ is: 'idle' })
  records.erase = erase
  await client.erase()
  expect(await records.names()).not.toContain(PENDING)
  await waiting()
  await client.leave()
})

test('its signal ends the waiting; what has begun is finished', async () => {
  const { world, records, client } = await aClientWithAnUpdate()
  await expect(client.erase({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
  expect(client.state.is).toBe('submitting')
  const aborting = new AbortController()
  const erasing = client.erase({ signal: aborting.signal })
  aborting.abort(new Error('during'))
  await expect(erasing).rejects.toThrow('during')
  await world.until('idle', () => client.state.is === 'idle')
  await client.erase()
  expect(await records.names()).not.toContain(PENDING)
})
