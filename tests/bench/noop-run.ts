/**
 * A simulation in which nobody trains: real participants of the SDK on the production coordinator in virtual time, and a trainer that
 * gives back what it received with 0.001 added to one weight. As a process, it runs the shape in its last argument and prints a line:
 *   node --conditions=source tests/bench/noop-run.ts '{"registered":100,"sampled":100,"parameters":10000,"rounds":5}'
 */
import { pathToFileURL } from 'node:url'
import { loadCohortKernels } from '@tributary/protocols/cohort-kernels'
import { type Dataset, parseScenario, runSeed, type TrainingPool } from '@tributary/simulations'
import { median } from './median.ts'

export type Shape = {
  registered: number
  sampled: number
  /** A multiple of ten. */
  parameters: number
  rounds: number
}

export type NoopRun = {
  rounds: { seconds: number; processorSeconds: number }[]
  /** Tables filled, rounds held, results made. */
  seconds: number
  /** Of the process, resident. */
  peakMb: number
  /** Processor time of a client's part in a loop without any framework: copy, train, subtract, fold. */
  bareMicroseconds: number
}

/** @param store Where the tables are, empty; left out, SQLite in memory. */
export const runNoop = async (
  shape: Shape,
  store?: Parameters<typeof runSeed>[0]['store'],
): Promise<NoopRun> => {
  const rounds: NoopRun['rounds'] = []
  let before = process.cpuUsage()
  const startedAt = performance.now()
  await runSeed({
    scenario: scenarioOf(shape),
    dataset: emptyRows(shape),
    pool: nobodyTrains,
    seed: 1,
    signal: new AbortController().signal,
    ...(store && { store }),
    told({ received, seconds, round }) {
      if (received !== shape.sampled) throw new Error(`round ${round} has ${received} updates`)
      rounds.push({ seconds, processorSeconds: secondsOf(process.cpuUsage(before)) })
      before = process.cpuUsage()
    },
  })
  const seconds = (performance.now() - startedAt) / 1_000
  const peakMb = (process.resourceUsage().maxRSS * 1_024) / 1e6
  return { rounds, seconds, peakMb, bareMicroseconds: await bareLoop(shape) }
}

const secondsOf = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1e6

const noop = (weights: Float32Array): Float32Array => {
  const trained = weights.slice()
  trained[0] = (trained[0] ?? 0) + 0.001
  return trained
}

const nobodyTrains: TrainingPool = {
  train: async ({ weights }) => ({ weights: noop(weights), examples: 1, metrics: {} }),
  judge: async ({ rows }) => ({
    losses: new Float32Array(rows?.length ?? 1),
    correct: new Uint8Array(rows?.length ?? 1),
  }),
  close: async () => {},
}

const scenarioOf = ({ registered, sampled, rounds }: Shape) =>
  parseScenario({
    name: 'noop',
    dataset: { name: 'handwriting', writers: 20, seed: 1 }, // none of it is read: rows are given beside it
    partition: { kind: 'iid', clients: registered },
    model: { kind: 'linear' },
    plan: {
      epochs: 1,
      batchSize: 10,
      optimizer: { name: 'sgd', learningRate: 0.1 },
      loss: 'softmax-cross-entropy',
    },
    cohort: { target: sampled, quorum: sampled, overSelection: 1 },
    rounds,
    evaluateEvery: rounds,
    baselines: { epochs: 0 },
  })

const CLASSES = 10

/** A row a client, of as many features as give a linear model the parameters that are asked for. */
const emptyRows = ({ registered, parameters }: Shape): Dataset => {
  const width = parameters / CLASSES - 1
  const rows = (count: number): Dataset['train'] => ({
    count,
    features: { kind: 'uint8', width, values: new Uint8Array(0), scale: 1 },
    targets: new Uint8Array(count),
    groups: undefined,
    columns: {},
  })
  return {
    name: 'empty',
    title: 'Rows that nobody reads',
    licence: 'CC0-1.0',
    checksum: '',
    task: { kind: 'classification', classes: Array.from({ length: CLASSES }, (_, index) => `${index}`) },
    inputShape: [width],
    train: rows(registered),
    test: rows(1),
  }
}

const bareLoop = async ({ sampled, parameters }: Shape): Promise<number> => {
  const kernels = await loadCohortKernels()
  const base = new Float32Array(parameters)
  const round = () => {
    const sum = kernels.accumulator(parameters)
    for (let client = 0; client < sampled; client++) {
      const trained = noop(base)
      const delta = new Float32Array(parameters)
      for (let i = 0; i < parameters; i++) delta[i] = (trained[i] ?? 0) - (base[i] ?? 0)
      sum.addScaled(delta, 1)
    }
    sum.release()
  }
  const times = Array.from({ length: 7 }, () => {
    const before = process.cpuUsage()
    round()
    return (1e6 * secondsOf(process.cpuUsage(before))) / sampled
  })
  return median(times)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  console.log(JSON.stringify(await runNoop(JSON.parse(process.argv.at(-1) ?? ''))))
