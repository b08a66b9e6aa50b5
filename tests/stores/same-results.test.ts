/** What a simulation comes to does not depend on where its tables are. */
import { join } from 'node:path'
import { openPostgresStore, openSqliteStore } from '@tributary/coordinator'
import { createTrainingPool, loadDataset, parseScenario, runSeed } from '@tributary/simulations'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { startPostgres } from '../fleet/postgres-server.ts'

const scenario = parseScenario({
  name: 'stores',
  dataset: { name: 'handwriting', writers: 14, seed: 3 },
  partition: { kind: 'iid', clients: 12 },
  model: { kind: 'dense', hidden: [8] },
  plan: {
    epochs: 1,
    batchSize: 10,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss: 'softmax-cross-entropy',
  },
  // Some answer when the round has closed: who is late is in the results too.
  cohort: { target: 5, quorum: 4, overSelection: 1.4 },
  strategy: { name: 'fedadam', serverLearningRate: 0.01 },
  rounds: 4,
})

test('the same seed gives the same bytes on SQLite in memory, SQLite in a file and PostgreSQL', async () => {
  await using server = await startPostgres()
  await using folder = await temporaryFolder()
  const dataset = await loadDataset(scenario.dataset)
  const pool = createTrainingPool({ dataset, threads: 2 })
  const run = async (store?: Awaited<ReturnType<typeof openSqliteStore>>) => {
    const { rounds, seconds, clientsPerSecond, ...result } = await runSeed({
      scenario,
      dataset,
      pool,
      seed: 1,
      told() {},
      signal: new AbortController().signal,
      ...(store && { store }),
    })
    expect(seconds * clientsPerSecond).toBeGreaterThan(0)
    return { ...result, rounds: rounds.map(({ seconds: _, ...round }) => round) }
  }
  try {
    const inMemory = await run()
    expect(await run(await openSqliteStore({ path: join(folder.path, 'tables.db') }))).toEqual(inMemory)
    expect(await run(await openPostgresStore({ url: server.url, schema: 'same_results' }))).toEqual(inMemory)
    expect(inMemory.rounds.map(({ outcome }) => outcome)).toEqual(Array(4).fill('completed'))
  } finally {
    await pool.close()
  }
}, 120_000)
