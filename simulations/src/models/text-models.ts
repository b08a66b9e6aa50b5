/** Models of the next character, as task files have them: tfjs Sequential topologies of ids in a window. */
import type { ModelSpec } from '@tributary/protocols/task'
import { dense, type LayerSpec, specOf, type Tensors, weights } from './model-specs.ts'

export type Text = {
  /** Ids that a row shows. */
  context: number
  /** Different ids that there are. */
  ids: number
  classes: number
}

/** Linear in the characters shown, each at its place, through 16 numbers for each character (log-bilinear: Mnih and Hinton 2007). */
export const logBilinear = (text: Text, seed: number): ModelSpec =>
  characterPerceptron(text, { embed: 16, hidden: [] }, seed)

/** Bengio et al. 2003: the characters' vectors side by side, relu layers, softmax. */
export const characterPerceptron = (
  text: Text,
  { embed, hidden }: { embed: number; hidden: readonly number[] },
  seed: number,
): ModelSpec => {
  const sizes = [text.context * embed, ...hidden, text.classes]
  const { layer, tensors } = embedding(text, embed)
  const layers = sizes
    .slice(1)
    .map((units, i) => dense(`dense_${i + 1}`, units, i < hidden.length ? 'relu' : 'softmax'))
  return specOf(
    [layer, { class_name: 'Flatten', config: { name: 'flatten' } }, ...layers],
    [...tensors, ...sizes.slice(1).flatMap((units, i) => weights(`dense_${i + 1}`, [sizes[i] ?? 0, units]))],
    seed,
  )
}

/** LSTM layers upon the characters' vectors, the last of which tells softmax what it knows at the end (McMahan et al. 2017: [256, 256]). */
export const characterLstm = (
  text: Text,
  { embed, units }: { embed: number; units: readonly number[] },
  seed: number,
): ModelSpec => {
  const depths = [embed, ...units]
  const { layer, tensors } = embedding(text, embed)
  const layers = units.map((own, i) => lstm(`lstm_${i + 1}`, own, i < units.length - 1))
  return specOf(
    [layer, ...layers, dense('dense_1', text.classes, 'softmax')],
    [
      ...tensors,
      ...units.flatMap((own, i) => lstmWeights(`lstm_${i + 1}`, depths[i] ?? 0, own)),
      ...weights('dense_1', [depths.at(-1) ?? 0, text.classes]),
    ],
    seed,
  )
}

const lstm = (name: string, units: number, sequences: boolean): LayerSpec => ({
  class_name: 'LSTM',
  config: {
    name,
    units,
    activation: 'tanh',
    recurrent_activation: 'sigmoid',
    use_bias: true,
    recurrent_initializer: 'glorotUniform',
    unit_forget_bias: true,
    return_sequences: sequences,
  },
})

const lstmWeights = (layer: string, depth: number, units: number): Tensors => [
  { name: `${layer}/kernel`, shape: [depth, 4 * units], initializer: 'glorot-uniform' },
  { name: `${layer}/recurrent_kernel`, shape: [units, 4 * units], initializer: 'glorot-uniform' },
  { name: `${layer}/bias`, shape: [4 * units], initializer: 'unit-forget-bias' },
]

const embedding = ({ context, ids }: Text, embed: number): { layer: LayerSpec; tensors: Tensors } => ({
  layer: {
    class_name: 'Embedding',
    config: { name: 'embedding', input_dim: ids, output_dim: embed, batch_input_shape: [null, context] },
  },
  tensors: [{ name: 'embedding/embeddings', shape: [ids, embed], initializer: 'glorot-uniform' }],
})
