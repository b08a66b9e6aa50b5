/** What a tfjs topology says of the shapes of one example, read as plain JSON: the coordinator loads no tfjs. */
import * as z from 'zod'

export type TopologyShapes = {
  /** `null` for a size that is not fixed; left out where the topology does not say. */
  input?: readonly (number | null)[]
  /** Size of the output's last axis. */
  outputs?: number
}

const Layer = z.looseObject({ class_name: z.string(), config: z.looseObject({}) })
type Layer = z.infer<typeof Layer>
const Sequential = z.looseObject({
  class_name: z.literal('Sequential'),
  config: z.union([z.array(Layer).min(1), z.looseObject({ layers: z.array(Layer).min(1) })]),
})
const EndOfGraph = z.array(z.tuple([z.string()], z.json())).length(1)
const Functional = z.looseObject({
  class_name: z.enum(['Model', 'Functional']),
  config: z.looseObject({
    layers: z.array(Layer).min(1),
    input_layers: EndOfGraph,
    output_layers: EndOfGraph,
  }),
})
const BatchShape = z.tuple([z.int().nullable()], z.int().nullable())

/** Saved models wrap the topology once or twice. */
const WRAPPERS = ['modelTopology', 'model_config'] as const

/** What leaves the last axis as it is. */
const SAME_WIDTH = new Set([
  'Activation',
  'AlphaDropout',
  'BatchNormalization',
  'Dropout',
  'ELU',
  'GaussianDropout',
  'GaussianNoise',
  'LayerNormalization',
  'LeakyReLU',
  'PReLU',
  'ReLU',
  'Softmax',
  'ThresholdedReLU',
])

export const topologyShapes = (topology: unknown): TopologyShapes => {
  for (const wrapper of WRAPPERS) {
    const inner = z.looseObject({ [wrapper]: z.looseObject({}) }).safeParse(topology)
    if (inner.success) return topologyShapes(inner.data[wrapper])
  }
  const sequential = Sequential.safeParse(topology)
  if (sequential.success) {
    const { config } = sequential.data
    const layers = Array.isArray(config) ? config : config.layers
    const last = layers.findLast(({ class_name }) => !SAME_WIDTH.has(class_name))
    return shapes(layers[0], last)
  }
  const functional = Functional.safeParse(topology)
  if (!functional.success) return {}
  const { layers, input_layers, output_layers } = functional.data.config
  const named = (name: string) => layers.find(({ config }) => config.name === name)
  return shapes(named(input_layers[0]?.[0] ?? ''), named(output_layers[0]?.[0] ?? ''))
}

const shapes = (first: Layer | undefined, last: Layer | undefined): TopologyShapes => {
  const batch = BatchShape.safeParse(first?.config.batch_input_shape)
  const units = z.int().min(1).safeParse(last?.config.units)
  return {
    ...(batch.success && { input: batch.data.slice(1) }),
    // Of a recurrent layer too, whose last axis is its units.
    ...(units.success && { outputs: units.data }),
  }
}
