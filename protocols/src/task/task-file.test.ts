import { describe, expect, test } from 'vitest'
import { mistakesOf } from '../rest/mistakes.ts'
import { TaskFile, type TaskFileInput } from './task-file.ts'

describe('a task file', () => {
  test('may leave out everything that has a default', () => {
    expect(TaskFile.parse(aTaskFile())).toEqual({
      id: 'digits',
      model: {
        format: 'custom',
        trainer: 'linear',
        config: null,
        tensors: [{ name: 'w', shape: [2, 3], dtype: 'F32', initializer: 'zeros' }],
        initial: { kind: 'seeded', seed: 1 },
      },
      plan: {
        epochs: 1,
        batchSize: 10,
        optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0 },
        loss: 'softmax-cross-entropy',
        proximal: 0,
      },
      cohort: { target: 10, overSelection: 1.3, quorum: 8, selectionSeconds: 60, trainingSeconds: 600 },
      mode: { kind: 'synchronous' },
      strategy: { name: 'fedavg', serverLearningRate: 1 },
      privacy: { mode: 'sealed' },
      schedule: { kind: 'manual' },
      stop: { kind: 'never' },
    })
  })

  test('with more parameters than are drawn from a seed is told to import them', () => {
    const tensors = [{ name: 'w', shape: [2 ** 14, 2 ** 13], dtype: 'F32' as const }]
    const { model } = aTaskFile()
    expect(mistakesIn({ ...aTaskFile(), model: { ...model, tensors } })).toEqual([
      expect.objectContaining({ path: 'model.initial', message: expect.stringContaining('choose import') }),
    ])
    const imported = { ...model, tensors, initial: { kind: 'import' as const } }
    expect(TaskFile.safeParse({ ...aTaskFile(), model: imported }).success).toBe(true)
  })

  test('as it was read reads again as the same', () => {
    const read = TaskFile.parse(aTaskFile())
    expect(TaskFile.parse(JSON.parse(JSON.stringify(read)))).toEqual(read)
  })

  test('with several mistakes is refused with all of them, each at its path', () => {
    const file = {
      ...aTaskFile(),
      id: 'Digits!',
      plan: { ...aTaskFile().plan, epochs: 0, loss: 'hinge', momentum: 0.9 },
      cohort: { target: 2.5, quorum: 1, trainingSeconds: -5 },
      schedule: { kind: 'cron', expression: '* *' },
      stop: { kind: 'completed-rounds' },
      strategy: { name: 'fedmagic' },
    }
    expect(mistakesIn(file).map(({ path }) => path)).toEqual([
      'id',
      'plan.epochs',
      'plan.loss',
      'plan.momentum',
      'cohort.target',
      'cohort.trainingSeconds',
      'strategy.name',
      'schedule.expression',
      'stop.rounds',
    ])
  })

  test('with a quorum above its target is told why that cannot be', () => {
    expect(mistakesIn({ ...aTaskFile(), cohort: { target: 3, quorum: 4 } })).toEqual([
      {
        path: 'cohort.quorum',
        message: 'quorum must not exceed target: a round aggregates as soon as target is met',
      },
    ])
  })

  test('names the tensor at fault by its place', () => {
    const tensor = { name: 'w', shape: [2], dtype: 'F32' as const }
    expect(mistakesIn(withTensors([tensor, { ...tensor, shape: [3] }]))).toEqual([
      { path: 'model.tensors[1].name', message: 'two tensors are named w' },
    ])
    expect(mistakesIn(withTensors([tensor, { name: 'b', shape: [2], dtype: 'I32' }]))).toEqual([
      { path: 'model.tensors[1].dtype', message: 'a model’s tensors are F32' },
    ])
    expect(mistakesIn(withTensors([{ name: 'big', shape: [2 ** 20, 2 ** 11], dtype: 'F32' }]))).toEqual([
      { path: 'model.tensors', message: 'the tensors hold more than 1073741824 elements together' },
    ])
    expect(mistakesIn(withTensors([{ ...tensor, name: '__metadata__' }]))).toEqual([
      { path: 'model.tensors[0].name', message: 'safetensors keeps the name __metadata__ for itself' },
    ])
    expect(mistakesIn(withTensors([])).map(({ path }) => path)).toEqual(['model.tensors'])
  })
})

const aTaskFile = (): TaskFileInput => ({
  id: 'digits',
  model: {
    format: 'custom',
    trainer: 'linear',
    tensors: [{ name: 'w', shape: [2, 3], dtype: 'F32' }],
    initial: { kind: 'seeded', seed: 1 },
  },
  plan: {
    epochs: 1,
    batchSize: 10,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss: 'softmax-cross-entropy',
  },
  cohort: { target: 10, quorum: 8 },
})

const withTensors = (tensors: unknown[]) => ({ ...aTaskFile(), model: { ...aTaskFile().model, tensors } })

const mistakesIn = (file: unknown) => {
  const { error } = TaskFile.safeParse(file)
  return error ? mistakesOf(error) : []
}
