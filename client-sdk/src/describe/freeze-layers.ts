/** From a whole model to one of which a part is frozen: for transfer learning. */
import { layerOf, ModelSpec, manifestOf } from '@tributary/protocols/task'
import {
  decodeSafetensors,
  digestOf,
  encodeSafetensors,
  type TensorManifest,
  tensorSpans,
} from '@tributary/protocols/tensors'
import { messageOf, TributaryError } from '../tributary-error.ts'

export type FrozenModel = {
  /** The task file's `model`: the other layers are trained and travel, from where its `initial` says. */
  model: ModelSpec
  /** The file of the frozen tensors, to be uploaded before the task is made: `tributary tasks create --frozen`. */
  frozen: Uint8Array
  /** The file of the other tensors, to be imported as version 1 where they are to go on from it; undefined where `weights` lacks some. */
  trained: Uint8Array | undefined
}

/**
 * Freezes layers of a model as a file of weights has them: all tensors of a layer, statistics of batch normalization among them.
 * @param layers Names: `dense_1` has the tensors `dense_1/kernel` and `dense_1/bias`.
 * @param weights A safetensors file, in any order, as `encodeTfjsWeights`, `tributary models download` or a Python program writes it.
 * @throws TributaryError `model-mismatch` for layers that the model has not, or a file that lacks their tensors.
 */
export const freezeLayers = (
  model: ModelSpec,
  { layers, weights }: { layers: readonly string[]; weights: Uint8Array },
): FrozenModel => {
  const names = new Set(layers)
  const manifest = manifestOf(model)
  const unknown = layers.find((layer) => !manifest.some(({ name }) => layerOf(name) === layer))
  if (unknown !== undefined) throw mismatch(`the model has no tensor of a layer ${unknown}`)
  if (manifest.every(({ name }) => names.has(layerOf(name)))) throw mismatch('nothing would be left to train')
  const isFrozen = ({ name }: { name: string }) => names.has(layerOf(name))
  const file = readFile(weights)
  const frozenTensors = manifest.filter(isFrozen)
  const frozen = partOf(file, frozenTensors)
  if ('missing' in frozen) throw mismatch(`the file of weights has no ${frozen.missing}`)
  const trained = partOf(
    file,
    manifest.filter((tensor) => !isFrozen(tensor)),
  )
  const tensors = model.tensors.filter((tensor) => !isFrozen(tensor))
  const part = {
    weights: { digest: digestOf(frozen.bytes), bytes: frozen.bytes.length },
    tensors: frozenTensors,
  }
  const made = ModelSpec.safeParse({ ...model, tensors, frozen: part })
  if (!made.success) throw mismatch(made.error.issues[0]?.message ?? 'it is none')
  return {
    model: made.data,
    frozen: frozen.bytes,
    trained: 'missing' in trained ? undefined : trained.bytes,
  }
}

const readFile = (weights: Uint8Array) => {
  try {
    return decodeSafetensors(weights)
  } catch (cause) {
    throw mismatch(`the file of weights is no safetensors file: ${messageOf(cause)}`, cause)
  }
}

/** These tensors of the file as a file of their own, or what it has none of in that shape. */
const partOf = (
  file: ReturnType<typeof decodeSafetensors>,
  tensors: TensorManifest,
): { bytes: Uint8Array } | { missing: string } => {
  const spans = new Map(tensorSpans(file.tensors).map((span) => [span.name, span]))
  const values = new Float32Array(
    tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
  )
  let at = 0
  for (const { name, shape } of tensors) {
    const span = spans.get(name)
    if (!span || String(span.shape) !== String(shape)) return { missing: `${name} of shape [${shape}]` }
    values.set(file.values.subarray(span.start, span.end), at)
    at += span.end - span.start
  }
  return { bytes: encodeSafetensors({ tensors, values }) }
}

const mismatch = (problem: string, cause?: unknown) =>
  new TributaryError(
    {
      code: 'model-mismatch',
      problem: `these layers cannot be frozen: ${problem}`,
      remedy: 'Name layers of the model, some but not all, and give the weights of the whole model',
    },
    cause === undefined ? undefined : { cause },
  )
