/** Models of the field's experiments, as task files have them: tfjs Sequential topologies. */
import { type Initializer, ModelSpec } from '@tributary/protocols/task'

export type LayerSpec = {
  class_name: string
  config: Record<string, string | number | boolean | (number | null)[]>
}
export type Tensors = { name: string; shape: number[]; initializer: Initializer }[]

/** `softmax` for one class of several, `linear` for one number. */
export type Ending = { outputs: number; activation: 'softmax' | 'linear' }

const DIGITS: Ending = { outputs: 10, activation: 'softmax' }

/** Fully connected layers of these many relu units, and an ending; none: (logistic) regression. */
export const denseLayers = (
  input: number,
  hidden: readonly number[],
  ending: Ending,
  seed = 1,
): ModelSpec => {
  const sizes = [input, ...hidden, ending.outputs]
  const layers = sizes
    .slice(1)
    .map((units, i) =>
      dense(
        `dense_${i + 1}`,
        units,
        i < hidden.length ? 'relu' : ending.activation,
        i === 0 ? { batch_input_shape: [null, input] } : {},
      ),
    )
  const tensors = sizes.slice(1).flatMap((units, i) => weights(`dense_${i + 1}`, [sizes[i] ?? 0, units]))
  return specOf(layers, tensors, seed)
}

/**
 * The same, each hidden layer normalized by batch (Ioffe and Szegedy 2015) before its relu. Statistics move by a tenth a step, as PyTorch
 * has it: by the hundredth of Keras they would be far behind after the few steps that a client takes.
 */
export const normalizedLayers = (
  input: number,
  hidden: readonly number[],
  ending: Ending,
  seed = 1,
): ModelSpec => {
  const sizes = [input, ...hidden]
  const last = hidden.length + 1
  const layers = hidden.flatMap((units, i) => [
    dense(`dense_${i + 1}`, units, 'linear', i === 0 ? { batch_input_shape: [null, input] } : {}),
    { class_name: 'BatchNormalization', config: { name: `norm_${i + 1}`, momentum: 0.9 } },
    { class_name: 'Activation', config: { name: `relu_${i + 1}`, activation: 'relu' } },
  ])
  const trained = hidden.flatMap(
    (units, i): Tensors => [
      ...weights(`dense_${i + 1}`, [sizes[i] ?? 0, units]),
      { name: `norm_${i + 1}/gamma`, shape: [units], initializer: 'ones' },
      { name: `norm_${i + 1}/beta`, shape: [units], initializer: 'zeros' },
    ],
  )
  const statistics = hidden.flatMap(
    (units, i): Tensors => [
      { name: `norm_${i + 1}/moving_mean`, shape: [units], initializer: 'zeros' },
      { name: `norm_${i + 1}/moving_variance`, shape: [units], initializer: 'ones' },
    ],
  )
  return specOf(
    [...layers, dense(`dense_${last}`, ending.outputs, ending.activation)],
    [...trained, ...weights(`dense_${last}`, [sizes.at(-1) ?? 0, ending.outputs]), ...statistics],
    seed,
  )
}

/** 784 → 10 */
export const softmaxRegression = (): ModelSpec => denseLayers(784, [], DIGITS)

/** MNIST 2NN of McMahan et al. 2017: 784 → 200 → 200 → 10, 199,210 parameters. */
export const twoLayers = (): ModelSpec => denseLayers(784, [200, 200], DIGITS)

/** Their CNN: two 5 × 5 convolutions of 32 and 64 channels, each pooled, 512 units and softmax; 1,663,370 parameters. */
export const smallConvolutional = (seed = 1): ModelSpec =>
  specOf(
    [
      {
        class_name: 'Reshape',
        config: { name: 'image', target_shape: [28, 28, 1], batch_input_shape: [null, 784] },
      },
      convolution('conv_1', 32),
      { class_name: 'MaxPooling2D', config: { name: 'pool_1', pool_size: [2, 2] } },
      convolution('conv_2', 64),
      { class_name: 'MaxPooling2D', config: { name: 'pool_2', pool_size: [2, 2] } },
      { class_name: 'Flatten', config: { name: 'flatten' } },
      dense('dense_1', 512, 'relu'),
      dense('dense_2', 10, 'softmax'),
    ],
    [
      ...weights('conv_1', [5, 5, 1, 32]),
      ...weights('conv_2', [5, 5, 32, 64]),
      ...weights('dense_1', [3136, 512]),
      ...weights('dense_2', [512, 10]),
    ],
    seed,
  )

export const dense = (
  name: string,
  units: number,
  activation: string,
  first: LayerSpec['config'] = {},
): LayerSpec => ({ class_name: 'Dense', config: { name, units, activation, use_bias: true, ...first } })

const convolution = (name: string, filters: number): LayerSpec => ({
  class_name: 'Conv2D',
  config: { name, filters, kernel_size: [5, 5], padding: 'same', activation: 'relu', use_bias: true },
})

export const weights = (layer: string, shape: number[]): Tensors => [
  { name: `${layer}/kernel`, shape, initializer: 'glorot-uniform' },
  { name: `${layer}/bias`, shape: shape.slice(-1), initializer: 'zeros' },
]

export const specOf = (layers: LayerSpec[], tensors: Tensors, seed: number): ModelSpec =>
  ModelSpec.parse({
    format: 'tfjs-layers',
    topology: { class_name: 'Sequential', config: { name: 'sequential', layers } },
    tensors: tensors.map((tensor) => ({ ...tensor, dtype: 'F32' })),
    initial: { kind: 'seeded', seed },
  })
