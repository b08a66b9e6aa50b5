import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll } from 'vitest'
import { describeStore } from '../contracts/store-contract.ts'
import { openPostgresStore } from './postgres-store.ts'
import { aSchema, type SchemaUnderTest } from './schema-under-test.ts'

let subject: SchemaUnderTest
beforeAll(async () => {
  subject = await aSchema()
})
afterAll(() => subject.drop())

describeStore('PostgreSQL', async () => {
  const { url, schema, empty } = subject
  const open = () => openPostgresStore({ url, schema, poolSize: 4 })
  let store = await open()
  return {
    store,
    elapse: (ms) => setTimeout(ms),
    async reopen() {
      await store.close()
      store = await open()
      return store
    },
    async dispose() {
      await store.close()
      await empty()
    },
  }
})
