/** An experiment as a file: data, who holds them, what is trained and how, for how long, from which seeds. */
import { mistakesOf as mistakesOfTask } from '@tributary/protocols/rest'
import { type ModelSpec, TaskFile } from '@tributary/protocols/task'
import * as z from 'zod'
import { type Dataset, DatasetSpec } from '../datasets/index.ts'
import { denseLayers, normalizedLayers, smallConvolutional } from '../models/model-specs.ts'
import { PartitionSpec } from '../partitions/index.ts'
import { PopulationSpec } from '../population/index.ts'
import { clientChance, identityBy } from '../world/client-chance.ts'
import { clientName } from './client-name.ts'
import { unknownLayers } from './fine-tuning.ts'
import { ScenarioPersonalization, taskPart } from './personalization.ts'
import { Phases } from './phases.ts'
import { ScenarioError } from './scenario-error.ts'
import { mistakesOf } from './scenario-mistakes.ts'
import { isText, misfitOf, readsText, TextModelChoice, textModel } from './text-model.ts'

const ModelChoice = z.discriminatedUnion('kind', [
  /** (Logistic) regression. */
  z.strictObject({ kind: z.literal('linear') }),
  /** Fully connected relu layers; `hidden: [200, 200]` is the 2NN of McMahan et al. 2017. */
  z.strictObject({
    kind: z.literal('dense'),
    hidden: z.array(z.int().min(1).max(10_000)).min(1).max(8),
    /** Batch normalization before each relu. */
    normalized: z.boolean().default(false),
  }),
  /** The CNN of McMahan et al. 2017, for images of 28 × 28. */
  z.strictObject({ kind: z.literal('cnn') }),
  ...TextModelChoice.options,
])

const Task = TaskFile.shape

/** The trusted client by its number, as ids are known only once a seed is. */
const Trusting = z.strictObject({
  name: z.literal('fltrust'),
  serverLearningRate: z.number().positive().max(100).default(1),
  root: z.int().min(0),
})

const Accuracy = z.number().gt(0).max(1)

const Fields = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'a name is a-z, 0-9 and -, 63 at most'),
  title: z.string().min(1).max(200).optional(),
  dataset: DatasetSpec,
  partition: PartitionSpec,
  /** What of their rows clients have in which rounds; left out, all of them in all. */
  phases: Phases,
  /** Devices, when they are there, what befalls them, and who attacks. Left out: all alike but for `costs.slowest`, always there, and honest. */
  population: PopulationSpec.optional(),
  model: ModelChoice,
  plan: Task.plan,
  cohort: Task.cohort,
  mode: Task.mode,
  strategy: z.union([Task.strategy, Trusting]),
  privacy: Task.privacy,
  compression: Task.compression,
  /** What of the model is each client's own; clients' own models are judged on the rows that they hold out. */
  personalization: ScenarioPersonalization.optional(),
  /** The share of each client's rows that it does not train on, and its own model and the shared one are judged by. */
  holdOut: z.number().min(0).max(0.9).default(0),
  /** Completed rounds after which a run ends. */
  rounds: z.int().min(1).max(1_000_000),
  /** What `roundsToTarget` counts to. */
  target: z
    .union([z.strictObject({ accuracy: Accuracy }), Accuracy.transform((accuracy) => ({ accuracy }))])
    .optional(),
  /** `target`: a run ends once it is met. */
  stopAt: z.enum(['rounds', 'target']).default('rounds'),
  /** The new model is judged on the held-out set after every so many rounds, and after the last. */
  evaluateEvery: z.int().min(1).default(1),
  /** A category of the held-out rows, `label`, `group` or a column: the accuracy on each of its names is told whenever the model is judged. */
  watch: z.string().min(1).optional(),
  /**
   * Completed rounds in a leg. At its end all clients leave and everything that lasts can be kept, for a run that is broken off to go on from. It is part of
   * the scenario, and so are its effects: results are the same whether a run was broken off or not.
   */
  checkpointEvery: z.int().min(1).max(1_000_000).default(50),
  /** It is judged on so many held-out rows, the same in every run; on all after the last round. Left out: always on all. */
  evaluateRows: z.int().min(1).optional(),
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
  costs: z
    .strictObject({
      /** Virtual milliseconds that training on one example takes, on a device of speed 1. */
      msPerExample: z.number().min(0).max(60_000).default(1),
      /** Without a population, each device has a factor of its own between 1 and this (4). */
      slowest: z.number().min(1).max(1_000).optional(),
    })
    .prefault({}),
  baselines: z
    .strictObject({
      /** Epochs that the same model and a linear one are trained for with all data in one place; 0: no baselines. */
      epochs: z.int().min(0).max(1_000).default(3),
      /** Training rows that they see, drawn evenly; left out: all. */
      rows: z.int().min(1).optional(),
    })
    .prefault({}),
})

