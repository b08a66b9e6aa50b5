/** From a sequential tfjs topology to the layers of the compact backend. */
import type { Loss } from '@tributary/protocols/task'
import * as z from 'zod/mini'
import { TributaryError } from '../../tributary-error.ts'
import { innerOf, type JsonObject, type OutputActivation, prepareTopology } from '../topology.ts'
import type { LayerSpec, Pair, Penalty, Weighted } from './layer-specs.ts'

export type SequentialSpec = {
  /** Of one example. */
  inputShape: readonly number[]
  layers: readonly LayerSpec[]
  /** What turns the logits, which the layers give, into what the model predicts. */
  output: OutputActivation
}

/** @throws TributaryError `unsupported-model`, which names the layer and the trainer that has it. */
export const sequentialSpec = (topology: JsonObject, loss: Loss): SequentialSpec => {
  const prepared = prepareTopology(topology, loss)
  const parsed = Topology.safeParse(innerOf(prepared.topology))
  if (!parsed.success) throw unsupported('its topology is not that of a tfjs Sequential model')
  const { config } = parsed.data
  const layers = Array.isArray(config) ? config : config.layers
  const [first] = layers
  const shape = first?.config.batch_input_shape?.slice(1)
  if (!shape) throw unsupported('its first layer has no batch_input_shape')
  const inputShape = shape.map((size) => {
    if (size === null) throw unsupported(`its input has no fixed shape: [${shape}]`)
    return size
  })
  return { inputShape, layers: layers.flatMap((layer) => specOf(layer)), output: prepared.activation }
}

export const unsupported = (problem: string): TributaryError =>
  new TributaryError({
    code: 'unsupported-model',
    problem: `this model cannot be trained by the compact trainer: ${problem}`,
    remedy: 'Train it with createTfjsTrainer of @tributary/client-sdk/tfjs, which has all layers of tfjs',
  })

const RawLayer = z.looseObject({
  class_name: z.string(),
  config: z.looseObject({
    name: z._default(z.string(), ''),
    batch_input_shape: z.optional(z.array(z.nullable(z.int())).check(z.minLength(1))),
  }),
})
type RawLayer = z.infer<typeof RawLayer>
const Layers = z.array(RawLayer).check(z.minLength(1))
const Topology = z.looseObject({
  class_name: z.literal('Sequential'),
  config: z.union([z.looseObject({ layers: Layers }), Layers]),
})

const size = z.int().check(z.positive())
const pair = z.pipe(
  z.union([size, z.array(size).check(z.length(2)), z.array(size).check(z.length(1))]),
  z.transform((value): Pair => {
    const [down = 1, across = down] = typeof value === 'number' ? [value] : value
    return [down, across]
  }),
)
const word = z.pipe(
  z.string(),
  z.transform((text) => text.replaceAll('_', '').toLowerCase()),
)
const none = z.optional(z.null())
const activation = z.pipe(
  z.nullish(z.pipe(word, z.enum(['linear', 'relu', 'sigmoid', 'tanh', 'softmax']))),
  z.transform((value) => value ?? 'linear'),
)
const padding = z._default(z.pipe(word, z.enum(['valid', 'same'])), 'valid')
const channelsLast = z.nullish(z.pipe(word, z.literal('channelslast')))
const penalty = z.pipe(
  z.nullish(
    z.looseObject({
      class_name: z.literal(['L1L2', 'l1l2']),
      config: z.looseObject({ l1: z._default(z.number(), 0), l2: z._default(z.number(), 0) }),
    }),
  ),
  z.transform((value): Penalty => ({ l1: value?.config.l1 ?? 0, l2: value?.config.l2 ?? 0 })),
)

