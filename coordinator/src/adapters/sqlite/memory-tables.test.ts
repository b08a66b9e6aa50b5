import { expect, test } from 'vitest'
import { StorageError } from '../../faults/storage.ts'
import { aClient, NOON } from '../contracts/arrange.ts'
import { describeStore } from '../contracts/store-contract.ts'
import { openMemoryTables } from './memory-tables.ts'

describeStore('tables in memory, taken out and put back', async () => {
  let now = NOON
  const clock = { now: () => now }
  let tables = await openMemoryTables({ clock })
  return {
    store: tables.store,
    async elapse(ms) {
      now += ms
    },
    async reopen() {
      const image = tables.image()
      await tables.store.close()
      tables = await openMemoryTables({ clock, image })
      return tables.store
    },
    dispose: () => tables.store.close(),
  }
})

test('an image is of the instant it was taken at', async () => {
  const { store, image } = await openMemoryTables()
  await store.commit([{ kind: 'insert-client', client: aClient() }])
  const then = image()
  await store.commit([{ kind: 'insert-identity', coordinator: 'digits' }])
  const other = await openMemoryTables({ image: then })
  expect(await other.store.clients.active()).toBe(1)
  expect(await other.store.identity()).toBeUndefined()
})

test.each([
  ['bytes that are none', new Uint8Array(5_000).fill(7)],
  ['half of one', (await openMemoryTables()).image().subarray(0, 20_000)],
])('%s: refused', async (_, image) => {
  await expect(openMemoryTables({ image })).rejects.toThrow(StorageError)
})
