/** Measures the stores beside each other: commits of one member, as an update that arrives makes them. Run: npm run bench -- stores */
import { join } from 'node:path'
import { type CoordinatorNeeds, openPostgresStore, openSqliteStore } from '@tributary/coordinator'
import { ClientId, Digest, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import { TaskFile } from '@tributary/protocols/task'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { startPostgres } from '../fleet/postgres-server.ts'
import type { BenchRow } from './bench-row.ts'
import { median } from './median.ts'

type Store = CoordinatorNeeds['store']

/** Each store is measured that often, in turns with the other; the median counts. */
const TURNS = 5
const TURN_MS = 1_000

export const benchStores = async (): Promise<BenchRow[]> => {
  await using folder = await temporaryFolder()
  await using server = await startPostgres()
  const sqlite = await openSqliteStore({ path: join(folder.path, 'tributary.db') })
  const postgres = await openPostgresStore({ url: server.url })
  try {
    for (const store of [sqlite, postgres]) await openRound(store)
    const rows: BenchRow[] = []
    for (const writers of [1, 64]) {
      const rates = { sqlite: [], postgres: [] } as Record<'sqlite' | 'postgres', number[]>
      for (let turn = 0; turn < TURNS; turn++) {
        rates.sqlite.push(await commitsPerSecond(sqlite, writers))
        rates.postgres.push(await commitsPerSecond(postgres, writers))
      }
      const [here, there] = [median(rates.sqlite), median(rates.postgres)]
      const what = `commits of one member, ${writers === 1 ? 'one after another' : `${writers} at once`}`
      rows.push(
        { name: `${what}, SQLite`, value: here, unit: 'a second' },
        {
          name: `${what}, PostgreSQL`,
          value: there,
          unit: 'a second',
          ratio: { of: 'SQLite', value: there / here },
          note: 'server on the same machine and disk, over loopback; both sync every commit to disk',
        },
      )
    }
    return rows
  } finally {
    await Promise.all([sqlite.close(), postgres.close()])
  }
}

const TASK = TaskId.parse('bench')
const ROUND = RoundId.parse('bench.1')
const DIGEST = Digest.parse(`sha256:${'0'.repeat(64)}`)

const TASK_FILE = TaskFile.parse({
  id: TASK,
  model: {
    format: 'custom',
    trainer: 'none',
    tensors: [{ name: 'w', shape: [1], dtype: 'F32', initializer: 'zeros' }],
    initial: { kind: 'seeded', seed: 1 },
  },
  plan: {
    epochs: 1,
    batchSize: 1,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss: 'mean-squared-error',
  },
  cohort: { target: 1, quorum: 1 },
})

const openRound = (store: Store) =>
  store.commit([
    {
      kind: 'save-task',
      task: {
        id: TASK,
        file: TASK_FILE,
        assignment: { digest: DIGEST, bytes: 1 },
        status: 'active',
        createdAt: 0,
      },
    },
    {
      kind: 'save-round',
      round: {
        phase: 'selecting',
        id: ROUND,
        task: TASK,
        number: 1,
        base: { version: ModelVersion.parse(1), digest: DIGEST },
        assignment: DIGEST,
        openedAt: 0,
        wanted: 1,
        deadlineAt: 0,
      },
    },
  ])

/** So many writers, each of which waits for its commit before it makes the next. */
const commitsPerSecond = async (store: Store, writers: number): Promise<number> => {
  const beganAt = performance.now()
  let commits = 0
  const writer = async (index: number) => {
    const client = ClientId.parse(`c-${index.toString(16).padStart(32, '0')}`)
    while (performance.now() - beganAt < TURN_MS) {
      await store.commit([{ kind: 'save-member', member: { status: 'invited', round: ROUND, client } }])
      commits += 1
    }
  }
  await Promise.all(Array.from({ length: writers }, (_, index) => writer(index)))
  return (commits * 1_000) / (performance.now() - beganAt)
}