const trainable = z._default(z.boolean(), true)
const weighted = {
  use_bias: z._default(z.boolean(), true),
  activation,
  kernel_regularizer: penalty,
  bias_regularizer: penalty,
  kernel_constraint: none,
  bias_constraint: none,
  trainable,
}
const Dense = z.looseObject({ units: size, ...weighted })
const Conv2d = z.looseObject({
  filters: size,
  kernel_size: pair,
  strides: z._default(pair, [1, 1]),
  padding,
  data_format: channelsLast,
  dilation_rate: z
    ._default(pair, [1, 1])
    .check(z.refine(([down, across]) => down === 1 && across === 1, 'dilated')),
  ...weighted,
})
const MaxPooling = z.looseObject({
  pool_size: z._default(pair, [2, 2]),
  strides: z.nullish(pair),
  padding,
  data_format: channelsLast,
})
const Embedding = z.looseObject({
  input_dim: size,
  output_dim: size,
  mask_zero: z.nullish(z.literal(false)),
  embeddings_regularizer: penalty,
  embeddings_constraint: none,
  trainable,
})
const never = z.nullish(z.literal(false))
/** tfjs forgets the penalties of recurrent layers: a model that asks for them would be another there than here. */
const Lstm = z.looseObject({
  units: size,
  activation: z._default(z.pipe(word, z.literal('tanh')), 'tanh'),
  recurrent_activation: z._default(z.pipe(word, z.enum(['sigmoid', 'hardsigmoid'])), 'hardsigmoid'),
  use_bias: z._default(z.boolean(), true),
  kernel_regularizer: none,
  recurrent_regularizer: none,
  bias_regularizer: none,
  activity_regularizer: none,
  kernel_constraint: none,
  recurrent_constraint: none,
  bias_constraint: none,
  dropout: z.nullish(z.literal(0)),
  recurrent_dropout: z.nullish(z.literal(0)),
  return_sequences: z._default(z.boolean(), false),
  return_state: never,
  go_backwards: never,
  stateful: never,
  time_major: never,
  trainable,
})
const BatchNormalization = z.looseObject({
  axis: z.pipe(
    z._default(z.union([z.int(), z.array(z.int()).check(z.length(1))]), -1),
    z.transform((axis) => (typeof axis === 'number' ? axis : (axis[0] ?? -1))),
  ),
  momentum: z._default(z.number().check(z.minimum(0), z.maximum(1)), 0.99),
  epsilon: z._default(z.number().check(z.positive()), 1e-3),
  center: z._default(z.literal(true), true),
  scale: z._default(z.literal(true), true),
  gamma_regularizer: penalty,
  beta_regularizer: penalty,
  gamma_constraint: none,
  beta_constraint: none,
  trainable,
})
const Dropout = z.looseObject({ rate: z.number().check(z.minimum(0)), noise_shape: none })
const ActivationLayer = z.looseObject({ activation })
const Softmax = z.looseObject({ axis: z.nullish(z.literal(-1)) })
const Relu = z.looseObject({ max_value: none })
const Reshape = z.looseObject({ target_shape: z.array(size) })
const Flatten = z.looseObject({ data_format: channelsLast })

const specOf = (layer: RawLayer): LayerSpec[] => {
  const { name } = layer.config
  switch (layer.class_name) {
    case 'InputLayer':
      return []
    case 'Dense': {
      const config = read(Dense, layer)
      return [{ kind: 'dense', name, units: config.units, ...weightedOf(config) }]
    }
    case 'Conv2D': {
      const { filters, kernel_size, strides, padding: pad, ...config } = read(Conv2d, layer)
      const shape = { kernel: kernel_size, strides, padding: pad }
      return [{ kind: 'conv2d', name, filters, ...shape, ...weightedOf(config) }]
    }
    case 'MaxPooling2D': {
      const { pool_size: window, strides, padding: pad } = read(MaxPooling, layer)
      return [{ kind: 'max-pooling', name, window, strides: strides ?? window, padding: pad }]
    }
    case 'Embedding': {
      const config = read(Embedding, layer)
      const { input_dim: entries, output_dim: width, embeddings_regularizer } = config
      const kept = { penalty: embeddings_regularizer, trainable: config.trainable }
      return [{ kind: 'embedding', name, entries, width, ...kept }]
    }
    case 'LSTM': {
      const config = read(Lstm, layer)
      const { units, use_bias: bias, return_sequences: sequences, recurrent_activation } = config
      const gates = recurrent_activation === 'sigmoid' ? 'sigmoid' : 'hard-sigmoid'
      return [{ kind: 'lstm', name, units, gates, sequences, bias, trainable: config.trainable }]
    }
    case 'BatchNormalization': {
      const { axis, momentum, epsilon, ...config } = read(BatchNormalization, layer)
      const penalties = { gammaPenalty: config.gamma_regularizer, betaPenalty: config.beta_regularizer }
      const { trainable: isTrained } = config
      return [
        { kind: 'batch-normalization', name, axis, momentum, epsilon, ...penalties, trainable: isTrained },
      ]
    }
    case 'Dropout':
      return [{ kind: 'dropout', name, rate: read(Dropout, layer).rate }]
    case 'Activation':
      return [{ kind: 'activation', name, activation: read(ActivationLayer, layer).activation }]
    case 'Softmax':
      read(Softmax, layer)
      return [{ kind: 'activation', name, activation: 'softmax' }]
    case 'ReLU':
      read(Relu, layer)
      return [{ kind: 'activation', name, activation: 'relu' }]
    case 'Reshape':
      return [{ kind: 'reshape', name, shape: read(Reshape, layer).target_shape }]
    case 'Flatten':
      read(Flatten, layer)
      return [{ kind: 'flatten', name }]
    default:
      throw unsupported(`its layer ${name} is a ${layer.class_name}, which it does not have`)
  }
}

const weightedOf = (config: z.infer<z.ZodMiniObject<typeof weighted>>): Weighted => ({
  bias: config.use_bias,
  activation: config.activation,
  kernelPenalty: config.kernel_regularizer,
  biasPenalty: config.bias_regularizer,
  trainable: config.trainable,
})

const read = <Schema extends z.ZodMiniType>(schema: Schema, layer: RawLayer): z.infer<Schema> => {
  const parsed = schema.safeParse(layer.config)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const path = issue?.path.join('.') ?? ''
  throw unsupported(
    `its layer ${layer.config.name} (${layer.class_name}) has another ${path} than it can have`,
  )
}
