/** From a tfjs model to the model part of a task file. */
import { PlainModel } from '@tributary/protocols/plain-round'
import type { Initializer, ModelSpec } from '@tributary/protocols/task'
import { encodeSafetensors, TensorManifest } from '@tributary/protocols/tensors'
import * as z from 'zod/mini'
import { TributaryError } from '../tributary-error.ts'
import type { LayersModel } from './backends/backend.ts'

/**
 * The task file's `model` of this tfjs model: its topology, and its weights as tensors with their initializers.
 * `initial` says where version 1 comes from: drawn by the coordinator from a seed, or imported by an operator
 * (`encodeTfjsWeights` makes the file).
 * @throws TributaryError `unsupported-model` when version 1 is to be drawn and an initializer is one that coordinators do not know.
 */
export const describeTfjsModel = (
  model: LayersModel,
  initial: ModelSpec['initial'] = { kind: 'seeded', seed: 1 },
): ModelSpec =>
  PlainModel.parse({
    format: 'tfjs-layers',
    topology: model.toJSON(undefined, false),
    tensors: model.layers.length === 0 ? [] : tensorsOf(model, initial),
    initial,
  })

/** The model's present weights as the safetensors file of a model version. */
export const encodeTfjsWeights = async (model: LayersModel): Promise<Uint8Array> => {
  const tensors = TensorManifest.parse(
    model.weights.map(({ originalName, shape }) => ({ name: originalName, shape, dtype: 'F32' })),
  )
  const parts = await Promise.all(model.weights.map((weight) => weight.read().data()))
  const values = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let end = 0
  for (const part of parts) {
    values.set(part, end)
    end += part.length
  }
  return encodeSafetensors({ tensors, values })
}

const tensorsOf = (model: LayersModel, initial: ModelSpec['initial']) =>
  model.weights.map((weight) => {
    const { originalName: name, shape } = weight
    const layer = model.layers.find(({ weights }) => weights.includes(weight))
    const found = initializerOf(layer?.getConfig() ?? {}, name)
    if (!found && initial.kind === 'seeded')
      throw new TributaryError({
        code: 'unsupported-model',
        problem: `weight ${name} has an initializer that coordinators do not know`,
        remedy: 'Give it zeros, ones, glorot or he-normal, or describe the model with { kind: "import" }',
      })
    return { name, shape, dtype: 'F32', initializer: found ?? 'zeros' }
  })

const Serialized = z.looseObject({
  className: z.string(),
  config: z._default(
    z.partial(z.looseObject({ scale: z.number(), mode: z.string(), distribution: z.string() })),
    {},
  ),
})

/** `dense_1/recurrent_kernel` is initialized by `recurrentInitializer`, `bn/moving_mean` by `movingMeanInitializer`. */
const initializerOf = (config: Record<string, unknown>, weight: string): Initializer | undefined => {
  const role = weight
    .slice(weight.lastIndexOf('/') + 1)
    .replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  const found = Serialized.safeParse(config[`${role.replace(/(?<=.)Kernel$/, '')}Initializer`])
  if (!found.success) return undefined
  const { className, config: scaling } = found.data
  switch (className) {
    case 'Zeros':
      return role === 'bias' && config.unitForgetBias === true ? 'unit-forget-bias' : 'zeros'
    case 'Ones':
      return 'ones'
    case 'VarianceScaling':
      // The normal and the uniform Glorot have one variance; coordinators draw the uniform.
      if (scaling.scale === 1 && scaling.mode === 'fanAvg') return 'glorot-uniform'
      return scaling.scale === 2 && scaling.mode === 'fanIn' && scaling.distribution === 'normal'
        ? 'he-normal'
        : undefined
    default:
      return undefined
  }
}
