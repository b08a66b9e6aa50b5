/** A model before it has memory: its layers with the shapes between them, and where each weight lies. */
import { unreachable } from '@tributary/protocols'
import type { ModelWeight } from '../check-weights.ts'
import { type LayerSpec, type Penalty, shapeAfter, type Weighted } from './layer-specs.ts'
import { type SequentialSpec, unsupported } from './sequential-spec.ts'

export type PlannedWeight = {
  layer: number
  role: 'kernel' | 'recurrent' | 'bias' | 'embeddings' | 'gamma' | 'beta' | 'moving_mean' | 'moving_variance'
  name: string
  shape: readonly number[]
  length: number
  penalty: Penalty
  trainable: boolean
  /** In values, from the beginning of the trained or of the frozen weights. */
  offset: number
}

export type Outline = SequentialSpec & {
  /** Before each layer, and after the last. */
  shapes: readonly (readonly number[])[]
  outputShape: readonly number[]
  /** In the order of the task's tensors, which is that of tfjs: the trained ones first. */
  weights: readonly PlannedWeight[]
  /** Room for all trained and all frozen weights, padding included. */
  trainedValues: number
  frozenValues: number
}

/** @throws TributaryError `unsupported-model` where a layer cannot follow the one before. */
export const outlineOf = (spec: SequentialSpec): Outline => {
  const shapes = [spec.inputShape]
  const found: Omit<PlannedWeight, 'offset'>[] = []
  for (const [i, layer] of spec.layers.entries()) {
    const before = shapes[i] ?? []
    checkFits(layer, before, i)
    found.push(...weightsOf(layer, before).map((weight) => ({ ...weight, layer: i })))
    shapes.push(shapeAfter(layer, before))
  }
  const trained = placed(found.filter(({ trainable }) => trainable))
  const frozen = placed(found.filter(({ trainable }) => !trainable))
  return {
    ...spec,
    shapes,
    outputShape: shapes.at(-1) ?? [],
    weights: [...trained.weights, ...frozen.weights],
    trainedValues: trained.values,
    frozenValues: frozen.values,
  }
}

export const namesAndShapes = ({ weights }: Outline): ModelWeight[] =>
  weights.map(({ name, shape }) => ({ name, shape }))

/** Each weight on 64 bytes, with 64 more behind it that stay zero. */
const placed = (weights: readonly Omit<PlannedWeight, 'offset'>[]) => {
  let values = 0
  const at = weights.map((weight) => {
    const offset = values
    values += Math.ceil(weight.length / 16) * 16 + 16
    return { ...weight, offset }
  })
  return { weights: at, values }
}

const weightsOf = (spec: LayerSpec, shape: readonly number[]): Omit<PlannedWeight, 'offset' | 'layer'>[] => {
  const last = shape.at(-1) ?? 1
  switch (spec.kind) {
    case 'dense':
      return kernelAndBias(spec, [last, spec.units])
    case 'conv2d':
      return kernelAndBias(spec, [...spec.kernel, last, spec.filters])
    case 'embedding': {
      const { name, penalty, trainable } = spec
      const table = [spec.entries, spec.width]
      return [{ role: 'embeddings', ...named(name, 'embeddings', table), penalty, trainable }]
    }
    case 'lstm': {
      const { name, units, trainable } = spec
      const square = named(name, 'recurrent_kernel', [units, 4 * units])
      const recurrent = { role: 'recurrent' as const, ...square, penalty: NO_PENALTY, trainable }
      const unpenalized = { ...spec, kernelPenalty: NO_PENALTY, biasPenalty: NO_PENALTY }
      return kernelAndBias(unpenalized, [last, 4 * units]).toSpliced(1, 0, recurrent)
    }
    case 'batch-normalization': {
      const { gammaPenalty, betaPenalty, trainable } = spec
      const column = (role: PlannedWeight['role'], penalty: Penalty, isTrained: boolean) => ({
        role,
        ...named(spec.name, role, [last]),
        penalty,
        trainable: isTrained,
      })
      return [
        column('gamma', gammaPenalty, trainable),
        column('beta', betaPenalty, trainable),
        column('moving_mean', NO_PENALTY, false),
        column('moving_variance', NO_PENALTY, false),
      ]
    }
    case 'max-pooling':
    case 'activation':
    case 'dropout':
    case 'reshape':
    case 'flatten':
      return []
    default:
      return unreachable(spec)
  }
}

const NO_PENALTY: Penalty = { l1: 0, l2: 0 }

const kernelAndBias = (
  spec: Omit<Weighted, 'activation'> & { name: string },
  shape: readonly number[],
): Omit<PlannedWeight, 'offset' | 'layer'>[] => {
  const { name, trainable } = spec
  const kernel = { role: 'kernel' as const, ...named(name, 'kernel', shape), penalty: spec.kernelPenalty }
  const bias = { role: 'bias' as const, ...named(name, 'bias', shape.slice(-1)), penalty: spec.biasPenalty }
  return (spec.bias ? [kernel, bias] : [kernel]).map((weight) => ({ ...weight, trainable }))
}

const named = (layer: string, role: string, shape: readonly number[]) => ({
  name: `${layer}/${role}`,
  shape,
  length: shape.reduce((a, b) => a * b, 1),
})

const checkFits = (layer: LayerSpec, shape: readonly number[], at: number): void => {
  const after = shapeAfter(layer, shape)
  const images = layer.kind === 'conv2d' || layer.kind === 'max-pooling'
  const misfit =
    (images && shape.length !== 3) ||
    (layer.kind === 'lstm' && shape.length !== 2) ||
    (layer.kind === 'batch-normalization' && layer.axis !== -1 && layer.axis !== shape.length) ||
    (layer.kind === 'reshape' && product(after) !== product(shape)) ||
    after.some((size) => size < 1)
  if (misfit) throw unsupported(`its layer ${layer.name} does not take [${shape}]`)
  if (layer.kind === 'embedding' && at > 0) throw unsupported(`its layer ${layer.name} is not the first`)
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1)
