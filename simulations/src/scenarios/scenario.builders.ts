import type { Dataset } from '../datasets/index.ts'
import { createTrainingPool } from '../training/pool.ts'
import { runSeed, type SeedNeeds, type SeedResult } from './run-seed.ts'
import { parseScenario, type ScenarioInput } from './scenario.ts'

/** An epoch of plain descent. */
export const PLAN = {
  epochs: 1,
  batchSize: 10,
  optimizer: { name: 'sgd', learningRate: 0.1 },
  loss: 'softmax-cross-entropy',
} as const satisfies ScenarioInput['plan']

/** Some seconds of real training, on data that need no file. */
export const smallScenario = (changes: Partial<ScenarioInput> = {}): ScenarioInput => ({
  name: 'small',
  dataset: { name: 'handwriting', writers: 14, seed: 3 },
  partition: { kind: 'iid', clients: 8 },
  model: { kind: 'dense', hidden: [12] },
  plan: PLAN,
  cohort: { target: 4, quorum: 4, overSelection: 1 },
  rounds: 3,
  ...changes,
})

/** Runs it to its end from seed 1, on threads of its own unless a pool is given. */
export const runScenario = async (
  scenario: ScenarioInput,
  { dataset, threads = 2, pool, ...needs }: Partial<SeedNeeds> & { dataset: Dataset; threads?: number },
): Promise<SeedResult> => {
  const training = pool ?? createTrainingPool({ dataset, threads })
  try {
    return await runSeed({
      scenario: parseScenario(scenario),
      dataset,
      pool: training,
      seed: 1,
      told() {},
      signal: new AbortController().signal,
      ...needs,
    })
  } finally {
    if (!pool) await training.close()
  }
}

/** All of a result but how long it really took. */
export const lasting = ({ rounds, seconds: _, clientsPerSecond: __, ...result }: SeedResult) => ({
  ...result,
  rounds: rounds.map(({ seconds: ___, ...round }) => round),
})
