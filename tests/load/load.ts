/** Real rounds of many real clients: one process on SQLite and files, or several over PostgreSQL and a shared folder. */
import { availableParallelism } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { TaskId } from '@tributary/protocols'
import { RoundPage, restPaths } from '@tributary/protocols/rest'
import { type Fleet, startFleet } from '../bench/fleet.ts'
import { type CoordinatorProcess, startCoordinatorProcess } from '../fleet/coordinator-process.ts'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { type Operator, operatorOf } from '../fleet/operator.ts'
import { startPostgres } from '../fleet/postgres-server.ts'
import { gaugeOf, startReplicas } from '../fleet/replicas.ts'
import { vectorTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'
import { cpuSecondsOf, openFilesAllowed, rssMbOf } from './process-figures.ts'

export type LoadOptions = {
  /** All of them take part in every round. */
  clients: number
  /** Coordinator processes; from 2 on they share PostgreSQL and a folder. */
  replicas: number
  rounds: number
  /** Float32 parameters of the model. */
  elements: number
  /** Of a server that is there already; else one is started where one is needed. */
  postgresUrl?: string | undefined
  say(line: string): void
  signal?: AbortSignal
}

export type LoadReport = {
  /** Until all were enrolled, connected and checked in. */
  arrivalSeconds: number
  roundsPerSecond: number
  /** Updates that were acknowledged while rounds ran. */
  updatesPerSecond: number
  updates: number
  /** From the upload's first byte to the receipt, milliseconds. */
  receiptMs: { p50: number; p95: number; p99: number }
  /** From a round's opening to its end, the median, milliseconds. */
  roundMs: number
  processes: readonly {
    clients: number
    /** Before anybody came; with everyone connected and idle; the highest while rounds ran. MB of 10⁶ bytes. */
    rssMb: { empty: number; idle: number; peak: number }
    /** Kilobytes for each connection, garbage included. */
    kbPerConnection: number
    /** Processor seconds while rounds ran. */
    cpuSeconds: number
  }[]
}

const TASK = TaskId.parse('load')
/** For a machine that has a lot else to do. */
const PATIENCE_MS = 600_000
/** Beside its clients' sockets a process has files, libraries and a database open. */
const SPARE_FILES = 200

/** @throws Error for whatever went wrong for any client, and where a round is abandoned. */
export const runLoad = async (options: LoadOptions): Promise<LoadReport> => {
  const { clients, rounds, elements, say } = options
  requireFiles(2 * clients + SPARE_FILES) // a line and an upload each
  await using house = await openHouse(options)
  const { operator, processes } = house
  const mourning = mournEarlyEnds(processes)
  await operator.createTask(
    vectorTask({
      id: TASK,
      clients,
      tensors: [{ name: 'w', shape: [elements], dtype: 'F32' }],
      selectionSeconds: PATIENCE_MS / 1_000,
      trainingSeconds: PATIENCE_MS / 1_000,
    }),
  )
  const token = await operator.invite(clients)
  const empty = processes.map(({ pid }) => rssMbOf(pid))

  const arrivingAt = performance.now()
  const fleet = await startFleet(
    {
      urls: processes.map(({ url }) => url),
      token,
      task: TASK,
      clients,
      elements,
      hold: false,
      download: true,
    },
    Math.max(1, availableParallelism() - 1),
  )
  let peaks: ReturnType<typeof watchPeaks> | undefined
  try {
    await everyoneThere(processes, clients)
    const arrivalSeconds = (performance.now() - arrivingAt) / 1_000
    say(`${clients} clients enrolled, connected and checked in within ${arrivalSeconds.toFixed(1)} s`)
    await delay(1_000)
    const idle = processes.map(({ pid }) => rssMbOf(pid))
    const online = await Promise.all(processes.map((one) => gaugeOf(one, 'tributary_clients_online')))

    const cpuBefore = processes.map(({ pid }) => cpuSecondsOf(pid))
    peaks = watchPeaks(processes)
    const beganAt = performance.now()
    await operator.call('PATCH', restPaths.task(TASK), {
      schedule: { kind: 'continuous' },
      stop: { kind: 'completed-rounds', rounds },
    })
    await completed(operator, fleet, mourning, options)
    const seconds = (performance.now() - beganAt) / 1_000
    const peak = await peaks.end()
    const { body } = await operator.call('GET', `${restPaths.rounds(TASK)}?limit=${rounds}`)
    const roundMs = RoundPage.parse(body).items.map((round) =>
      'endedAt' in round ? Date.parse(round.endedAt) - Date.parse(round.openedAt) : Number.NaN,
    )
    fleet.check()
    const updates = fleet.latenciesMs.length
    const receipt = (q: number) => quantile(fleet.latenciesMs, q)
    return {
      arrivalSeconds,
      roundsPerSecond: rounds / seconds,
      updatesPerSecond: updates / seconds,
      updates,
      receiptMs: { p50: receipt(0.5), p95: receipt(0.95), p99: receipt(0.99) },
      roundMs: quantile(roundMs, 0.5),
      processes: processes.map(({ pid }, i) => {
        const rssMb = { empty: empty[i] ?? 0, idle: idle[i] ?? 0, peak: peak[i] ?? 0 }
        const here = online[i] ?? 0
        return {
          clients: here,
          rssMb,
          kbPerConnection: (1_000 * (rssMb.idle - rssMb.empty)) / here,
          cpuSeconds: cpuSecondsOf(pid) - (cpuBefore[i] ?? 0),
        }
      }),
    }
  } finally {
    await peaks?.end()
    await fleet.leave()
  }
}

type House = AsyncDisposable & { operator: Operator; processes: readonly CoordinatorProcess[] }

const openHouse = async ({ replicas, postgresUrl, say }: LoadOptions): Promise<House> => {
  const opened = new AsyncDisposableStack()
  try {
    if (replicas === 1) {
      const folder = opened.use(await temporaryFolder())
      const one = opened.use(await startCoordinatorProcess({ folder: folder.path }))
      return houseOf(opened, operatorOf(one.url, one.firstAdminToken ?? ''), [one])
    }
    const url = postgresUrl ?? opened.use(await startPostgres()).url
    const several = opened.use(await startReplicas({ count: replicas, postgresUrl: url }))
    say(
      `${replicas} processes over PostgreSQL and a shared folder; clients go to each in turn, nothing between`,
    )
    return houseOf(opened, several.operator, several.running())
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

const houseOf = (
  opened: AsyncDisposableStack,
  operator: Operator,
  processes: readonly CoordinatorProcess[],
): House => ({ operator, processes, [Symbol.asyncDispose]: () => opened.disposeAsync() })

/** Throws, saying what to do, where this process may not open so many files. */
const requireFiles = (wanted: number) => {
  const allowed = openFilesAllowed()
  if (allowed < wanted)
    throw new Error(
      `this takes ${wanted} open files in one process, and ${allowed} are allowed: raise it (ulimit -n ${wanted}), or take fewer clients`,
    )
}

const everyoneThere = (processes: readonly CoordinatorProcess[], clients: number) =>
  until(
    `${clients} clients to be online`,
    async () => {
      const online = await Promise.all(processes.map((one) => gaugeOf(one, 'tributary_clients_online')))
      return online.reduce<number>((sum, here) => sum + (here ?? 0), 0) >= clients
    },
    { withinMs: PATIENCE_MS, everyMs: 250 },
  )

/** A coordinator that ends while it is needed is a fault, and its last words say which. */
const mournEarlyEnds = (processes: readonly CoordinatorProcess[]) => {
  let found: Error | undefined
  for (const { pid, exited, output } of processes)
    void exited.then(({ code, signal }) => {
      found ??= new Error(`process ${pid} ended (${signal ?? code}) under load:\n${output().slice(-4_000)}`)
    })
  return {
    check() {
      if (found) throw found
    },
  }
}

const completed = (
  operator: Operator,
  fleet: Fleet,
  mourning: { check(): void },
  { rounds, signal, say }: LoadOptions,
) => {
  let seen = 0
  return until(
    `${rounds} completed rounds`,
    async () => {
      signal?.throwIfAborted()
      mourning.check()
      fleet.check()
      const { latestRound, completedRounds } = await operator.task(TASK)
      if (latestRound?.phase === 'abandoned')
        throw new Error(`a round was abandoned: ${JSON.stringify(latestRound)}`)
      if (completedRounds > seen) say(`${completedRounds} rounds, ${fleet.latenciesMs.length} updates`)
      seen = completedRounds
      return completedRounds >= rounds
    },
    { withinMs: PATIENCE_MS, everyMs: 100 },
  )
}

/** The highest resident memory of each, looked at ten times a second. */
const watchPeaks = (processes: readonly CoordinatorProcess[]) => {
  const peaks = processes.map(({ pid }) => rssMbOf(pid))
  const over = new AbortController()
  const watching = (async () => {
    while (!over.signal.aborted) {
      processes.forEach(({ pid }, i) => {
        try {
          peaks[i] = Math.max(peaks[i] ?? 0, rssMbOf(pid))
        } catch {
          // It has ended: what it ended of is told by whoever waits for its rounds.
        }
      })
      await delay(100)
    }
  })()
  return {
    async end() {
      over.abort()
      await watching
      return peaks
    },
  }
}

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? Number.NaN
