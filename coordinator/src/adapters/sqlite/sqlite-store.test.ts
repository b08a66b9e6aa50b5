import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { NOON } from '../contracts/arrange.ts'
import { describeStore } from '../contracts/store-contract.ts'
import { openSqliteStore } from './sqlite-store.ts'

describeStore('SQLite in memory', async () => {
  let now = NOON
  const store = await openSqliteStore({ path: ':memory:', clock: { now: () => now } })
  return {
    store,
    async elapse(ms) {
      now += ms
    },
    dispose: () => store.close(),
  }
})

describeStore('SQLite in a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-store-'))
  const path = join(folder, 'tributary.db')
  let store = await openSqliteStore({ path })
  return {
    store,
    elapse: (ms) => setTimeout(ms),
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
