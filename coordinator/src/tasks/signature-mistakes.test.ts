import type { TaskFile, TaskFileInput } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { aTask } from '../adapters/contracts/arrange.ts'
import { signatureMistakes } from './signature-mistakes.ts'
import { topologyShapes } from './topology-shapes.ts'

type Model = TaskFileInput['model']
type Signature = NonNullable<Model['signature']>
type Json = Record<string, unknown>

const layer = (class_name: string, config: Json) => ({ class_name, config })
const dense = (units: number, config: Json = {}) =>
  layer('Dense', { name: `dense_${units}`, units, ...config })
const sequential = (...layers: Json[]) => ({ class_name: 'Sequential', config: { name: 's', layers } })
const taking = (shape: (number | null)[]) => ({ batch_input_shape: [null, ...shape] })

const income: Signature = {
  features: [
    { name: 'age', kind: 'number' },
    { name: 'work', kind: 'category', categories: ['state', 'own', '?'] },
  ],
  labels: { name: 'income', kind: 'classes', classes: ['<=50K', '>50K'] },
}
const digits: Signature = {
  features: [{ name: 'digit', kind: 'image', shape: [28, 28, 1] }],
  labels: { name: 'is', kind: 'classes', classes: [...'0123456789'] },
}
const one: Signature['labels'] = { ...income.labels, encoding: 'binary' } as Signature['labels']

const file = (
  signature: Signature | undefined,
  topology: Json,
  loss: TaskFile['plan']['loss'] = 'softmax-cross-entropy',
): TaskFile =>
  aTask('income', {
    file: {
      model: {
        format: 'tfjs-layers',
        topology: topology as never,
        tensors: [{ name: 'w', shape: [4, 2], dtype: 'F32' }],
        initial: { kind: 'seeded', seed: 1 },
        ...(signature && { signature }),
      },
      plan: { epochs: 1, batchSize: 1, optimizer: { name: 'sgd', learningRate: 0.1 }, loss },
    },
  }).file

describe('[T17] a task with a signature', () => {
  test.each<[string, Signature, Json, TaskFile['plan']['loss']?]>([
    ['a dense model', income, sequential(dense(8, taking([4])), dense(2))],
    ['activations behind its last layer', income, sequential(dense(2, taking([4])), layer('Softmax', {}))],
    [
      'one output for two classes',
      { ...income, labels: one },
      sequential(dense(1, taking([4]))),
      'sigmoid-cross-entropy',
    ],
    [
      'images as such',
      digits,
      sequential(layer('Conv2D', taking([28, 28, 1])), layer('Flatten', {}), dense(10)),
    ],
    ['images in a row', digits, sequential(dense(10, taking([784])))],
    ['images of any size', digits, sequential(layer('Conv2D', taking([null, null, 1])), dense(10))],
    ['a topology that it cannot read', income, { class_name: 'Mystery' }],
  ])('is made with %s', (_, signature, topology, loss) => {
    expect(signatureMistakes(file(signature, topology, loss))).toEqual([])
  })

  test.each<[string, Signature, Json, TaskFile['plan']['loss'], string, RegExp]>([
    [
      'another number of values',
      income,
      sequential(dense(2, taking([5]))),
      'softmax-cross-entropy',
      'model.signature.features',
      /they are 4 values an example, and the model’s input is \[5\]/,
    ],
    [
      'channels in front',
      digits,
      sequential(layer('Conv2D', taking([1, 28, 28])), dense(10)),
      'softmax-cross-entropy',
      'model.signature.features',
      /they are \[28,28,1\]/,
    ],
    [
      'another number of classes',
      income,
      sequential(dense(3, taking([4]))),
      'softmax-cross-entropy',
      'model.signature.labels',
      /they need 2 outputs, and the model has 3/,
    ],
    [
      'numbers to learn by classes',
      { ...income, labels: { name: 'y', kind: 'number' } },
      sequential(dense(1, taking([4]))),
      'softmax-cross-entropy',
      'model.signature.labels.kind',
      /choose classes/,
    ],
    [
      'one output under softmax',
      { ...income, labels: one },
      sequential(dense(1, taking([4]))),
      'softmax-cross-entropy',
      'model.signature.labels.encoding',
      /choose class, or/,
    ],
  ])('is refused with %s', (_, signature, topology, loss, path, message) => {
    expect(signatureMistakes(file(signature, topology, loss))).toEqual([
      { path, message: expect.stringMatching(message) },
    ])
    expect(signatureMistakes(file(undefined, topology, loss))).toEqual([])
  })
})

test('shapes are read of functional models too, wrapped as they are saved', () => {
  const topology = {
    modelTopology: {
      model_config: {
        class_name: 'Functional',
        config: {
          layers: [
            dense(7),
            { ...layer('InputLayer', { ...taking([4]), name: 'in' }), name: 'in' },
            dense(3, { name: 'out' }),
          ],
          input_layers: [['in', 0, 0]],
          output_layers: [['out', 0, 0]],
        },
      },
    },
  }
  expect(topologyShapes(topology)).toEqual({ input: [4], outputs: 3 })
})
