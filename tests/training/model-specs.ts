/** The models of McMahan et al. 2017, and logistic regression, as task files have them. */

import { normal, seededRandom } from '@tributary/protocols/runtime'
import { type ModelSpec, ModelSpec as Spec } from '@tributary/protocols/task'

type LayerSpec = { class_name: string; config: Record<string, string | number | boolean | (number | null)[]> }
type Tensors = { name: string; shape: number[]; initializer: 'glorot-uniform' | 'zeros' }[]

/** 784 → 10 */
export const softmaxRegression = (): ModelSpec =>
  specOf([dense('dense_1', 10, 'softmax', { batch_input_shape: [null, 784] })], weights('dense_1', [784, 10]))

/** MNIST 2NN: 784 → 200 → 200 → 10, 199,210 parameters. */
export const twoLayers = (): ModelSpec =>
  specOf(
    [
      dense('dense_1', 200, 'relu', { batch_input_shape: [null, 784] }),
      dense('dense_2', 200, 'relu'),
      dense('dense_3', 10, 'softmax'),
    ],
    [...weights('dense_1', [784, 200]), ...weights('dense_2', [200, 200]), ...weights('dense_3', [200, 10])],
  )

/** Two 5 × 5 convolutions of 32 and 64 channels, each pooled, 512 units and softmax: 1,663,370 parameters. */
export const smallConvolutional = (): ModelSpec =>
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
  )

/** Kernels drawn as Glorot and Bengio have it, biases zero. */
export const startOf = ({ tensors }: ModelSpec): Float32Array => {
  const random = seededRandom('start')
  return Float32Array.from(
    tensors.flatMap(({ shape }) => {
      const size = shape.reduce((a, b) => a * b, 1)
      const out = shape.at(-1) ?? 1
      const spread = shape.length > 1 ? Math.sqrt(2 / (size / out + out)) : 0
      return Array.from({ length: size }, () => spread && spread * normal(random))
    }),
  )
}

const dense = (
  name: string,
  units: number,
  activation: string,
  first: LayerSpec['config'] = {},
): LayerSpec => ({ class_name: 'Dense', config: { name, units, activation, use_bias: true, ...first } })

const convolution = (name: string, filters: number): LayerSpec => ({
  class_name: 'Conv2D',
  config: { name, filters, kernel_size: [5, 5], padding: 'same', activation: 'relu', use_bias: true },
})

const weights = (layer: string, shape: number[]): Tensors => [
  { name: `${layer}/kernel`, shape, initializer: 'glorot-uniform' },
  { name: `${layer}/bias`, shape: shape.slice(-1), initializer: 'zeros' },
]

const specOf = (layers: LayerSpec[], tensors: Tensors): ModelSpec =>
  Spec.parse({
    format: 'tfjs-layers',
    topology: { class_name: 'Sequential', config: { name: 'sequential', layers } },
    tensors: tensors.map((tensor) => ({ ...tensor, dtype: 'F32' })),
    initial: { kind: 'seeded', seed: 1 },
  })
