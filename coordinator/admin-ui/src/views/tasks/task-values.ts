/** What the form of a new task holds, and the task file that it comes to. */
import type { TaskFileInput } from '@tributary/protocols/task'
import { denseModel, smallConvolutional, tensorsOf } from './model-presets.ts'
import { defaultSchedule, type ScheduleValues, scheduleOf, stopOf } from './schedule-values.ts'
import { type StrategyName, strategyOf } from './strategies.ts'

export type TaskValues = ScheduleValues & {
  id: string
  title: string
  model: 'regression' | 'two-layers' | 'dense' | 'convolutional' | 'custom'
  inputs: number
  hidden: string
  outputs: number
  trainer: string
  tensors: string
  initial: 'seeded' | 'import'
  seed: number
  epochs: number
  batchSize: number
  optimizer: 'sgd' | 'adam'
  learningRate: number
  loss: TaskFileInput['plan']['loss']
  proximal: number
  target: number
  quorum: number
  overSelection: number
  selectionSeconds: number
  trainingSeconds: number
  strategy: StrategyName
  parameters: Record<string, number | string>
  privacy: 'sealed' | 'secure-aggregation'
  audience: 'fleet' | 'silo' | 'demo'
  noise: 'none' | 'central' | 'local' | 'distributed'
  epsilon: number
  delta: number
  most: number
  noiseMultiplier: number
  clipNorm: number
}

export const defaultValues = (): TaskValues => ({
  ...defaultSchedule(),
  id: '',
  title: '',
  model: 'two-layers',
  inputs: 784,
  hidden: '200, 200',
  outputs: 10,
  trainer: '',
  tensors: 'kernel: 2, 1\nbias: 1',
  initial: 'seeded',
  seed: 1,
  epochs: 1,
  batchSize: 10,
  optimizer: 'sgd',
  learningRate: 0.05,
  loss: 'softmax-cross-entropy',
  proximal: 0,
  target: 50,
  quorum: 30,
  overSelection: 1.3,
  selectionSeconds: 60,
  trainingSeconds: 600,
  strategy: 'fedavg',
  parameters: {},
  privacy: 'sealed',
  audience: 'fleet',
  noise: 'none',
  epsilon: 8,
  delta: 1e-6,
  most: 10,
  noiseMultiplier: 1,
  clipNorm: 1,
})

/** The file, with fields that are left empty left out: the coordinator names what is missing. */
export const taskFileOf = (values: TaskValues): unknown =>
  withoutBlanks({
    id: values.id,
    ...(values.title !== '' && { title: values.title }),
    model: modelOf(values),
    plan: {
      epochs: values.epochs,
      batchSize: values.batchSize,
      optimizer: { name: values.optimizer, learningRate: values.learningRate },
      loss: values.loss,
      ...(values.proximal !== 0 && { proximal: values.proximal }),
    },
    cohort: {
      target: values.target,
      overSelection: values.overSelection,
      quorum: values.quorum,
      selectionSeconds: values.selectionSeconds,
      trainingSeconds: values.trainingSeconds,
    },
    strategy: strategyOf(values.strategy, values.parameters),
    privacy: privacyOf(values),
    schedule: scheduleOf(values),
    stop: stopOf(values),
  })

const modelOf = (values: TaskValues): TaskFileInput['model'] => {
  const { inputs, outputs } = values
  const initial =
    values.initial === 'import'
      ? ({ kind: 'import' } as const)
      : ({ kind: 'seeded', seed: values.seed } as const)
  switch (values.model) {
    case 'regression':
      return denseModel({ inputs, hidden: [], outputs }, initial)
    case 'two-layers':
      return denseModel({ inputs: 784, hidden: [200, 200], outputs: 10 }, initial)
    case 'dense':
      return denseModel({ inputs, hidden: numbersOf(values.hidden), outputs }, initial)
    case 'convolutional':
      return smallConvolutional(outputs, initial)
    case 'custom':
      return { format: 'custom', trainer: values.trainer, tensors: tensorsOf(values.tensors), initial }
    default: {
      const never: never = values.model
      return never
    }
  }
}

const numbersOf = (text: string): number[] =>
  text
    .split(/[,\s]+/)
    .filter((part) => part !== '')
    .map(Number)

const privacyOf = (values: TaskValues): unknown => {
  const { privacy: mode, audience, noise } = values
  return {
    mode,
    ...(mode === 'secure-aggregation' && { audience }),
    ...(noise !== 'none' && {
      differentialPrivacy: {
        mechanism: noise,
        budget: { epsilon: values.epsilon, delta: values.delta },
        participation: { most: values.most },
        noiseMultiplier: values.noiseMultiplier,
        clipping: { kind: 'fixed', clipNorm: values.clipNorm },
      },
    }),
  }
}

/** An emptied field of numbers is not a number, which no JSON holds. */
const withoutBlanks = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutBlanks)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => !Number.isNaN(each))
      .map(([name, each]) => [name, withoutBlanks(each)]),
  )
}
