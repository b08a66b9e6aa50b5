/** Measures the coordinator as a process of its own, on SQLite and files, over real sockets. Run: npm run bench -- coordinator */
import { availableParallelism } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { TaskId } from '@tributary/protocols'
import { RoundPage, restPaths } from '@tributary/protocols/rest'
import type { TaskFileInput } from '@tributary/protocols/task'
import { startCoordinatorProcess } from '../fleet/coordinator-process.ts'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { type Operator, operatorOf } from '../fleet/operator.ts'
import { until } from '../fleet/until.ts'
import { rssMbOf } from '../load/process-figures.ts'
import type { BenchRow } from './bench-row.ts'
import { type Fleet, startFleet } from './fleet.ts'

export const benchCoordinator = async (): Promise<BenchRow[]> => [
  await benchLatency(),
  await benchUploads(),
  await benchMemory(),
  await benchConnections(),
]

const TASK = TaskId.parse('bench')
const THREADS = Math.max(1, availableParallelism() - 1)
const ELEMENTS_OF_400_KB = 100_000

type Bench = { elements: number; clients: number; hold: boolean }
type Parts = { operator: Operator; fleet: Fleet; rssMb: () => number; trigger: () => Promise<unknown> }

const taskOf = ({ elements, clients }: Bench): TaskFileInput => ({
  id: TASK,
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
})

/** A fresh coordinator process, and a fleet of raw clients on threads of this one. */
const withFleet = async <T>(bench: Bench, measure: (parts: Parts) => Promise<T>): Promise<T> => {
  await using folder = await temporaryFolder()
  await using coordinator = await startCoordinatorProcess({ folder: folder.path })
  const { url, pid, firstAdminToken = '' } = coordinator
  const operator = operatorOf(url, firstAdminToken)
  await operator.createTask(taskOf(bench))
  const token = await operator.invite(bench.clients)
  const rssBeforeMb = rssMbOf(pid)
  const fleet = await startFleet({ urls: [url], token, task: TASK, download: false, ...bench }, THREADS)
  try {
    return await measure({
      operator,
      fleet,
      rssMb: () => rssMbOf(pid) - rssBeforeMb,
      trigger: () => operator.trigger(TASK),
    })
  } finally {
    await fleet.leave()
  }
}

const completedRounds = async (operator: Operator, count: number) =>
  until(
    `${count} completed rounds`,
    async () => {
      const task = await operator.task(TASK)
      if (task.latestRound?.phase === 'abandoned')
        throw new Error(`a round was abandoned: ${JSON.stringify(task.latestRound)}`)
      return task.completedRounds >= count
    },
    { withinMs: 120_000, everyMs: 50 },
  )

const benchLatency = () =>
  withFleet({ elements: 1_000, clients: 100, hold: false }, async ({ operator }): Promise<BenchRow> => {
    const [rounds, uncounted] = [30, 5]
    const stop = { kind: 'completed-rounds', rounds }
    await operator.call('PATCH', restPaths.task(TASK), { schedule: { kind: 'continuous' }, stop })
    await completedRounds(operator, rounds)
    const { body } = await operator.call('GET', `${restPaths.rounds(TASK)}?limit=${rounds - uncounted}`)
    const ms = median(
      RoundPage.parse(body).items.map((round) =>
        'endedAt' in round ? Date.parse(round.endedAt) - Date.parse(round.openedAt) : Number.NaN,
      ),
    )
    return {
      name: 'no-op round, 100 socket clients, opened to completed',
      value: ms,
      unit: 'ms',
      ratio: { of: "Flower's deployed no-op round (4.9 s)", value: ms / 4_900, aim: 'under 100 ms' },
      note: `median of ${rounds - uncounted}; every client accepts, seals, signs, uploads and is answered durably`,
    }
  })

const benchUploads = () =>
  withFleet(
    { elements: ELEMENTS_OF_400_KB, clients: 500, hold: true },
    async ({ fleet, trigger }): Promise<BenchRow> => {
      await trigger()
      await fleet.sealed(500)
      const startedMs = performance.now()
      fleet.upload()
      await fleet.acknowledged(500)
      const perSecond = 500_000 / (performance.now() - startedMs)
      return {
        name: 'durable acknowledged updates of 400 KB, 500 clients at once',
        value: perSecond,
        unit: 'a second',
        ratio: { of: 'the aim of 1,500 a second', value: perSecond / 1_500, aim: '≥ 1' },
        note: `opened, checked, synced, counted; p95 receipt ${quantile(fleet.latenciesMs, 0.95).toFixed(0)} ms; the clients share the ${availableParallelism()} cores`,
      }
    },
  )

const benchMemory = () =>
  withFleet(
    { elements: ELEMENTS_OF_400_KB, clients: 1_000, hold: true },
    async ({ operator, fleet, trigger, rssMb }): Promise<BenchRow> => {
      await trigger()
      await fleet.sealed(1_000)
      const before = rssMb()
      let peak = before
      const watching = new AbortController()
      const watch = (async () => {
        while (!watching.signal.aborted) {
          peak = Math.max(peak, rssMb())
          await delay(10)
        }
      })()
      fleet.upload()
      await fleet.acknowledged(1_000)
      await completedRounds(operator, 1)
      watching.abort()
      await watch
      return {
        name: 'coordinator memory (RSS) growth over a round of 1,000 × 400 KB',
        value: peak - before,
        unit: 'MB',
        ratio: {
          of: "the cohort's 400 MB",
          value: (peak - before) / 400,
          aim: 'a few models, not the cohort',
        },
        note: 'peak above what it held with 1,000 clients invited; includes memory that the runtime has not yet given back',
      }
    },
  )

const benchConnections = () =>
  withFleet({ elements: 10, clients: 1_000, hold: true }, async ({ rssMb }): Promise<BenchRow> => {
    const kilobytes = (rssMb() * 1_000) / 1_000
    return {
      name: 'connections held per GB',
      value: 1e6 / kilobytes,
      unit: 'connections',
      ratio: { of: '24 KB each, idle, of socket.io alone', value: kilobytes / 24 },
      note: `${kilobytes.toFixed(0)} KB each: RSS growth over 1,000 clients enrolled, authenticated and checked in, garbage included`,
    }
  })

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? Number.NaN

const median = (values: readonly number[]): number => quantile(values, 0.5)
