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

const embedding = ({ context, ids }: Text, embed: number): { layer: LayerSpec; tensors: Tensors } => ({
  layer: {
    class_name: 'Embedding',
    config: { name: 'embedding', input_dim: ids, output_dim: embed, batch_input_shape: [null, context] },
  },
  tensors: [{ name: 'embedding/embeddings', shape: [ids, embed], initializer: 'glorot-uniform' }],
})
