import { manifestOf } from '@tributary/protocols/task'
import { encodeSafetensors } from '@tributary/protocols/tensors'
import { expect, test } from 'vitest'
import { aModel, aSelecting, aTask, aTaskId, aVersion, NOON } from '../adapters/contracts/arrange.ts'
import { memoryBlobs } from '../adapters/memory/memory-blobs.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import type { Change, Store } from '../ports/store.ts'
import { createModelService } from './model-service.ts'

const weights = encodeSafetensors({
  tensors: manifestOf(aTask().file.model),
  values: Float32Array.of(1, 2, 3, 4, 5, 6),
})
const ada = { id: 'tok-ada', name: 'Ada', role: 'operator' } as const

/** A task with one version. `between` slips in when the service is about to save another. */
const aService = async (between: readonly Change[]) => {
  const store = await openSqliteStore({ path: ':memory:' })
  await store.commit([
    { kind: 'insert-task', task: aTask() },
    { kind: 'insert-model', model: aModel() },
  ])
  const models = memoryBlobs()
  await models.put(new TextEncoder().encode('weights 1')) // what the version’s digest is of
  const imported: string[] = []
  const racing: Store = {
    ...store,
    async commit(changes) {
      await store.commit(between)
      await store.commit(changes)
    },
  }
  const service = createModelService({
    clock: { now: () => NOON, wakeAt: () => () => {} },
    store: racing,
    models,
    scan: () => -1,
    imported: (task) => imported.push(task),
  })
  return { store, service, imported }
}

test('weights are imported as the version after the newest', async () => {
  const { store, service, imported } = await aService([])
  const model = await service.importWeights(aTaskId(), weights, 'repaired', ada, undefined)
  expect(model).toMatchObject({ version: 2, parent: 1, origin: { kind: 'imported', note: 'repaired' } })
  expect(await store.models.latest(aTaskId())).toEqual(model)
  expect(imported).toEqual(['digits'])
})

test('an import or a rollback that a round forestalls is refused with that round', async () => {
  const { store, service, imported } = await aService([{ kind: 'insert-round', round: aSelecting() }])
  const refused = { refused: 'round-open', about: { round: 'digits.1' } }
  expect(await service.importWeights(aTaskId(), weights, '', ada, undefined)).toMatchObject(refused)
  expect(await service.rollback(aTaskId(), aVersion(1), '', ada, undefined)).toMatchObject(refused)
  expect(await store.models.latest(aTaskId())).toEqual(aModel())
  expect(imported).toEqual([])
})

test('an import that another version forestalls is told to look again', async () => {
  const { store, service } = await aService([{ kind: 'insert-model', model: aModel('digits', 2) }])
  const answer = await service.importWeights(aTaskId(), weights, '', ada, undefined)
  expect(answer).toMatchObject({ refused: 'already-exists' })
  expect(await store.models.latest(aTaskId())).toEqual(aModel('digits', 2))
})

test('of two requests under one key that race, the one that lost is answered with the version of the other', async () => {
  const idempotency = { scope: 'tok-ada', key: 'once', request: 'the same' }
  const made = aModel('digits', 2)
  const { service } = await aService([
    { kind: 'insert-model', model: made },
    { kind: 'insert-reply', reply: { ...idempotency, resource: '2', at: NOON } },
  ])
  expect(await service.importWeights(aTaskId(), weights, '', ada, idempotency)).toEqual(made)
})
