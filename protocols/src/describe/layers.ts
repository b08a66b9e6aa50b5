/** A model's layers, as its tensors and its topology tell them. */
import * as z from 'zod/mini'
import { layerOf } from '../task/layer-of.ts'
import type { ModelSpec } from '../task/model.ts'
import { elementCount } from '../tensors/index.ts'
import { type RawLayer, shapeAfter, workingValues } from './layer-shapes.ts'

export type DescribedLayer = {
  name: string
  /** As the topology says: `Dense`, `Conv2D`; null where there is none. */
  kind: string | null
  /** Of one example; null where it cannot be told from the topology. */
  outputShape: readonly number[] | null
  tensors: readonly { name: string; shape: readonly number[] }[]
  parameters: number
  /** Neither trained nor sent. A layer without parameters is not. */
  frozen: boolean
}

export type DescribedLayers = {
  layers: DescribedLayer[]
  /** Of one example; null where no topology tells it. */
  inputShape: readonly number[] | null
  /** Numbers that all layers give for one example, the inputs among them; null where not all can be told. */
  activations: number | null
}

export const layersOf = (model: ModelSpec): DescribedLayers => {
  const byLayer = Map.groupBy([...model.tensors, ...(model.frozen?.tensors ?? [])], ({ name }) =>
    layerOf(name),
  )
  const frozen = new Set(model.frozen?.tensors.map(({ name }) => layerOf(name)))
  const described = (
    name: string,
    kind: string | null,
    outputShape: readonly number[] | null,
  ): DescribedLayer => {
    const tensors = (byLayer.get(name) ?? []).map((tensor) => ({ name: tensor.name, shape: tensor.shape }))
    const parameters = tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0)
    return { name, kind, outputShape, tensors, parameters, frozen: frozen.has(name) }
  }
  const sequence = model.format === 'tfjs-layers' ? sequenceOf(model.topology) : undefined
  if (!sequence)
    return {
      layers: [...byLayer.keys()].map((name) => described(name, null, null)),
      inputShape: null,
      activations: null,
    }
  const { inputShape, raw } = sequence
  let shape = inputShape
  let activations = inputShape && elementCount(inputShape)
  const layers = raw.map((layer) => {
    const after = shape && shapeAfter(layer, shape)
    activations =
      activations === null || !shape || !after
        ? null
        : activations + elementCount(after) + workingValues(layer, shape)
    shape = after
    return described(layer.config.name, layer.class_name, after)
  })
  const named = new Set(raw.map(({ config }) => config.name))
  // Tensors with names of one's own belong to some layer that their names do not tell.
  const others = [...byLayer.keys()].filter((name) => !named.has(name))
  return {
    layers: [...layers, ...others.map((name) => described(name, null, null))],
    inputShape,
    activations,
  }
}

const Layer = z.looseObject({
  class_name: z.string(),
  config: z.looseObject({
    name: z._default(z.string(), ''),
    batch_input_shape: z.optional(z.array(z.nullable(z.int().check(z.positive()))).check(z.minLength(1))),
  }),
})
const Layers = z.array(Layer).check(z.minLength(1))
const Topology = z.looseObject({
  class_name: z.string(),
  config: z.union([z.looseObject({ layers: Layers }), Layers]),
})

/** Of a sequence each layer's shape follows from the one before; of other models it is not told. */
const sequenceOf = (
  topology: Readonly<Record<string, unknown>>,
): { inputShape: readonly number[] | null; raw: RawLayer[] } | undefined => {
  const parsed = Topology.safeParse(innerOf(topology))
  if (!parsed.success) return undefined
  const { class_name, config } = parsed.data
  const raw = Array.isArray(config) ? config : config.layers
  const shape = raw[0]?.config.batch_input_shape?.slice(1)
  const fixed = shape?.filter((size) => size !== null)
  const isKnown = class_name === 'Sequential' && fixed !== undefined && fixed.length === shape?.length
  return { inputShape: isKnown ? fixed : null, raw: raw.filter((layer) => layer.class_name !== 'InputLayer') }
}

/** Saved models wrap the topology once or twice. */
const innerOf = (topology: Readonly<Record<string, unknown>>): unknown => {
  const wrapped = topology.modelTopology ?? topology.model_config
  return typeof wrapped === 'object' && wrapped !== null ? innerOf({ ...wrapped }) : topology
}
