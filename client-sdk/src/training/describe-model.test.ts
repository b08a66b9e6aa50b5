import * as tf from '@tensorflow/tfjs-core'
import * as tfLayers from '@tensorflow/tfjs-layers'
import { manifestOf, TaskFile } from '@tributary/protocols/task'
import { decodeSafetensors } from '@tributary/protocols/tensors'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { aJob, aPlan } from './tfjs-trainer.builders.ts'
import { createTfjsEngine, createTfjsTrainer, describeTfjsModel, encodeTfjsWeights } from './tfjs-trainer.ts'

const engine = createTfjsEngine({ prefer: ['wasm'], log: () => undefined })
const { dense, batchNormalization, dropout, embedding, flatten, conv2d, lstm } = tfLayers.layers
const built: tfLayers.LayersModel[] = []
beforeAll(async () => void (await engine.backend()))
afterEach(() => {
  for (const model of built.splice(0)) model.dispose()
  engine.dispose()
})
const sequential = (layers: tfLayers.layers.Layer[]) => {
  const model = tfLayers.sequential({ layers: layers as never })
  built.push(model)
  return model
}

test('gives a task file’s model, whose tensors are the weights in their order', () => {
  const model = sequential([
    dense({ units: 4, inputShape: [3], activation: 'relu', kernelInitializer: 'heNormal' }),
    batchNormalization(),
    dense({ units: 2, activation: 'softmax', biasInitializer: 'ones' }),
  ])
  const spec = describeTfjsModel(model, { kind: 'seeded', seed: 5 })
  expect(spec.initial).toEqual({ kind: 'seeded', seed: 5 })
  expect(spec.tensors.map(({ name }) => name)).toEqual(model.weights.map(({ originalName }) => originalName))
  expect(
    spec.tensors.map(({ name, shape, initializer }) => [name.split('/')[1], shape, initializer]),
  ).toEqual([
    ['kernel', [3, 4], 'he-normal'],
    ['bias', [4], 'zeros'],
    ['gamma', [4], 'ones'],
    ['beta', [4], 'zeros'],
    ['kernel', [4, 2], 'glorot-uniform'],
    ['bias', [2], 'ones'],
    ['moving_mean', [4], 'zeros'],
    ['moving_variance', [4], 'ones'],
  ])
  const file = { id: 'mine', model: spec, plan: aPlan(), cohort: { target: 2, quorum: 1 } }
  expect(TaskFile.parse(JSON.parse(JSON.stringify(file))).model).toEqual(spec)
})

test('an LSTM whose forget gates begin open has the bias that opens them', () => {
  const memory = (unitForgetBias: boolean) =>
    sequential([
      lstm({ units: 2, inputShape: [3, 4], unitForgetBias, recurrentInitializer: 'glorotUniform' }),
    ])
  const bias = (opened: boolean) =>
    describeTfjsModel(memory(opened)).tensors.find(({ name }) => name.endsWith('bias'))
  expect(bias(true)).toMatchObject({ shape: [8], initializer: 'unit-forget-bias' })
  expect(bias(false)).toMatchObject({ shape: [8], initializer: 'zeros' })
})

test('an initializer that coordinators do not know needs an import', () => {
  const model = sequential([
    embedding({ inputDim: 5, outputDim: 2, inputLength: 3 }),
    flatten(),
    dense({ units: 1 }),
  ])
  expect(() => describeTfjsModel(model)).toThrow(
    expect.objectContaining({ code: 'unsupported-model', message: expect.stringContaining('embeddings') }),
  )
  expect(describeTfjsModel(model, { kind: 'import' }).initial).toEqual({ kind: 'import' })
})

test('weights travel as the safetensors of the described tensors', async () => {
  const model = sequential([dense({ units: 2, inputShape: [3] })])
  const spec = describeTfjsModel(model)
  const file = decodeSafetensors(await encodeTfjsWeights(model))
  expect(file.tensors).toEqual(manifestOf(spec))
  expect([...file.values.subarray(0, 6)]).toEqual([...(model.weights[0]?.read().dataSync() ?? [])])
})

test('the trainer answers as the described model itself, all kinds of layers included', async () => {
  const model = sequential([
    conv2d({ filters: 3, kernelSize: 2, inputShape: [5, 5, 1], activation: 'relu' }),
    batchNormalization(),
    dropout({ rate: 0.5 }),
    flatten(),
    dense({ units: 4, activation: 'softmax' }),
  ])
  const weights = decodeSafetensors(await encodeTfjsWeights(model)).values
  const inputs = Float32Array.from({ length: 50 }, (_, i) => Math.sin(i))
  const expected = tf.tidy(() => (model.predict(tf.tensor4d(inputs, [2, 5, 5, 1])) as tf.Tensor).dataSync())
  const trainer = createTfjsTrainer({ examples: { inputs, targets: new Int32Array([0, 1]) }, engine })
  const assignment = { model: describeTfjsModel(model), plan: aPlan({ epochs: 30 }) }
  const predicted = await trainer.predict({ assignment, weights }, inputs)
  expect([...predicted]).toEqual([...expected].map((value) => expect.closeTo(value, 5)))

  const before = await trainer.evaluate({ assignment, weights })
  const result = await trainer.train(aJob(assignment, { weights }))
  const after = await trainer.evaluate({ assignment, weights: result.weights })
  expect(after.metrics.loss).toBeLessThan(before.metrics.loss ?? 0)
  // The averages that batch normalization keeps move as well, and belong to the update.
  const mean = manifestOf(assignment.model).findIndex(({ name }) => name.endsWith('moving_mean'))
  expect(mean).toBeGreaterThan(0)
  expect(result.weights.subarray(-6)).not.toEqual(weights.subarray(-6))
})

test('a functional model is one too', async () => {
  const input = tfLayers.input({ shape: [3] })
  const hidden = dense({ units: 4, activation: 'relu' }).apply(input) as tfLayers.SymbolicTensor
  const output = dense({ units: 2, activation: 'softmax' }).apply(hidden) as tfLayers.SymbolicTensor
  const model = tfLayers.model({ inputs: input, outputs: output })
  built.push(model)
  const weights = decodeSafetensors(await encodeTfjsWeights(model)).values
  const inputs = new Float32Array([1, 2, 3])
  const expected = tf.tidy(() => (model.predict(tf.tensor2d(inputs, [1, 3])) as tf.Tensor).dataSync())
  const trainer = createTfjsTrainer({ examples: { inputs, targets: new Int32Array([0]) }, engine })
  const predicted = await trainer.predict(
    { assignment: { model: describeTfjsModel(model), plan: aPlan() }, weights },
    inputs,
  )
  expect([...predicted]).toEqual([...expected].map((value) => expect.closeTo(value, 5)))
})
