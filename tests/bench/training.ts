/** Measures training steps. Run: node --conditions=source tests/bench/training.ts [softmax 2nn cnn characters lstm] */
import { fileURLToPath } from 'node:url'
import type { Trainer } from '@tributary/client-sdk'
import { createCompactTrainer } from '@tributary/client-sdk/compact'
import { createLinearTrainer } from '@tributary/client-sdk/linear'
import { createTfjsEngine, createTfjsTrainer } from '@tributary/client-sdk/tfjs'
import { integerBelow, seededRandom, uniform } from '@tributary/protocols/runtime'
import { type ModelSpec, Plan } from '@tributary/protocols/task'
import {
  characterLstm,
  characterPerceptron,
  smallConvolutional,
  softmaxRegression,
  twoLayers,
} from '@tributary/simulations'
import { startOf } from '../training/start-of.ts'
import { type BenchRow, formatBenchRows, threeDigits } from './bench-row.ts'
import { median } from './median.ts'
import { startTorch, type Torch } from './torch-process.ts'

type Kind = {
  name: string
  model: string
  spec: ModelSpec
  /** Steps of one turn: for our own backend and PyTorch, and for those that are slower. */
  steps: number
  slowSteps: number
  rounds: number
  aim?: string
  plain?: boolean
  /** What a row is: values up to 1 or ids of so many, and one of so many classes. */
  row?: Row
}
type Row = { width: number; ids?: number; classes: number }

const DIGIT: Row = { width: 784, classes: 10 }

const KINDS: readonly Kind[] = [
  {
    name: 'softmax regression 784-10',
    model: 'softmax',
    spec: softmaxRegression(),
    steps: 200,
    slowSteps: 20,
    rounds: 9,
    plain: true,
  },
  {
    name: 'MNIST 2NN 784-200-200-10',
    model: '2nn',
    spec: twoLayers(),
    steps: 50,
    slowSteps: 5,
    rounds: 9,
    aim: '≥ 1.5',
  },
  {
    name: 'McMahan’s CNN, 1.66M parameters',
    model: 'cnn',
    spec: smallConvolutional(),
    steps: 4,
    slowSteps: 1,
    rounds: 7,
    aim: '≥ 0.6',
  },
  {
    name: 'characters 10-80-256-80, 41,944 parameters',
    model: 'characters',
    spec: characterPerceptron({ context: 10, ids: 81, classes: 80 }, { embed: 8, hidden: [256] }, 1),
    steps: 100,
    slowSteps: 5,
    rounds: 9,
    row: { width: 10, ids: 81, classes: 80 },
  },
  {
    name: 'LSTM of 64 units over 20 characters, 24,528 parameters',
    model: 'lstm',
    spec: characterLstm({ context: 20, ids: 80, classes: 80 }, { embed: 8, units: [64] }, 1),
    steps: 20,
    slowSteps: 2,
    rounds: 9,
    row: { width: 20, ids: 80, classes: 80 },
  },
]

/** `only`: models by their short names, `lstm`; none: all. */
export async function benchTraining(only: readonly string[] = []): Promise<BenchRow[]> {
  const torch = await startTorch()
  if (!torch) console.log('PyTorch not installed')
  const engine = createTfjsEngine({ prefer: ['wasm'], log: () => {} })
  await engine.backend()
  try {
    const rows: BenchRow[] = []
    const kinds = KINDS.filter(({ model }) => only.length === 0 || only.includes(model))
    for (const kind of kinds)
      for (const batch of [10, 32]) rows.push(...(await benchKind(kind, batch, { torch, engine })))
    return rows
  } finally {
    engine.dispose()
    torch?.end()
  }
}

type Started = Pick<Kind, 'spec'> & { weights: Float32Array }

type Contender = () => Promise<number>

/** Every contender has its turn in every round, and each round begins with another; two rounds go uncounted. */
async function benchKind(
  kind: Kind,
  batch: number,
  { torch, engine }: { torch: Torch | undefined; engine: ReturnType<typeof createTfjsEngine> },
): Promise<BenchRow[]> {
  const { steps, slowSteps } = kind
  const fast = examplesOf(batch * steps, kind.row)
  const slow = examplesOf(batch * slowSteps, kind.row)
  const started = { spec: kind.spec, weights: startOf(kind.spec) }
  const own = createCompactTrainer({ examples: fast })
  const tfjs = createTfjsTrainer({ examples: slow, engine })
  const contenders: Record<string, Contender> = {
    own: () => stepMs(own, started, { batch, steps }),
    tfjs: () => stepMs(tfjs, started, { batch, steps: slowSteps }),
  }
  if (torch) contenders.torch = () => torch.step({ model: kind.model, batch, steps })
  if (kind.plain) {
    const plain = createLinearTrainer({ examples: slow })
    contenders.plain = () => stepMs(plain, started, { batch, steps: slowSteps })
  }
  const ms = await takeTurns(kind.rounds, contenders)
  const others = [
    torch ? `PyTorch ${torch.version} ${threeDigits(ms.torch ?? 0)} ms` : 'PyTorch not installed',
    `tfjs-wasm ${threeDigits(ms.tfjs ?? 0)} ms`,
    ...(kind.plain ? [`plain TypeScript ${threeDigits(ms.plain ?? 0)} ms`] : []),
  ]
  const [value, reference] = [ms.own ?? Number.NaN, torch ? ms.torch : ms.tfjs]
  return [
    {
      name: `${kind.name}, a step of ${batch}`,
      value,
      unit: 'ms of processor',
      ratio: {
        of: `${torch ? 'PyTorch' : 'tfjs-wasm'} (speed)`,
        value: (reference ?? Number.NaN) / value,
        ...(torch && kind.aim ? { aim: kind.aim } : {}),
      },
      note: others.join('; '),
    },
  ]
}

/** Processor time of this thread for a step, mean over one pass of the plan. */
const stepMs = async (
  trainer: Trainer,
  { spec, weights }: Started,
  { batch, steps }: { batch: number; steps: number },
): Promise<number> => {
  const plan = Plan.parse({
    epochs: 1,
    batchSize: batch,
    optimizer: { name: 'sgd', learningRate: 0.01 },
    loss: 'softmax-cross-entropy',
  })
  const { signal } = new AbortController()
  const before = process.threadCpuUsage()
  await trainer.train({
    assignment: { model: spec, plan },
    plan,
    weights,
    seed: 1,
    signal,
    onProgress: () => {},
  })
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000 / steps
}

const takeTurns = async (
  rounds: number,
  contenders: Record<string, Contender>,
): Promise<Record<string, number>> => {
  const names = Object.keys(contenders)
  const times: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = -2; round < rounds; round++)
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round + 2) % names.length] ?? ''
      const ms = await contenders[name]?.()
      if (round >= 0 && ms !== undefined) times[name]?.push(ms)
    }
  return Object.fromEntries(names.map((name) => [name, median(times[name] ?? [])]))
}

const examplesOf = (count: number, { width, ids, classes }: Row = DIGIT) => {
  const random = seededRandom('bench')
  const draw = () => (ids === undefined ? uniform(random) : integerBelow(random, ids))
  return {
    inputs: Float32Array.from({ length: count * width }, draw),
    targets: Uint8Array.from({ length: count }, (_, i) => i % classes),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(formatBenchRows(await benchTraining(process.argv.slice(2))))
