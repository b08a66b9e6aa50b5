import type { Digest, TaskId } from '@tributary/protocols'
import { expect, test } from 'vitest'
import { memoryKeyStore } from '../adapters/memory-key-store.ts'
import { memoryModelCache } from '../adapters/memory-model-cache.ts'
import { memoryParticipationStore } from '../adapters/memory-participation-store.ts'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import { fencedStores } from './fenced-stores.ts'

const task = 'a-task' as TaskId
const digest = `sha256:${'0'.repeat(64)}` as Digest

test('[K11] what is withdrawn from keeps nothing but that it is, and erases as ever', async () => {
  let withdrawn = false
  const stores = {
    keys: memoryKeyStore(),
    cache: memoryModelCache(),
    participations: memoryParticipationStore(),
    variates: memoryRecordStore(),
    records: memoryRecordStore(),
    personal: undefined,
  }
  const fenced = fencedStores(stores, async () => withdrawn)
  const keepAll = async () => {
    await fenced.cache.put(digest, new Uint8Array([1]))
    await fenced.participations.save(task, { times: 1, last: 1 })
    await fenced.variates.save(task, new Uint8Array([1]))
    for (const name of ['usage', `pending.${task}`, 'consent', 'withdrawal'])
      await fenced.records.save(name, new Uint8Array([1]))
  }
  const kept = async () => ({
    cache: await fenced.cache.get(digest),
    participation: await fenced.participations.load(task),
    variates: await fenced.variates.names(),
    records: (await fenced.records.names()).sort(),
  })
  await keepAll()
  expect(await kept()).toEqual({
    cache: new Uint8Array([1]),
    participation: { times: 1, last: 1 },
    variates: [task],
    records: ['consent', `pending.${task}`, 'usage', 'withdrawal'],
  })

  withdrawn = true
  await fenced.cache.clear()
  await fenced.participations.clear()
  await fenced.variates.erase(task)
  for (const name of await fenced.records.names()) await fenced.records.erase(name)
  await keepAll()
  expect(await kept()).toEqual({
    cache: undefined,
    participation: undefined,
    variates: [],
    records: ['consent', 'withdrawal'],
  })
})
