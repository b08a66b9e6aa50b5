import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeStore } from '../contracts/store-contract.ts'
import { openSqliteStore } from './sqlite-store.ts'

describeStore('SQLite in memory', async () => {
  const store = await openSqliteStore({ path: ':memory:' })
  return { store, dispose: () => store.close() }
})

describeStore('SQLite in a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-store-'))
  const path = join(folder, 'tributary.db')
  let store = await openSqliteStore({ path })
  return {
    store,
    async reopen() {
      await store.close()
      store = await openSqliteStore({ path })
      return store
    },
    async dispose() {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
})
