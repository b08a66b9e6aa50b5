/** Several coordinator processes that are one: the same tables, the same blobs, the same key, behind one address. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Client } from 'pg'
import { type Balancer, startBalancer } from './balancer.ts'
import { type CoordinatorProcess, portToReturnTo, startCoordinatorProcess } from './coordinator-process.ts'
import { temporaryFolder } from './folder-bytes.ts'
import { type Operator, operatorOf } from './operator.ts'
import { until } from './until.ts'

export type Replicas = AsyncDisposable & {
  /** Where clients and operators find whichever of them. */
  url: string
  operator: Operator
  /** The first admin's. */
  token: string
  /** Those that run, in the order of their numbers. */
  running(): CoordinatorProcess[]
  /** Starts one, anew where it ran before, and waits until it listens. */
  start(number: number): Promise<CoordinatorProcess>
  /** Those that are to get connections. */
  pointAt(processes: readonly CoordinatorProcess[]): void
  /** The one that drives the only task there is. */
  driver(): Promise<CoordinatorProcess>
}

export type ReplicasOptions = {
  count: number
  /** Of the PostgreSQL server. */
  postgresUrl: string
  /** Further flags of each. */
  flags?: readonly string[]
}

export const startReplicas = async ({
  count,
  postgresUrl,
  flags = [],
}: ReplicasOptions): Promise<Replicas> => {
  const folder = await temporaryFolder()
  const database = new URL(postgresUrl)
  database.searchParams.set('schema', `replicas_${randomBytes(6).toString('hex')}`)
  const processes = new Map<number, CoordinatorProcess>()
  const ports = await Promise.all(Array.from({ length: count }, portToReturnTo))
  let token = ''

  const start = async (number: number) => {
    const started = await startCoordinatorProcess({
      folder: join(folder.path, `replica-${number}`),
      port: ports[number] ?? 0,
      flags: [
        ...['--blobs', `file://${folder.path}/blobs`],
        ...['--key-file', join(folder.path, 'coordinator.key')],
        ...flags,
      ],
      env: { TRIBUTARY_DATABASE: database.href },
    })
    token = started.firstAdminToken ?? token
    processes.set(number, started)
    return started
  }
  let balancer: Balancer | undefined
  const dispose = async () => {
    for (const process of processes.values()) await process[Symbol.asyncDispose]()
    await balancer?.[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  }
  try {
    await answering(postgresUrl)
    for (let number = 0; number < count; number++) await start(number)
    balancer = await startBalancer(ports)
  } catch (error) {
    await dispose()
    throw error
  }
  const { url, pointAt } = balancer
  const alive = async (): Promise<CoordinatorProcess[]> => {
    const ended = new Set<CoordinatorProcess>()
    for (const process of processes.values()) void process.exited.then(() => ended.add(process))
    await Promise.resolve()
    await Promise.resolve()
    return [...processes.values()].filter((process) => !ended.has(process))
  }
  return {
    url,
    operator: operatorOf(url, token),
    token,
    running: () => [...processes].sort(([a], [b]) => a - b).map(([, process]) => process),
    start,
    pointAt: (chosen) => pointAt(chosen.map(({ port }) => port)),
    driver: () =>
      until('a process to drive the task', async () => {
        for (const process of await alive())
          if ((await gaugeOf(process, 'tributary_tasks_driven')) === 1) return process
        return undefined
      }),
    [Symbol.asyncDispose]: dispose,
  }
}

/** A server that is only starting would fail the first process that looks for it. */
const answering = async (postgresUrl: string): Promise<void> => {
  const client = new Client({ connectionString: postgresUrl, connectionTimeoutMillis: 60_000 })
  await client.connect()
  await client.end()
}

/** A gauge among the metrics of a process; `undefined` where it does not answer. */
export const gaugeOf = async (
  { url }: Pick<CoordinatorProcess, 'url'>,
  name: string,
): Promise<number | undefined> => {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(2_000) }).catch(
    () => undefined,
  )
  const line = (await response?.text())?.split('\n').find((text) => text.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length + 1))
}