export const Scenario = Fields.refine(({ population, costs }) => !population || costs.slowest === undefined, {
  path: ['costs', 'slowest'],
  message: 'the classes of the population say how fast devices are: leave it out',
}).refine(({ personalization, holdOut }) => !personalization || holdOut > 0, {
  path: ['holdOut'],
  message: 'models of the clients’ own are judged by rows that they hold out: say which share, such as 0.2',
})
export type Scenario = z.infer<typeof Scenario>
export type ScenarioInput = z.input<typeof Scenario>

/** @throws ScenarioError with every mistake, its path and what would do. */
export const parseScenario = (input: unknown): Scenario => {
  const parsed = Scenario.safeParse(input)
  const both = DataAndModel.safeParse(input)
  const misfit = both.success ? misfitBetween(both.data) : undefined
  if (parsed.success && !misfit) return parsed.data
  const mistakes = parsed.error ? mistakesOf(parsed.error, { schema: Scenario, input }) : []
  throw new ScenarioError(misfit ? [...mistakes, misfit] : mistakes)
}

const DataAndModel = z.looseObject({ dataset: DatasetSpec, model: ModelChoice })
const misfitBetween = ({ dataset, model }: z.infer<typeof DataAndModel>) =>
  misfitOf({ name: dataset.name, isText: isText(dataset) }, model)

/** @throws ScenarioError where the model does not fit the data. */
export const modelOfScenario = ({ model }: Scenario, dataset: Dataset, seed: number): ModelSpec => {
  const { features } = dataset.train
  const { task } = dataset
  const misfit = misfitOf({ name: dataset.name, isText: features.kind === 'windows' }, model)
  if (misfit) throw new ScenarioError([misfit])
  if (features.kind === 'windows' && task.kind === 'classification' && readsText(model))
    return textModel(
      model,
      { context: features.width, ids: features.ids, classes: task.classes.length },
      seed,
    )
  const { width } = features
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
  return model.kind === 'dense' && model.normalized
    ? normalizedLayers(width, model.hidden, ending, seed)
    : denseLayers(width, model.kind === 'dense' ? model.hidden : [], ending, seed)
}

/** The task that the coordinator is given. @throws ScenarioError where its parts do not go together. */
export const taskOfScenario = (scenario: Scenario, dataset: Dataset, seed: number): TaskFile => {
  const model = modelOfScenario(scenario, dataset, seed)
  const { personalization } = scenario
  const [unknown] = personalization?.kind === 'fine-tune' ? unknownLayers(model, personalization) : []
  if (unknown !== undefined)
    throw new ScenarioError([
      {
        path: 'personalization.layers',
        message: `the model has no layer ${unknown} to tune: its tensors are ${model.tensors.map(({ name }) => name).join(', ')}`,
      },
    ])
  const parsed = TaskFile.safeParse({
    id: scenario.name,
    model,
    plan: scenario.plan,
    cohort: scenario.cohort,
    mode: scenario.mode,
    strategy: strategyIn(scenario, seed),
    privacy: scenario.privacy,
    ...(scenario.compression && { compression: scenario.compression }),
    personalization: taskPart(personalization),
    schedule: { kind: scenario.mode.kind === 'buffered' ? 'continuous' : 'manual' },
    stop: { kind: 'completed-rounds', rounds: scenario.rounds },
  })
  if (parsed.success) return parsed.data
  throw new ScenarioError(mistakesOfTask(parsed.error))
}

const strategyIn = ({ strategy }: Scenario, seed: number) => {
  if (strategy.name !== 'fltrust' || typeof strategy.root !== 'number') return strategy
  return { ...strategy, root: identityBy(clientChance(seed, clientName(strategy.root))).clientId }
}
