import type { Assignment, ModelSpec } from '@tributary/protocols/task'
import { travelling } from '@tributary/protocols/task'
import { tensorSpans } from '@tributary/protocols/tensors'
import * as z from 'zod'
import type { FineTune } from './personalization.ts'

/** An assignment in which these layers alone are trained, and the way of weights into its order and back. */
export type FineTuning = {
  assignment: Assignment
  into(weights: Float32Array): Float32Array
  back(weights: Float32Array): Float32Array
}

/** @param layers As a task names layers that are its clients' own; left out, all. */
export const fineTuning = (
  { model, plan }: Pick<Assignment, 'model' | 'plan'>,
  { layers, epochs, learningRate }: FineTune,
): FineTuning => {
  const optimizer = { ...plan.optimizer, ...(learningRate !== undefined && { learningRate }) }
  const tuned = layers ? withFrozen(model, layers) : model
  const [from, to] = [tensorSpans(model.tensors), tensorSpans(tuned.tensors)]
  const moved = (weights: Float32Array, source: typeof from, target: typeof from) => {
    const values = new Float32Array(weights.length)
    const places = new Map(source.map((span) => [span.name, span]))
    for (const { name, start } of target) {
      const { start: first = 0, end = 0 } = places.get(name) ?? {}
      values.set(weights.subarray(first, end), start)
    }
    return values
  }
  return {
    assignment: { model: tuned, plan: { ...plan, optimizer, epochs, proximal: 0 } },
    into: (weights) => moved(weights, from, to),
    back: (weights) => moved(weights, to, from),
  }
}

/** Layers that it names and the model has not. */
export const unknownLayers = (model: ModelSpec, { layers = [] }: FineTune): string[] => {
  const known = new Set(['last', ...model.tensors.map(({ name }) => layerOf(name))])
  return layers.filter((layer) => !known.has(layer))
}

const Topology = z.object({
  class_name: z.literal('Sequential'),
  config: z.looseObject({ layers: z.array(z.looseObject({ config: z.looseObject({ name: z.string() }) })) }),
})

/** tfjs has what is trained before what is not: tensors of layers that are frozen go behind, layer by layer. */
const withFrozen = (model: ModelSpec, layers: readonly string[]): ModelSpec => {
  const personalization = { kind: 'local-layers' as const, layers: [...layers] }
  const still = new Set(travelling({ model, personalization }).model.tensors.map(({ name }) => name))
  if (model.format !== 'tfjs-layers') throw new RangeError('layers are frozen by their topology')
  const topology = Topology.parse(model.topology)
  const isTrained = (tensor: string) => !still.has(tensor) && !/\/moving_\w+$/.test(tensor)
  const order = [...new Set(model.tensors.map(({ name }) => layerOf(name)))]
  const rank = (tensor: string) => order.indexOf(layerOf(tensor))
  const config = {
    ...topology.config,
    layers: topology.config.layers.map((layer) => {
      const tensors = model.tensors.filter(({ name }) => layerOf(name) === layer.config.name)
      const isStill = tensors.length > 0 && tensors.every(({ name }) => still.has(name))
      return isStill ? { ...layer, config: { ...layer.config, trainable: false } } : layer
    }),
  }
  return {
    ...model,
    topology: z.record(z.string(), z.json()).parse({ ...topology, config }),
    tensors: [
      ...model.tensors.filter(({ name }) => isTrained(name)),
      ...model.tensors
        .filter(({ name }) => !isTrained(name))
        .sort((one, other) => rank(one.name) - rank(other.name)),
    ],
  }
}

const layerOf = (tensor: string): string => tensor.slice(0, Math.max(0, tensor.lastIndexOf('/')))
