import { layerOf } from '@tributary/protocols/plain-round'
import type { ModelSpec } from '@tributary/protocols/task'
import { innerOf, type JsonObject } from './topology.ts'

/** The topology with every layer untrained whose tensors are frozen, whatever it said of them itself. */
export const freezeTopology = ({
  topology,
  frozen,
}: Pick<Extract<ModelSpec, { format: 'tfjs-layers' }>, 'topology' | 'frozen'>): JsonObject => {
  if (!frozen) return topology
  const names = new Set(frozen.tensors.map(({ name }) => layerOf(name)))
  const copy = structuredClone(topology)
  const { config } = innerOf(copy)
  for (const layer of layersOf(config))
    if (isObject(layer) && isObject(layer.config) && names.has(String(layer.config.name)))
      layer.config.trainable = false
  return copy
}

const layersOf = (config: JsonObject[string] | undefined): readonly JsonObject[string][] => {
  const layers = isObject(config) ? config.layers : config
  return Array.isArray(layers) ? layers : []
}

const isObject = (value: JsonObject[string] | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
