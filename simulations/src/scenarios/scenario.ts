/** An experiment as a file: data, who holds them, what is trained and how, for how long, from which seeds. */
import { type ModelSpec, TaskFile } from '@tributary/protocols/task'
import * as z from 'zod'
import { type Dataset, DatasetSpec } from '../datasets/index.ts'
import { denseLayers, smallConvolutional } from '../models/model-specs.ts'
import { PartitionSpec } from '../partitions/index.ts'
import { ScenarioError } from './scenario-error.ts'
import { mistakesOf } from './scenario-mistakes.ts'

const ModelChoice = z.discriminatedUnion('kind', [
  /** (Logistic) regression. */
  z.strictObject({ kind: z.literal('linear') }),
  /** Fully connected relu layers; `hidden: [200, 200]` is the 2NN of McMahan et al. 2017. */
  z.strictObject({
    kind: z.literal('dense'),
    hidden: z.array(z.int().min(1).max(10_000)).min(1).max(8),
  }),
  /** The CNN of McMahan et al. 2017, for images of 28 × 28. */
  z.strictObject({ kind: z.literal('cnn') }),
])

const Task = TaskFile.shape

export const Scenario = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'a name is a-z, 0-9 and -, 63 at most'),
  title: z.string().min(1).max(200).optional(),
  dataset: DatasetSpec,
  partition: PartitionSpec,
  model: ModelChoice,
  plan: Task.plan,
  cohort: Task.cohort,
  strategy: Task.strategy,
  privacy: Task.privacy,
  /** Completed rounds after which a run ends. */
  rounds: z.int().min(1).max(1_000_000),
  /** What `roundsToTarget` counts to. */
  target: z.strictObject({ accuracy: z.number().gt(0).max(1) }).optional(),
  /** `target`: a run ends once it is met. */
  stopAt: z.enum(['rounds', 'target']).default('rounds'),
  /** The new model is judged on the held-out set after every so many rounds, and after the last. */
  evaluateEvery: z.int().min(1).default(1),
  /**
   * Completed rounds in a leg. At its end all clients leave and everything that lasts can be kept, for a run that is broken off to go on from. It is part of
   * the scenario, and so are its effects: results are the same whether a run was broken off or not.
   */
  checkpointEvery: z.int().min(1).max(1_000_000).default(50),
  seeds: z
    .array(z.int().min(0))
    .min(1)
    .max(100)
    .refine((seeds) => new Set(seeds).size === seeds.length, 'names a seed twice')
    .default([1]),
  latencyMs: z
    .strictObject({ least: z.number().min(0).max(600_000), most: z.number().min(0).max(600_000) })
    .refine(({ least, most }) => least <= most, { path: ['least'], message: 'least must not exceed most' })
    .default({ least: 20, most: 200 }),
  /** Virtual milliseconds that training on one example takes, times a device's own factor between the two. */
  costs: z
    .strictObject({
      msPerExample: z.number().min(0).max(60_000).default(1),
      slowest: z.number().min(1).max(1_000).default(4),
    })
    .prefault({}),
  baselines: z
    .strictObject({
      /** Epochs that the same model and a linear one are trained for with all data in one place; 0: no baselines. */
      epochs: z.int().min(0).max(1_000).default(3),
    })
    .prefault({}),
})
export type Scenario = z.infer<typeof Scenario>
export type ScenarioInput = z.input<typeof Scenario>

/** @throws ScenarioError with every mistake, its path and what would do. */
export const parseScenario = (input: unknown): Scenario => {
  const parsed = Scenario.safeParse(input)
  if (parsed.success) return parsed.data
  throw new ScenarioError(mistakesOf(parsed.error, { schema: Scenario, input }))
}

/** @throws ScenarioError where the model does not fit the data. */
export const modelOfScenario = ({ model }: Scenario, dataset: Dataset, seed: number): ModelSpec => {
  const width = dataset.train.features.width
  const { task } = dataset
  if (dataset.train.features.kind === 'windows')
    throw new ScenarioError([
      {
        path: 'dataset',
        message: `${dataset.name} is text, which the models here do not read yet: choose a set of images or tables`,
      },
    ])
  const ending =
    task.kind === 'classification'
      ? ({ outputs: task.classes.length, activation: 'softmax' } as const)
      : ({ outputs: 1, activation: 'linear' } as const)
  if (model.kind === 'cnn') {
    if (width !== 784 || ending.outputs !== 10)
      throw new ScenarioError([
        {
          path: 'model.kind',
          message: `cnn takes images of 28 × 28 in ten classes, and ${dataset.name} has ${width} values and ${ending.outputs} outputs: choose dense`,
        },
      ])
    return smallConvolutional(seed)
  }
  return denseLayers(width, model.kind === 'dense' ? model.hidden : [], ending, seed)
}

/** The task that the coordinator is given. */
export const taskOfScenario = (scenario: Scenario, dataset: Dataset, seed: number): TaskFile => {
  const parsed = TaskFile.safeParse({
    id: scenario.name,
    model: modelOfScenario(scenario, dataset, seed),
    plan: scenario.plan,
    cohort: scenario.cohort,
    strategy: scenario.strategy,
    privacy: scenario.privacy,
    schedule: { kind: 'manual' },
    stop: { kind: 'completed-rounds', rounds: scenario.rounds },
  })
  if (parsed.success) return parsed.data
  throw new ScenarioError(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })))
}
