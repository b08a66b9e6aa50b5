import { expect, inject, test } from 'vitest'
import { runLoad } from './load.ts'

const small = { rounds: 3, elements: 1_000, say: () => {} }

test('200 clients in three rounds on one process: every update is acknowledged', async () => {
  const { updates, processes } = await runLoad({ ...small, clients: 200, replicas: 1 })
  expect(updates).toBe(600)
  expect(processes.map(({ clients }) => clients)).toEqual([200])
}, 120_000)

test('[R21] 150 clients in three rounds on two processes: every update is acknowledged, wherever it comes in', async () => {
  const postgresUrl = inject('postgresUrl')
  const { updates, processes } = await runLoad({ ...small, clients: 150, replicas: 2, postgresUrl })
  expect(updates).toBe(450)
  expect(processes.map(({ clients }) => clients)).toEqual([75, 75])
}, 120_000)
