/** Measures a coordinator over real sockets, on SQLite and files. Run: npm run bench -- coordinator */
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger, type Round, serve } from '@tributary/coordinator'
import type { TaskFileInput } from '@tributary/protocols/task'
import { operatorOf } from '../fleet/operator.ts'
import type { BenchRow } from './bench-row.ts'
import { type Fleet, startFleet } from './fleet.ts'

export const benchCoordinator = async (): Promise<BenchRow[]> => [
  await benchLatency(),
  ...(await benchUploads()),
]

const THREADS = Math.max(1, availableParallelism() - 1)

type Bench = {
  elements: number
  clients: number
  rounds: number
  hold: boolean
  schedule: 'manual' | 'continuous'
}

const taskOf = ({ elements, clients, rounds, schedule }: Bench): TaskFileInput => ({
  id: 'bench',
  model: {
    format: 'custom',
    trainer: 'none',
    tensors: [{ name: 'w', shape: [elements], dtype: 'F32', initializer: 'zeros' }],
    initial: { kind: 'seeded', seed: 1 },
  },
  plan: {
    epochs: 1,
    batchSize: 1,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss: 'mean-squared-error',
  },
  cohort: { target: clients, overSelection: 1, quorum: clients },
  schedule: { kind: schedule },
  stop: { kind: 'completed-rounds', rounds },
})

/** Runs one bench against a coordinator in this thread and a fleet on others. */
const withFleet = async <T>(
  bench: Bench,
  measure: (parts: { fleet: Fleet; ended: Promise<Round[]>; begin: () => Promise<unknown> }) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-bench-'))
  const done: Round[] = []
  let finish: (rounds: Round[]) => void = () => {}
  const ended = new Promise<Round[]>((resolve) => {
    finish = resolve
  })
  const running = await serve({
    folder,
    host: '127.0.0.1',
    port: 0,
    cors: { kind: 'off' },
    trustProxy: false,
    metrics: 'public',
    logger: createLogger({ level: 'error' }),
    watch(round) {
      if (round.phase === 'abandoned') throw new Error(`a bench round was abandoned: ${round.detail}`)
      if (round.phase !== 'completed' || round.debts !== 'owed') return
      done.push(round)
      if (done.length === bench.rounds) finish(done)
    },
  })
  try {
    const operator = operatorOf(running.url, running.firstAdminToken ?? '')
    const token = await operator.invite(bench.clients)
    await operator.createTask({ ...taskOf(bench), schedule: { kind: 'manual' } })
    const fleet = await startFleet({ url: running.url, token, task: 'bench', ...bench }, THREADS)
    const begin = () =>
      bench.schedule === 'manual'
        ? operator.call('POST', '/api/v1/tasks/bench/rounds', {})
        : operator.call('PATCH', '/api/v1/tasks/bench', { schedule: { kind: 'continuous' } })
    const result = await measure({ fleet, ended, begin })
    await fleet.leave()
    return result
  } finally {
    await running.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const benchLatency = () =>
  withFleet(
    { elements: 1_000, clients: 100, rounds: 30, hold: false, schedule: 'continuous' },
    async ({ ended, begin }): Promise<BenchRow> => {
      await begin()
      const rounds = await ended
      const ms = median(
        rounds.slice(5).map((round) => ('endedAt' in round ? round.endedAt - round.openedAt : 0)),
      )
      return {
        name: 'no-op round, 100 socket clients, opened to completed',
        value: ms,
        unit: 'ms',
        ratio: { of: "Flower's deployed no-op round (4.9 s)", value: ms / 4_900, aim: '< 100 ms' },
        note: `median of ${rounds.length - 5} rounds; clients seal, sign and upload; ${THREADS} client thread(s)`,
      }
    },
  )

const MODEL = { elements: 100_000, bytes: 400_000 }

const benchUploads = async (): Promise<BenchRow[]> => [
  await withFleet(
    { elements: MODEL.elements, clients: 500, rounds: 1, hold: true, schedule: 'manual' },
    async ({ fleet, begin }): Promise<BenchRow> => {
      await begin()
      await fleet.sealed(500)
      const startedMs = performance.now()
      fleet.upload()
      await fleet.acknowledged(500)
      const seconds = (performance.now() - startedMs) / 1_000
      return {
        name: 'durable acknowledged updates of 400 KB, 500 clients at once',
        value: 500 / seconds,
        unit: 'updates/s',
        ratio: { of: 'the aim of 1,500', value: 500 / seconds / 1_500, aim: '≥ 1' },
        note: `opened, checked, synced, counted; p95 receipt ${quantile(fleet.latenciesMs, 0.95).toFixed(0)} ms; clients on the same ${availableParallelism()} cores`,
      }
    },
  ),
  await withFleet(
    { elements: MODEL.elements, clients: 1_000, rounds: 1, hold: true, schedule: 'manual' },
    async ({ fleet, ended, begin }): Promise<BenchRow> => {
      await begin()
      await fleet.sealed(1_000)
      const peak = watchMemory()
      fleet.upload()
      await ended
      const grownMb = peak.stop() / 1e6
      return {
        name: 'coordinator memory growth over a round of 1,000 × 400 KB',
        value: grownMb,
        unit: 'MB',
        ratio: { of: "the cohort's 400 MB", value: grownMb / 400, aim: 'a few models' },
        note: 'peak of external, array-buffer and used-heap bytes of the coordinator’s thread, above the start of the uploads',
      }
    },
  ),
]

/** Peak of what this thread itself holds, so that the fleet's threads in the same process do not count. */
const watchMemory = () => {
  const held = () => {
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = held()
  let peak = before
  const timer = setInterval(() => {
    peak = Math.max(peak, held())
  }, 10)
  return {
    stop() {
      clearInterval(timer)
      return Math.max(peak, held()) - before
    },
  }
}

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? Number.NaN

const median = (values: readonly number[]): number => quantile(values, 0.5)
