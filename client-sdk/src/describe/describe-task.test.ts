/** What is told of a task, against what its trainers really take. */

import {
  encodeAssignment,
  ModelSpec,
  manifestOf,
  Plan,
  TaskFile,
  type TaskFileInput,
} from '@tributary/protocols/task'
import { safetensorsBytes, totalElements } from '@tributary/protocols/tensors'
import { describe, expect, test } from 'vitest'
import { createBody } from '../training/compact/body.ts'
import { outlineOf } from '../training/compact/outline.ts'
import { sequentialSpec } from '../training/compact/sequential-spec.ts'
import { instantiateTraining } from '../training/compact/training-module.ts'
import { trainingSteps } from '../training/compact/training-steps.ts'
import { describeLinearModel } from '../training/linear/linear-trainer.ts'
import { denseModel } from '../training/tfjs-trainer.builders.ts'
import { describeTask, descriptionText, TaskMistakesError } from './index.ts'

const layer = (class_name: string, name: string, config: object = {}) => ({
  class_name,
  config: { name, ...config },
})
const tensor = (name: string, ...shape: number[]) => ({ name, shape, dtype: 'F32' as const })

/** McMahan's network for digits, smaller. */
const convolutional = (): ModelSpec =>
  ModelSpec.parse({
    format: 'tfjs-layers',
    topology: {
      class_name: 'Sequential',
      config: {
        layers: [
          layer('Conv2D', 'conv_1', {
            filters: 16,
            kernel_size: [5, 5],
            padding: 'same',
            activation: 'relu',
            batch_input_shape: [null, 28, 28, 1],
          }),
          layer('MaxPooling2D', 'pool_1', { pool_size: [2, 2] }),
          layer('Conv2D', 'conv_2', { filters: 32, kernel_size: [3, 3], activation: 'relu' }),
          layer('MaxPooling2D', 'pool_2', { pool_size: [2, 2] }),
          layer('Flatten', 'flatten'),
          layer('Dense', 'head', { units: 10, activation: 'softmax' }),
        ],
      },
    },
    tensors: [
      tensor('conv_1/kernel', 5, 5, 1, 16),
      tensor('conv_1/bias', 16),
      tensor('conv_2/kernel', 3, 3, 16, 32),
      tensor('conv_2/bias', 32),
      tensor('head/kernel', 1152, 10),
      tensor('head/bias', 10),
    ],
    initial: { kind: 'seeded', seed: 1 },
  })

const aFile = (model: ModelSpec, more: Partial<TaskFileInput> = {}): TaskFileInput => ({
  id: 'described',
  model,
  plan: {
    epochs: 1,
    batchSize: 32,
    optimizer: { name: 'adam', learningRate: 0.01 },
    loss: 'softmax-cross-entropy',
  },
  cohort: { target: 10, quorum: 8 },
  ...more,
})

