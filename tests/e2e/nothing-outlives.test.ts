import { sealedBytes } from '@tributary/protocols/crypto'
import { safetensorsBytes } from '@tributary/protocols/tensors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { filesHolding, filesIn } from '../fleet/folder-bytes.ts'
import { askDatabase } from '../fleet/folder-database.ts'
import { beginRawRound, type RawRound, TENSORS } from '../fleet/raw-rounds.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'

let coordinator: TestCoordinator
beforeAll(async () => {
  coordinator = await startCoordinator()
})
afterAll(() => coordinator[Symbol.asyncDispose]())

const holding = (bytes: Uint8Array) => filesHolding(coordinator.folder, bytes)
const roundKeys = () => askDatabase(coordinator.folder, 'select round, sealed_secret from round_keys')

/** The first member's update is in, and lies in the folder with the round's key; the traces to look for afterwards. */
const oneIsIn = async ({ one, id }: RawRound) => {
  const sealed = one.seal()
  expect(sealed.envelope).toHaveLength(sealedBytes(safetensorsBytes(TENSORS)))
  expect((await one.submit(sealed)).status).toBe(200)
  const trace = sealed.envelope.slice(60, 110)
  expect(await holding(trace)).toEqual([expect.stringContaining('/updates/')])
  const key = roundKeys().find(({ round }) => round === id)
  if (!(key?.sealed_secret instanceof Uint8Array)) throw new Error('the round has no key')
  expect(await holding(key.sealed_secret)).not.toEqual([])
  return { trace, keyBytes: key.sealed_secret }
}

const nothingIsLeft = async ({ one, other }: RawRound, traces: Awaited<ReturnType<typeof oneIsIn>>) => {
  expect(await filesIn(`${coordinator.folder}/updates`)).toEqual([])
  expect(roundKeys()).toEqual([])
  expect(await holding(traces.trace)).toEqual([])
  expect(await holding(traces.keyBytes)).toEqual([])
  for (const { delta } of [one, other]) expect(await holding(plainBytes(delta))).toEqual([])
}

const plainBytes = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength)

describe('[R17] when a round has ended, its key and the updates sealed to it are gone from the folder', () => {
  test('where it completed', async () => {
    await using round = await beginRawRound(coordinator)
    const traces = await oneIsIn(round)
    await round.completes()
    await nothingIsLeft(round, traces)
  })

  test('where it was abandoned', async () => {
    await using round = await beginRawRound(coordinator)
    const traces = await oneIsIn(round)
    await coordinator.operator.call('POST', `/api/v1/tasks/${round.task}/rounds/1/abandon`, {
      reason: 'enough',
    })
    await coordinator.settled(round.id)
    await nothingIsLeft(round, traces)
  })
})

test('[R17] while another round is open, a round that has ended has no key, and its updates go with the other’s at the latest', async () => {
  await using ended = await beginRawRound(coordinator)
  await using open = await beginRawRound(coordinator)
  expect((await open.one.submit()).status).toBe(200)
  const traces = await oneIsIn(ended)
  await ended.completes()
  expect(await holding(traces.keyBytes)).toEqual([])
  expect(roundKeys().map(({ round }) => round)).toEqual([open.id])
  await open.completes()
  await nothingIsLeft(ended, traces)
})

test('[K7] at rest an update is only ever sealed: what a client trained is nowhere in the folder while it is owed', async () => {
  await using round = await beginRawRound(coordinator)
  await oneIsIn(round)
  expect(await holding(plainBytes(round.one.delta))).toEqual([])
  expect(await holding(plainBytes(round.one.delta.slice(3, 9)))).toEqual([])
  await round.completes()
  // That the search finds numbers that are there: the new version's.
  const weights = await coordinator.operator.weights(round.task, 2)
  expect(await holding(plainBytes(weights))).toEqual([expect.stringContaining('/models/')])
})

test('an update that was refused, or came again, leaves nothing behind', async () => {
  await using round = await beginRawRound(coordinator)
  const { one } = round
  const spoilt = one.seal()
  spoilt.envelope.set([1, 2, 3], 200)
  expect((await one.submit(spoilt)).status).toBe(422)
  expect((await one.submit()).status).toBe(200)
  const again = one.seal()
  expect((await one.submit(again)).status).toBe(200)
  await round.completes()
  for (const { envelope } of [spoilt, again]) expect(await holding(envelope.slice(60, 110))).toEqual([])
})
