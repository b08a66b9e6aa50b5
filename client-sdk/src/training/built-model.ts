/** A tfjs model built from a task's topology, with its weights in the order of the task's tensors. */
import type { Assignment } from '@tributary/protocols/task'
import { elementCount, tensorSpans, totalElements } from '@tributary/protocols/tensors'
import { messageOf, TributaryError } from '../tributary-error.ts'
import type { Backend, LayersModel, Tensor, Variable } from './backends/backend.ts'
import { withBoundedWeights } from './bounded-weights.ts'
import { freezeTopology } from './freeze-topology.ts'
import { type OutputActivation, prepareTopology } from './topology.ts'
import { type WholeModel, wholeModel } from './whole-model.ts'

export type BuiltModel = {
  /** Its output is logits where `activation` is not linear. */
  layers: LayersModel
  activation: OutputActivation
  /** How what travels and what is frozen are together all weights, which everything here is of. */
  whole: WholeModel
  /** The variables that training moves; a part of all weights. */
  trainable: readonly Variable[]
  /** The trainable variables' parts of a flat vector of all weights, in their order. */
  partsOf(flat: Float32Array): Float32Array[]
  /** Of one example, without the batch's axis. */
  inputShape: readonly number[]
  outputShape: readonly number[]
  inputDtype: 'float32' | 'int32'
  /** Loads all weights from a flat vector. */
  load(weights: Float32Array): void
  /** All weights as a new flat vector. */
  read(): Promise<Float32Array>
  dispose(): void
}

/** @throws TributaryError `unsupported-model` or `model-mismatch`. */
export const buildModel = async (
  { tf, layers: tfLayers }: Backend,
  assignment: Assignment,
): Promise<BuiltModel> => {
  const { model, plan } = assignment
  if (model.format !== 'tfjs-layers')
    throw unsupported(`its format is ${model.format}; only tfjs-layers models are`)
  const { topology, activation } = prepareTopology(freezeTopology(model), plan.loss)
  const building = withBoundedWeights(tfLayers, mostElements(model), () =>
    tfLayers.models.modelFromJSON({ modelTopology: topology }),
  )
  const layers = await building.catch((cause: unknown) => {
    throw unsupported(`tfjs does not build it: ${messageOf(cause)}`, cause)
  })
  try {
    const whole = wholeModel(
      model,
      layers.weights.map(({ originalName, shape }) => ({ name: originalName, shape })),
    )
    const { manifest } = whole
    normalizeByStatistics(layers)
    const [inputShape, outputShape] = [exampleShape(layers, 'inputs'), exampleShape(layers, 'outputs')]
    const spans = tensorSpans(manifest)
    return {
      layers,
      activation,
      whole,
      inputShape,
      outputShape,
      inputDtype: layers.inputs[0]?.dtype === 'int32' ? 'int32' : 'float32',
      // What tfjs types as a tensor is the variable itself, as in its own training loop.
      trainable: layers.trainableWeights.map((weight) => weight.read() as Variable),
      partsOf: (flat) =>
        layers.trainableWeights.map((weight) => {
          const { start, end } = spans[layers.weights.indexOf(weight)] ?? { start: 0, end: 0 }
          return flat.slice(start, end)
        }),
      load(weights) {
        if (weights.length !== totalElements(manifest))
          throw new RangeError(`${weights.length} weights for a model of ${totalElements(manifest)}`)
        for (const [i, weight] of layers.weights.entries()) {
          const { start, end, shape } = spans[i] ?? { start: 0, end: 0, shape: [] }
          const values = tf.tensor(weights.slice(start, end), [...shape], weight.dtype)
          weight.write(values)
          values.dispose()
        }
      },
      async read() {
        const weights = new Float32Array(totalElements(manifest))
        const values = await Promise.all(layers.weights.map((weight) => weight.read().data()))
        for (const [i, span] of spans.entries()) weights.set(values[i] ?? [], span.start)
        return weights
      },
      dispose: () => void layers.dispose(),
    }
  } catch (error) {
    layers.dispose()
    throw error
  }
}

/** Far more than the tensors have, so that smaller mistakes are told by the names of what differs. */
const mostElements = ({ tensors, frozen }: Assignment['model']): number =>
  2 ** 20 + 2 * (totalElements(tensors) + totalElements(frozen?.tensors ?? []))

/** Batch normalization that is not trained keeps its statistics and normalizes by them, as in Keras; tfjs would go on moving them. */
const normalizeByStatistics = ({ layers }: LayersModel): void => {
  for (const layer of layers) {
    if (layer.getClassName() !== 'BatchNormalization' || layer.trainable) continue
    const call = layer.call.bind(layer)
    layer.call = (inputs, options) => call(inputs, { ...options, training: false })
  }
}

const exampleShape = (layers: LayersModel, side: 'inputs' | 'outputs'): number[] => {
  const [end, ...others] = layers[side]
  if (!end || others.length > 0) throw unsupported(`it has ${layers[side].length} ${side}`)
  const [, ...shape] = end.shape
  return shape.map((size) => {
    if (size === null) throw unsupported(`its ${side} have no fixed shape: [${end.shape.slice(1)}]`)
    return size
  })
}

export const sizeOf = (shape: readonly number[]): number => elementCount(shape)

/** The model's answer to a batch. Call it within a `tidy`. */
export const logitsOf = (model: BuiltModel, batch: Tensor, mode: 'training' | 'inference'): Tensor => {
  const output = model.layers.apply(batch, { training: mode === 'training' })
  if (Array.isArray(output) || !('dataId' in output)) throw unsupported('it gives more than one tensor')
  return output as Tensor
}

const unsupported = (problem: string, cause?: unknown) =>
  new TributaryError(
    {
      code: 'unsupported-model',
      problem: `this model cannot be trained by the tfjs trainer: ${problem}`,
      remedy: 'Give a tfjs layers model with one input and one output, or a trainer of your own',
    },
    cause === undefined ? undefined : { cause },
  )