describe('a description', () => {
  test('has each layer with its shape and its parameters', () => {
    const { layers, parameters, inputShape } = describeTask(aFile(convolutional()))
    expect(inputShape).toEqual([28, 28, 1])
    expect(
      layers.map(({ name, kind, outputShape, parameters: count }) => [name, kind, outputShape, count]),
    ).toEqual([
      ['conv_1', 'Conv2D', [28, 28, 16], 416],
      ['pool_1', 'MaxPooling2D', [14, 14, 16], 0],
      ['conv_2', 'Conv2D', [12, 12, 32], 4_640],
      ['pool_2', 'MaxPooling2D', [6, 6, 32], 0],
      ['flatten', 'Flatten', [1152], 0],
      ['head', 'Dense', [10], 11_530],
    ])
    expect(parameters).toEqual({ trained: 16_586, frozen: 0 })
  })

  test('tells frozen layers apart: downloaded once, in no round', () => {
    const whole = denseModel([20, 30, 4])
    const [kernel, bias, ...head] = whole.tensors
    const frozen = {
      weights: { digest: `sha256:${'0'.repeat(64)}`, bytes: 2_600 },
      tensors: [kernel, bias].map((one) => tensor(one?.name ?? '', ...(one?.shape ?? []))),
    }
    const { traffic, layers, parameters } = describeTask(
      aFile(ModelSpec.parse({ ...whole, tensors: head, frozen })),
    )
    expect(layers.map(({ name, frozen: is }) => [name, is])).toEqual([
      ['dense_1', true],
      ['dense_2', false],
    ])
    expect(parameters).toEqual({ trained: 124, frozen: 630 })
    expect(traffic.once.frozen).toBe(2_600)
    expect(traffic.down.weights).toBe(safetensorsBytes(head.map(({ name, shape }) => tensor(name, ...shape))))
    expect(traffic.up.sealed).toBeLessThan(1_000)
  })

  test('has the bytes of an update as it is sent: plain, compressed, masked', () => {
    const model = convolutional()
    const up = (more: Partial<TaskFileInput>) => describeTask(aFile(model, more)).traffic.up
    const plain = up({})
    const compressed = up({ compression: { bits: 8 } })
    const secure = { mode: 'secure-aggregation', audience: 'demo', maxExamples: 100 } as const
    const masked = up({ privacy: secure })
    expect([plain.form, compressed.form, masked.form]).toEqual(['plain', 'compressed', 'masked'])
    expect(plain.sealed).toBeGreaterThan(4 * 16_586)
    expect(compressed.sealed).toBeLessThan(plain.sealed / 3.5)
    // Packed: fewer than four bytes a value.
    expect(masked.sealed).toBeLessThan(plain.sealed)
  })

  test('of an assignment is that of its task file', () => {
    const { model, plan } = TaskFile.parse(aFile(convolutional()))
    expect(describeTask({ model, plan })).toEqual(describeTask(aFile(model)))
    expect(describeTask({ model, plan }).traffic.once.assignment).toBe(
      encodeAssignment({ model, plan }).length,
    )
  })

  test('says what it does not know: shapes of models without a sequence, and what they keep', () => {
    const { layers, memory, activations } = describeTask(
      aFile(describeLinearModel({ inputs: 4, outputs: 3 })),
    )
    expect(layers).toEqual([
      expect.objectContaining({
        name: 'linear',
        kind: null,
        outputShape: null,
        parameters: 15,
        frozen: false,
      }),
    ])
    expect([activations, memory.activations]).toEqual([null, null])
    const odd = convolutional()
    if (odd.format !== 'tfjs-layers') throw new Error('it has a topology')
    const topology = JSON.parse(JSON.stringify(odd.topology).replace('"MaxPooling2D"', '"Mystery"'))
    expect(describeTask(aFile({ ...odd, topology })).layers.map(({ outputShape }) => outputShape)).toEqual([
      [28, 28, 16],
      null,
      null,
      null,
      null,
      null,
    ])
  })

  test('is printed as a table that no name can break', () => {
    const model = convolutional()
    const tensors = model.tensors.map((one) => ({ ...one, name: one.name.replace('head', 'head\u{1b}[2J') }))
    expect(() => describeTask(aFile({ ...model, tensors }))).toThrow(TaskMistakesError)
    if (model.format !== 'tfjs-layers') throw new Error('it has a topology')
    const topology = JSON.parse(JSON.stringify(model.topology).replace('"pool_1"', '"pool\\u001b[2J\\n"'))
    const text = descriptionText(describeTask(aFile({ ...model, topology })))
    expect(text).not.toContain('\u{1b}')
    expect(text.split('\n').slice(0, 4)).toEqual([
      'LAYER      KIND          GIVES       PARAMETERS',
      'conv_1     Conv2D        [28,28,16]         416  trained',
      'pool\uFFFD[2J\uFFFD  MaxPooling2D  [14,14,16]           0',
      'conv_2     Conv2D        [12,12,32]       4,640  trained',
    ])
    expect(text).toContain('up, a round')
  })

  test.each([
    ['no task at all', null, ''],
    ['a plan without a loss', { ...aFile(convolutional()), plan: { epochs: 1 } }, 'plan.batchSize'],
    [
      'a tensor of no shape',
      { ...aFile(convolutional()), model: { ...convolutional(), tensors: [{ name: 'w' }] } },
      'model.tensors[0].shape',
    ],
  ])('of %s is refused with the path', (_, task, path) => {
    const error = (() => {
      try {
        return describeTask(task)
      } catch (caught) {
        return caught
      }
    })()
    if (!(error instanceof TaskMistakesError)) throw error
    expect(error.mistakes.map((mistake) => mistake.path)).toContain(path)
  })
})

/** Memory of the compact trainer's module: weights, gradients, optimizer, activations, and what it works in. */
test.each([
  ['two dense layers', denseModel([784, 200, 200, 10]), 10],
  ['two dense layers by big batches', denseModel([784, 200, 200, 10]), 500],
  ['a convolutional network', convolutional(), 32],
] as const)(
  'the memory told of %s is what training takes, within a factor of two',
  async (name, model, batchSize) => {
    if (model.format !== 'tfjs-layers') throw new Error('it has a topology')
    const plan = Plan.parse({ ...aFile(model).plan, batchSize })
    const kernels = await instantiateTraining()
    const outline = outlineOf(sequentialSpec(model.topology, plan.loss))
    const body = createBody(kernels, outline, plan.loss, totalElements(manifestOf(model)))
    const empty = kernels.memory.buffer.byteLength
    const weights = new Float32Array(totalElements(manifestOf(model))).fill(0.01)
    const examples = {
      inputs: new Float32Array(784 * batchSize).fill(0.5),
      targets: new Uint8Array(batchSize),
    }
    for (const _ of trainingSteps(body, { weights, examples, plan, seed: 1 }));
    const measured = kernels.memory.buffer.byteLength - empty
    const { memory } = describeTask(aFile(model, { plan }))
    const told = memory.total - memory.around
    process.stdout.write(
      `${name}: ${(told / 1e6).toFixed(2)} MB told, ${(measured / 1e6).toFixed(2)} MB taken\n`,
    )
    expect(measured / told).toBeGreaterThan(1 / 2)
    expect(measured / told).toBeLessThan(2)
  },
)
