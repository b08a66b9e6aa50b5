/** A model's topology, made ready for training: as plain JSON, before tfjs sees it. */
import type { Loss } from '@tributary/protocols/task'
import * as z from 'zod/mini'
import { TributaryError } from '../tributary-error.ts'
import { activationOf } from './activation-of.ts'

export type Json = z.infer<typeof JsonValue>
export type JsonObject = { [key: string]: Json }
const JsonValue = z.json()

/** What turns the model's logits into what it predicts. */
export type OutputActivation = 'linear' | 'softmax' | 'sigmoid'

const Layer = z.looseObject({
  class_name: z.string(),
  config: z.looseObject({ name: z.optional(z.string()), activation: z.optional(z.json()) }),
})
const Config = z.looseObject({
  layers: z.array(Layer).check(z.minLength(1)),
  output_layers: z.optional(z.array(z.tuple([z.string()], z.json()))),
})
const Topology = z.looseObject({
  class_name: z.string(),
  config: z.union([Config, z.array(Layer).check(z.minLength(1))]),
})

/**
 * The topology without its last activation, and that activation: cross-entropy is computed from logits, which is
 * exact where probabilities have already been rounded to 0 or 1. Initializers become zeros, since weights are loaded at once.
 * @throws TributaryError `unsupported-model`
 */
export const prepareTopology = (
  topology: JsonObject,
  loss: Loss,
): { topology: JsonObject; activation: OutputActivation } => {
  const copy = withoutInitializers(structuredClone(topology))
  const inner = innerOf(copy)
  const parsed = Topology.safeParse(inner)
  if (!parsed.success) throw unsupported('the topology is not one of a tfjs layers model')
  const activation = takeActivation(inner, lastLayerIndex(parsed.data), loss)
  return { topology: copy, activation }
}

/** Saved models wrap the topology once or twice. */
export const innerOf = (topology: JsonObject): JsonObject => {
  for (const wrapper of ['modelTopology', 'model_config']) {
    const wrapped = topology[wrapper]
    if (isObject(wrapped)) return innerOf(wrapped)
  }
  return topology
}

const lastLayerIndex = ({ config }: z.infer<typeof Topology>): number => {
  const layers = Array.isArray(config) ? config : config.layers
  const outputs = Array.isArray(config) ? undefined : config.output_layers
  if (!outputs) return layers.length - 1
  const [output] = outputs
  if (!output || outputs.length > 1) throw unsupported(`the model has ${outputs.length} outputs`)
  return layers.findIndex(({ config: { name } }) => name === output[0])
}

const takeActivation = (topology: JsonObject, at: number, loss: Loss): OutputActivation => {
  const { config } = topology
  const layers = isObject(config) ? config.layers : config
  const layer = Array.isArray(layers) ? layers[at] : undefined
  if (!isObject(layer) || !isObject(layer.config))
    throw unsupported('the topology’s output layer is not there')
  const activation = layer.class_name === 'Softmax' ? 'softmax' : wordOf(layer.config.activation ?? 'linear')
  const wanted = activationOf(loss)
  if (activation === 'linear' || wanted === 'linear') return 'linear'
  if (activation !== wanted)
    throw unsupported(`the output is ${activation}, which ${loss} cannot be computed from`)
  if (layer.class_name === 'Softmax') {
    layer.class_name = 'Activation'
    delete layer.config.axis
  }
  layer.config.activation = 'linear'
  return wanted
}

/** `"softmax"`, or a serialized object of that class. */
const wordOf = (activation: Json): string => {
  if (typeof activation === 'string') return activation.toLowerCase()
  if (isObject(activation) && typeof activation.class_name === 'string')
    return activation.class_name.toLowerCase()
  return 'linear'
}

const withoutInitializers = (object: JsonObject): JsonObject => {
  for (const [key, value] of Object.entries(object)) {
    if (key.endsWith('_initializer') && isObject(value)) object[key] = { class_name: 'Zeros', config: {} }
    else if (Array.isArray(value)) value.filter(isObject).forEach(withoutInitializers)
    else if (isObject(value)) withoutInitializers(value)
  }
  return object
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const unsupported = (problem: string) =>
  new TributaryError({
    code: 'unsupported-model',
    problem: `this model cannot be trained: ${problem}`,
    remedy:
      'Describe it with describeTfjsModel, with one input, one output, and an output that fits the loss',
  })
