/** Lays a model out in the memory of a module: layers at work, and views of what goes in and out. */
import { unreachable } from '@tributary/protocols'
import type { Loss } from '@tributary/protocols/task'
import { type CompactLoss, createCompactLoss } from './compact-loss.ts'
import { type Layer, type LayerNeeds, type Place, placeFor, sizeOf, type Weight } from './layer.ts'
import type { LayerSpec } from './layer-specs.ts'
import { activationLayer } from './layers/activations.ts'
import { batchNormalizationLayer } from './layers/batch-normalization.ts'
import { conv2dLayer } from './layers/conv2d.ts'
import { denseLayer } from './layers/dense.ts'
import { dropoutLayer } from './layers/dropout.ts'
import { embeddingLayer } from './layers/embedding.ts'
import { lstmLayer } from './layers/lstm.ts'
import { maxPoolingLayer } from './layers/max-pooling.ts'
import type { Outline, PlannedWeight } from './outline.ts'
import { createSpace, type Space } from './space.ts'
import type { TrainingKernels } from './training-module.ts'

export type Assembly = {
  capacity: number
  input: Place
  output: Place
  layers: readonly Layer[]
  /** From the last to the first, as gradients flow. */
  backwards: readonly Layer[]
  loss: CompactLoss
  /** Room for the targets of a batch: a class or a row an example. */
  targets: number
  /** One stretch each, trained weights and their gradients alike. */
  trained: { values: number; gradients: number; length: number }
  /** In the outline's order. */
  weights: readonly Weight[]
  chance: { word: number }
  space: Space
}

/** Over whatever the module's memory held before. */
export const assemble = (
  kernels: TrainingKernels,
  outline: Outline,
  { loss: planned, capacity }: { loss: Loss; capacity: number },
): Assembly => {
  const space = createSpace(kernels)
  const trained = {
    values: space.block(outline.trainedValues),
    gradients: space.block(outline.trainedValues),
    length: outline.trainedValues,
  }
  const frozen = space.block(outline.frozenValues)
  const weights = outline.weights.map(
    ({ trainable, offset, length, penalty }): Weight => ({
      values: (trainable ? trained.values : frozen) + offset * 4,
      gradient: trainable ? trained.gradients + offset * 4 : 0,
      length,
      penalty,
    }),
  )
  const chance = { word: 0 }
  const rows = [...outline.shapes, ...outline.weights.map(({ shape }) => shape)]
  const zeros = space.block(Math.max(...rows.map((shape) => shape.at(-1) ?? 1)))
  const first: LayerNeeds = { kernels, space, capacity, zeros, wanted: false, chance }
  const input = placeFor(first, outline.inputShape, false)
  const layers: Layer[] = []
  let place = input
  for (const [i, spec] of outline.layers.entries()) {
    if (spec.kind === 'flatten' || spec.kind === 'reshape') {
      place = { ...place, shape: outline.shapes[i + 1] ?? [] }
      continue
    }
    const own = (role: PlannedWeight['role']): Weight | undefined =>
      weights[outline.weights.findIndex((weight) => weight.layer === i && weight.role === role)]
    const layer = layerOf({ ...first, wanted: place.gradient !== 0 }, place, spec, own)
    layers.push(layer)
    place = layer.output
  }
  const loss = createCompactLoss({ kernels, space }, planned, place)
  const targets = space.block(capacity * sizeOf(place.shape))
  space.close()
  const backwards = layers.toReversed()
  return { capacity, input, output: place, layers, backwards, loss, targets, trained, weights, chance, space }
}

const layerOf = (
  needs: LayerNeeds,
  input: Place,
  spec: Exclude<LayerSpec, { kind: 'flatten' | 'reshape' }>,
  own: (role: PlannedWeight['role']) => Weight | undefined,
): Layer => {
  switch (spec.kind) {
    case 'dense':
      return denseLayer(needs, input, spec, { kernel: present(own('kernel')), bias: own('bias') })
    case 'conv2d':
      return conv2dLayer(needs, input, spec, { kernel: present(own('kernel')), bias: own('bias') })
    case 'max-pooling':
      return maxPoolingLayer(needs, input, spec)
    case 'embedding':
      return embeddingLayer(needs, input, spec, present(own('embeddings')))
    case 'lstm':
      return lstmLayer(needs, input, spec, {
        kernel: present(own('kernel')),
        recurrent: present(own('recurrent')),
        bias: own('bias'),
      })
    case 'batch-normalization':
      return batchNormalizationLayer(needs, input, spec, {
        gamma: present(own('gamma')),
        beta: present(own('beta')),
        movingMean: present(own('moving_mean')),
        movingVariance: present(own('moving_variance')),
      })
    case 'activation':
      return activationLayer(needs, input, spec.activation)
    case 'dropout':
      return dropoutLayer(needs, input, spec.rate)
    default:
      return unreachable(spec)
  }
}

const present = (weight: Weight | undefined): Weight => {
  if (!weight) throw new Error('the outline has no such weight')
  return weight
}
