import { describe, expect, test } from 'vitest'
import { loadDataset } from '../datasets/index.ts'
import { createTrainingPool, type TrainingPool } from '../training/pool.ts'
import { runSeed } from './run-seed.ts'
import { parseScenario, type ScenarioInput } from './scenario.ts'
import { populationOf } from './scenario-population.ts'

const CLIENTS = 12
const small: ScenarioInput = {
  name: 'small',
  dataset: { name: 'handwriting', writers: 14, seed: 3 },
  partition: { kind: 'iid', clients: CLIENTS },
  model: { kind: 'dense', hidden: [12] },
  plan: {
    epochs: 3,
    batchSize: 10,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss: 'softmax-cross-entropy',
  },
  cohort: { target: 6, quorum: 2, overSelection: 1.2, trainingSeconds: 60, selectionSeconds: 5 },
  rounds: 4,
}
const dataset = await loadDataset(parseScenario(small).dataset)

const run = async (
  changes: Partial<ScenarioInput>,
  { threads = 2, watch = (pool: TrainingPool) => pool, traces = {} } = {},
) => {
  const pool = createTrainingPool({ dataset, threads })
  const scenario = parseScenario({ ...small, ...changes })
  try {
    const result = await runSeed({
      scenario,
      dataset,
      pool: watch(pool),
      seed: 1,
      told() {},
      signal: new AbortController().signal,
      traces,
    })
    return { ...result, population: populationOf(scenario, CLIENTS, 1, traces) }
  } finally {
    await pool.close()
  }
}

/** What does not say how long anything really took. */
const lasting = ({ rounds, modelDigest }: Awaited<ReturnType<typeof run>>) => ({
  rounds: rounds.map(({ seconds: _, ...round }) => round),
  modelDigest,
})

const everything: ScenarioInput['population'] = {
  classes: [
    { name: 'phone', share: 0.75, speed: { kind: 'log-normal', median: 0.5, sigma: 0.5 }, upKbps: 800 },
    { name: 'laptop', share: 0.25, speed: 4, availability: { kind: 'always' } },
  ],
  availability: { kind: 'on-and-off', onMinutes: 2, offMinutes: 1 },
  dropout: { probability: 0.1 },
  crashes: { probability: 0.1, downSeconds: 3 },
  stragglers: { share: 0.4, slowdown: 2 },
  attackers: [
    { attack: { kind: 'min-max' }, share: 0.1 },
    { attack: { kind: 'label-flip' }, share: 0.1 },
    { attack: { kind: 'backdoor', target: 3, boost: 2 }, clients: [0] },
    { attack: { kind: 'little-is-enough' }, share: 0.1, rounds: { from: 2 } },
    { attack: { kind: 'not-finite' }, clients: [1] },
    { attack: { kind: 'stale-replay' }, clients: [2] },
  ],
}

describe('a scenario with a population', () => {
  test('in which everything happens at once comes to the same bytes on one thread and on two', async () => {
    const [one, two] = [
      await run({ population: everything }, { threads: 1 }),
      await run({ population: everything }, { threads: 2 }),
    ]
    expect(lasting(two)).toEqual(lasting(one))
  }, 120_000)
})
