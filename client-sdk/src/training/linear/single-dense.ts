/** Topologies of tfjs that are a linear model: one dense layer, and around it nothing but changes of shape. */
import type { Loss, ModelSpec } from '@tributary/protocols/task'
import { checkWeights } from '../check-weights.ts'
import { namesAndShapes, outlineOf } from '../compact/outline.ts'
import { sequentialSpec } from '../compact/sequential-spec.ts'
import { type LinearSpec, unsupported } from './linear-spec.ts'

/** @throws TributaryError `unsupported-model`, `model-mismatch`. */
export const readSingleDense = (
  { topology, tensors }: Extract<ModelSpec, { format: 'tfjs-layers' }>,
  loss: Loss,
): LinearSpec => {
  const outline = readOutline(topology, loss)
  const layers = outline.layers.flatMap((layer, i) =>
    layer.kind === 'flatten' || layer.kind === 'reshape' || isLinear(layer) ? [] : [{ layer, at: i }],
  )
  const [only, ...others] = layers
  if (only?.layer.kind !== 'dense' || others.length > 0) throw unsupported('it is not a single dense layer')
  const { layer, at } = only
  const [inputs, ...deeper] = outline.shapes[at] ?? []
  if (inputs === undefined || deeper.length > 0)
    throw unsupported(`its layer ${layer.name} is laid over [${outline.shapes[at]}], not over one row`)
  if (layer.activation !== 'linear')
    throw unsupported(
      `its layer ${layer.name} is ${layer.activation}, which ${loss} is not computed through here`,
    )
  if (!layer.trainable) throw unsupported('none of its weights is trained')
  checkWeights(tensors, namesAndShapes(outline))
  const { units: outputs, bias, kernelPenalty, biasPenalty } = layer
  const { output: activation } = outline
  return { inputs, outputs, bias, kernelPenalty, biasPenalty, standardize: undefined, loss, activation }
}

const readOutline = (...[topology, loss]: Parameters<typeof sequentialSpec>) => {
  try {
    return outlineOf(sequentialSpec(topology, loss))
  } catch (cause) {
    throw unsupported('it is not a single dense layer', cause)
  }
}

const isLinear = (layer: { kind: string; activation?: string }): boolean =>
  layer.kind === 'activation' && layer.activation === 'linear'
