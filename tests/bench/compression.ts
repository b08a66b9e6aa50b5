/** What compression saves a client of its upload, and what it costs the model: whole simulated tasks, the production coordinator and clients. */
import type { TaskFileInput } from '@tributary/protocols/task'
import {
  createTrainingPool,
  loadDataset,
  parseScenario,
  runSeed,
  type ScenarioInput,
  type TrainingPool,
} from '@tributary/simulations'
import type { BenchRow } from './bench-row.ts'

const ROUNDS = 20
const SEEDS = [1, 2]

const task: ScenarioInput = {
  name: 'handwriting',
  dataset: { name: 'handwriting', writers: 60, seed: 1 },
  partition: { kind: 'natural' },
  model: { kind: 'dense', hidden: [64] },
  plan: {
    epochs: 1,
    batchSize: 10,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss: 'softmax-cross-entropy',
  },
  cohort: { target: 10, quorum: 10, overSelection: 1 },
  rounds: ROUNDS,
  evaluateEvery: ROUNDS,
}

const secure = { mode: 'secure-aggregation', audience: 'demo', maxExamples: 200 } as const
const rotation = 'hadamard'
const randomK = (share: number) => ({ kind: 'random-k', share }) as const
const topK = (share: number) => ({ kind: 'top-k', share }) as const

type Variant = {
  name: string
  compression?: NonNullable<TaskFileInput['compression']>
  privacy?: TaskFileInput['privacy']
  clipNorm?: number
}
/** Each group's first is what the others are compared with. */
const GROUPS: readonly (readonly Variant[])[] = [
  [
    { name: 'sealed' },
    { name: 'sealed, 8 bits', compression: { bits: 8 } },
    { name: 'sealed, 8 bits, rotated', compression: { rotation, bits: 8 } },
    { name: 'sealed, random-k of 25 %', compression: { sparsify: randomK(0.25) } },
    {
      name: 'sealed, random-k of 25 %, rotated, 8 bits',
      compression: { rotation, sparsify: randomK(0.25), bits: 8 },
    },
    { name: 'sealed, top-k of 5 % with error feedback', compression: { sparsify: topK(0.05) } },
    {
      name: 'sealed, top-k of 1 % with error feedback, 8 bits',
      compression: { sparsify: topK(0.01), bits: 8 },
    },
    {
      name: 'sealed, top-k of 1 % without error feedback, 8 bits',
      compression: { sparsify: { ...topK(0.01), errorFeedback: false }, bits: 8 },
    },
  ],
  [
    { name: 'masked', privacy: secure },
    {
      name: 'masked, rotated, 12 bits for 8 of each',
      privacy: { ...secure, bits: 12 },
      compression: { rotation },
      clipNorm: 8,
    },
    {
      name: 'masked, random-k of 25 %, rotated, 12 bits for 8 of each',
      privacy: { ...secure, bits: 12 },
      compression: { rotation, sparsify: randomK(0.25) },
      clipNorm: 8,
    },
  ],
]

export const benchCompression = async (): Promise<BenchRow[]> => {
  const dataset = await loadDataset(parseScenario(task).dataset)
  const pool = createTrainingPool({ dataset })
  try {
    const rows: BenchRow[] = []
    for (const group of GROUPS) {
      let first: Measured | undefined
      for (const variant of group) {
        const measured = await run(variant, { dataset, pool })
        first ??= measured
        const row = rowOf(variant, measured, first)
        process.stderr.write(`${row.name}: ${row.value.toFixed(1)} ${row.unit}, ${row.note}\n`)
        rows.push(row)
      }
    }
    return rows
  } finally {
    await pool.close()
  }
}

type Measured = { kilobytesUp: number; accuracy: number }

const run = async (
  { compression, privacy, clipNorm }: Variant,
  means: { dataset: Awaited<ReturnType<typeof loadDataset>>; pool: TrainingPool },
): Promise<Measured> => {
  const scenario = parseScenario({
    ...task,
    ...(compression && { compression }),
    ...(privacy && { privacy }),
    ...(clipNorm !== undefined && { plan: { ...task.plan, clipNorm } }),
  })
  const measured: Measured[] = []
  for (const seed of SEEDS) {
    const { rounds, accuracy } = await runSeed({
      ...means,
      scenario,
      seed,
      told() {},
      signal: new AbortController().signal,
    })
    const updates = rounds.reduce((sum, { received }) => sum + received, 0)
    const bytes = rounds.reduce((sum, { bytesUp }) => sum + bytesUp, 0)
    measured.push({ kilobytesUp: bytes / updates / 1_000, accuracy })
  }
  const mean = (of: keyof Measured) => measured.reduce((sum, one) => sum + one[of] / SEEDS.length, 0)
  return { kilobytesUp: mean('kilobytesUp'), accuracy: mean('accuracy') }
}

const rowOf = ({ name }: Variant, { kilobytesUp, accuracy }: Measured, first: Measured): BenchRow => {
  const points = 100 * (accuracy - first.accuracy)
  return {
    name,
    value: kilobytesUp,
    unit: 'kB up an update',
    ratio: { of: 'uncompressed', value: kilobytesUp / first.kilobytesUp },
    note: `accuracy ${(100 * accuracy).toFixed(1)} % after ${ROUNDS} rounds, ${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(1)} points`,
  }
}
