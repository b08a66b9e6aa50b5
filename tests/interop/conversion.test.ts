/** Models of PyTorch and of Keras, brought over by the programs of docs/guides/convert-models.md: what they answer there, our trainers answer. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createCompactTrainer } from '@tributary/client-sdk/compact'
import { createTfjsTrainer } from '@tributary/client-sdk/tfjs'
import { ModelSpec, manifestOf, Plan } from '@tributary/protocols/task'
import { arrangeTensors, decodeSafetensors } from '@tributary/protocols/tensors'
import { expect, test } from 'vitest'
import * as z from 'zod'

const numbers = z.array(z.number()).transform((values) => Float32Array.from(values))
const network = z.strictObject({
  weights: z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64'))),
  inputs: numbers,
  outputs: numbers,
})
const Networks = z.strictObject({
  torch: z.string(),
  networks: z.strictObject({ dense: network, images: network, text: network }),
})
const kerasNetwork = network.extend({ model: ModelSpec })
const KerasNetworks = z.strictObject({
  keras: z.string(),
  networks: z.strictObject({ images: kerasNetwork, text: kerasNetwork }),
})
type Network = z.infer<typeof network>
type Name = keyof z.infer<typeof Networks>['networks']

const path = (relative: string) => new URL(relative, import.meta.url)
const read = (file: string): unknown => JSON.parse(readFileSync(path(`../vectors/${file}`), 'utf8'))
const vectors = Networks.parse(read('pytorch.json'))
const ofKeras = KerasNetworks.parse(read('keras.json'))

const layer = (class_name: string, name: string, config: object = {}) => ({
  class_name,
  config: { name, ...config },
})
const tensor = (name: string, ...shape: number[]) => ({ name, shape, dtype: 'F32' as const })
const normalization = (name: string, width: number) => ({
  trained: [tensor(`${name}/gamma`, width), tensor(`${name}/beta`, width)],
  statistics: [tensor(`${name}/moving_mean`, width), tensor(`${name}/moving_variance`, width)],
})
const both = (name: string, ...kernel: number[]) => [
  tensor(`${name}/kernel`, ...kernel),
  tensor(`${name}/bias`, ...kernel.slice(-1)),
]
const model = (layers: object[], tensors: object[]): ModelSpec =>
  ModelSpec.parse({
    format: 'tfjs-layers',
    topology: { class_name: 'Sequential', config: { name: 'converted', layers } },
    tensors,
    initial: { kind: 'import' },
  })
const norm = normalization('norm', 7)
const imageNorm = normalization('norm', 4)

/** The same networks as the task file has them. */
const MODELS: Record<Name, ModelSpec> = {
  dense: model(
    [
      layer('Dense', 'dense_1', { units: 7, batch_input_shape: [null, 5] }),
      layer('BatchNormalization', 'norm', { epsilon: 1e-3 }),
      layer('Activation', 'relu', { activation: 'relu' }),
      layer('Dense', 'dense_2', { units: 3, activation: 'softmax' }),
    ],
    [...both('dense_1', 5, 7), ...norm.trained, ...both('dense_2', 7, 3), ...norm.statistics],
  ),
  images: model(
    [
      layer('Conv2D', 'conv_1', {
        filters: 4,
        kernel_size: [3, 3],
        padding: 'same',
        activation: 'relu',
        batch_input_shape: [null, 8, 8, 2],
      }),
      layer('MaxPooling2D', 'pool', { pool_size: [2, 2] }),
      layer('BatchNormalization', 'norm', { epsilon: 1e-3 }),
      layer('Conv2D', 'conv_2', { filters: 5, kernel_size: [3, 3], activation: 'relu' }),
      layer('Flatten', 'flatten'),
      layer('Dense', 'head', { units: 3, activation: 'softmax' }),
    ],
    [
      ...both('conv_1', 3, 3, 2, 4),
      ...imageNorm.trained,
      ...both('conv_2', 3, 3, 4, 5),
      ...both('head', 20, 3),
      ...imageNorm.statistics,
    ],
  ),
  text: model(
    [
      layer('Embedding', 'embedding', { input_dim: 11, output_dim: 6, batch_input_shape: [null, 9] }),
      layer('LSTM', 'lstm', {
        units: 5,
        activation: 'tanh',
        recurrent_activation: 'sigmoid',
        recurrent_initializer: 'glorotUniform',
      }),
      layer('Dense', 'head', { units: 3, activation: 'softmax' }),
    ],
    [
      tensor('embedding/embeddings', 11, 6),
      tensor('lstm/kernel', 6, 20),
      tensor('lstm/recurrent_kernel', 5, 20),
      tensor('lstm/bias', 20),
      ...both('head', 5, 3),
    ],
  ),
}

const plan = Plan.parse({
  epochs: 1,
  batchSize: 1,
  optimizer: { name: 'sgd', learningRate: 1 },
  loss: 'softmax-cross-entropy',
})
const examples = { inputs: new Float32Array(), targets: new Uint8Array() }

const answersAlike = async (model: ModelSpec, { weights: file, inputs, outputs }: Network) => {
  const fitted = arrangeTensors(manifestOf(model), decodeSafetensors(file))
  if ('difference' in fitted) throw new Error(fitted.difference.problem)
  const tfjs = createTfjsTrainer({ examples, backend: { prefer: ['cpu'], log: () => {} } })
  for (const trainer of [createCompactTrainer({ examples }), tfjs]) {
    const given = { assignment: { model, plan }, weights: fitted.arranged }
    const answers = await trainer.predict(given, inputs)
    expect(answers.length).toBe(outputs.length)
    for (const [i, answer] of answers.entries())
      expect(Math.abs(answer - (outputs[i] ?? Number.NaN))).toBeLessThan(1e-5)
  }
  tfjs.dispose()
}

test.each(['dense', 'images', 'text'] as const)(
  'the network of PyTorch called %s answers as it did, in both trainers, to 1e-5',
  (name) => answersAlike(MODELS[name], vectors.networks[name]),
)

test.each(['images', 'text'] as const)(
  'the network of Keras called %s, its topology too, answers as it did, in both trainers, to 1e-5',
  (name) => answersAlike(ofKeras.networks[name].model, ofKeras.networks[name]),
)

const torch = process.env.TRIBUTARY_TORCH_PYTHON

test.skipIf(torch === undefined)(
  'PyTorch itself still says what is written down of it (TRIBUTARY_TORCH_PYTHON)',
  () => {
    const printed = execFileSync(torch ?? '', [path('./conversion.py').pathname], { encoding: 'utf8' })
    const { networks } = Networks.parse(JSON.parse(printed))
    for (const name of ['dense', 'images', 'text'] as const) {
      expect(networks[name].weights).toEqual(vectors.networks[name].weights)
      for (const [i, value] of networks[name].outputs.entries())
        expect(value).toBeCloseTo(vectors.networks[name].outputs[i] ?? Number.NaN, 5)
    }
  },
)
