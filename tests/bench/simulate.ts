/** What a simulation costs beside the training in it, and how fast the training pool trains. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type ModelSpec, Plan } from '@tributary/protocols/task'
import { createTrainingPool, type Dataset, smallConvolutional, twoLayers } from '@tributary/simulations'
import { startOf } from '../training/start-of.ts'
import { type BenchRow, threeDigits } from './bench-row.ts'
import { median } from './median.ts'
import type { NoopRun, Shape } from './noop-run.ts'
import { startTorch, type Torch } from './torch-process.ts'

/** Flower 1.28 with Ray on four cores of another machine: its client adds 0.001 to one array. */
const SHAPES: readonly (Shape & { flower: number; aim?: string })[] = [
  { registered: 100, sampled: 100, parameters: 10_000, rounds: 8, flower: 318 },
  { registered: 1_000, sampled: 1_000, parameters: 10_000, rounds: 4, flower: 206 },
  {
    registered: 10_000,
    sampled: 1_000,
    parameters: 10_000,
    rounds: 4,
    flower: 67,
    aim: '> 5,000 a second, ≤ 1 GB',
  },
  { registered: 100, sampled: 100, parameters: 1_000_000, rounds: 4, flower: 84 },
]

export const benchSimulate = async (): Promise<BenchRow[]> => {
  const rows: BenchRow[] = []
  for (const shape of SHAPES) rows.push(await benchShape(shape))
  const torch = await startTorch()
  if (!torch) console.log('PyTorch not installed')
  try {
    for (const kind of KINDS) rows.push(...(await benchPool(kind, torch)))
  } finally {
    torch?.end()
  }
  return rows
}

const NOOP_RUN = fileURLToPath(new URL('./noop-run.ts', import.meta.url))

/** In a process of its own, so that memory is the shape’s. */
const benchShape = async ({ flower, aim, ...shape }: (typeof SHAPES)[number]): Promise<BenchRow> => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=source',
    NOOP_RUN,
    JSON.stringify(shape),
  ])
  const { rounds, seconds, peakMb, bareMicroseconds }: NoopRun = JSON.parse(stdout)
  const { registered, sampled, parameters } = shape
  const [, ...steady] = rounds
  const clientsPerSecond = sampled / median(steady.map((round) => round.seconds))
  const processor = (1e6 * median(steady.map((round) => round.processorSeconds))) / sampled
  return {
    name: `nobody trains: ${registered.toLocaleString('en')} registered, ${sampled.toLocaleString('en')} a round, ${parameters.toLocaleString('en')} parameters`,
    value: clientsPerSecond,
    unit: 'clients a second',
    ratio: {
      of: 'Flower with Ray, four cores of another machine',
      value: clientsPerSecond / flower,
      ...(aim && { aim }),
    },
    note: `median of ${steady.length} rounds after the first; ${processor.toFixed(0)} µs of processor a client, ${threeDigits(processor / bareMicroseconds)} times a bare loop of copy, subtract and fold (${threeDigits(bareMicroseconds)} µs); ${peakMb.toFixed(0)} MB resident at most; ${shape.rounds * sampled} updates in ${seconds.toFixed(1)} s with registration and results`,
  }
}

type Kind = { name: string; model: string; spec: ModelSpec; jobs: number; turns: number }

const KINDS: readonly Kind[] = [
  { name: 'MNIST 2NN 784-200-200-10', model: '2nn', spec: twoLayers(), jobs: 24, turns: 3 },
  { name: 'McMahan’s CNN', model: 'cnn', spec: smallConvolutional(), jobs: 4, turns: 1 },
]

const ROWS = 600
const BATCH = 10
const STEPS = ROWS / BATCH

/** Client-epochs of 600 rows in batches of ten, as in McMahan et al. 2017 with 100 clients; each number of threads has its turn in every round. */
const benchPool = async (
  { name, model, spec, jobs, turns }: Kind,
  torch: Torch | undefined,
): Promise<BenchRow[]> => {
  const dataset = grey(ROWS)
  const pools = [1, 2, 4].map((threads) => ({
    threads,
    pool: createTrainingPool({ dataset, threads }),
    seconds: [] as number[],
    processorMs: [] as number[],
  }))
  const plan = Plan.parse({
    epochs: 1,
    batchSize: BATCH,
    optimizer: { name: 'sgd', learningRate: 0.01 },
    loss: 'softmax-cross-entropy',
  })
  const job = {
    assignment: { model: spec, plan },
    weights: startOf(spec),
    rows: Uint32Array.from({ length: ROWS }, (_, row) => row),
    plan,
  }
  const torchMs: number[] = []
  try {
    for (let turn = -1; turn < turns; turn++) {
      for (const { threads, pool, seconds, processorMs } of pools) {
        const startedAt = performance.now()
        const before = process.cpuUsage()
        const turnsJobs = turn < 0 ? threads : jobs
        await Promise.all(Array.from({ length: turnsJobs }, (_, seed) => pool.train({ ...job, seed })))
        const { user, system } = process.cpuUsage(before)
        if (turn < 0) continue
        seconds.push((performance.now() - startedAt) / 1_000 / jobs)
        processorMs.push((user + system) / 1_000 / jobs)
      }
      if (torch && turn >= 0)
        torchMs.push(STEPS * (await torch.step({ model, batch: BATCH, steps: model === 'cnn' ? 6 : STEPS })))
    }
  } finally {
    await Promise.all(pools.map(({ pool }) => pool.close()))
  }
  const perSecond = pools.map(({ seconds }) => 1 / median(seconds))
  return pools.map(({ threads, processorMs }, at): BenchRow => {
    const ms = median(processorMs)
    return {
      name: `${name}, ${threads} worker${threads === 1 ? '' : 's'}`,
      value: perSecond[at] ?? Number.NaN,
      unit: 'client-epochs a second',
      ...(threads > 1 && {
        ratio: { of: 'one worker', value: (perSecond[at] ?? Number.NaN) / (perSecond[0] ?? Number.NaN) },
      }),
      ...(threads === 1 &&
        torch && {
          ratio: { of: 'PyTorch on one thread (speed by processor time)', value: median(torchMs) / ms },
        }),
      note: `${threeDigits(ms)} ms of processor an epoch${threads === 1 && torch ? `; PyTorch ${torch.version} ${threeDigits(median(torchMs))} ms` : ''}`,
    }
  })
}

/** Images of 28 × 28 of which it matters only that they are. */
const grey = (count: number): Dataset => {
  const values = new Uint8Array(new SharedArrayBuffer(count * 784)).map((_, i) => (i * 7919) % 256)
  const shared = new Uint8Array(new SharedArrayBuffer(values.length))
  shared.set(values)
  const rows = {
    count,
    features: { kind: 'uint8', width: 784, values: shared, scale: 1 / 255 },
    targets: Uint8Array.from({ length: count }, (_, row) => row % 10),
    groups: undefined,
    columns: {},
  } as const
  return {
    name: 'grey',
    title: 'Grey images',
    licence: 'CC0-1.0',
    checksum: '',
    task: { kind: 'classification', classes: Array.from({ length: 10 }, (_, index) => `${index}`) },
    inputShape: [28, 28],
    train: rows,
    test: rows,
  }
}
