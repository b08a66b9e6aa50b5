/** What is trained while a page draws: dense networks whose batch takes longer than a frame, or much less. */
import { type Assignment, Plan } from '@tributary/protocols/task'
import { elementCount } from '@tributary/protocols/tensors'

const WIDTH = 256
const CLASSES = 10
const EXAMPLES = 640

const HIDDEN = { 'long batches': [1_024, 1_024], 'short batches': [32] } as const
const BATCH = { 'long batches': 64, 'short batches': 8 } as const

export type FramesTask = keyof typeof HIDDEN

/** Made anew wherever it is asked for: nothing is learnt from it, it is there to be worked on. */
export const framesExamples = () => ({
  inputs: Float32Array.from({ length: EXAMPLES * WIDTH }, (_, i) => Math.sin(i * 0.7)),
  targets: Int32Array.from({ length: EXAMPLES }, (_, i) => i % CLASSES),
})

export const framesModel = (
  task: FramesTask,
): { assignment: Assignment; weights: Float32Array<ArrayBuffer> } => {
  const sizes = [WIDTH, ...HIDDEN[task], CLASSES]
  const layers = sizes.slice(1).map((units, i) => ({
    class_name: 'Dense',
    config: {
      name: `dense_${i + 1}`,
      units,
      activation: i === sizes.length - 2 ? 'softmax' : 'relu',
      use_bias: true,
      kernel_initializer: { class_name: 'Zeros', config: {} },
      bias_initializer: { class_name: 'Zeros', config: {} },
      ...(i === 0 && { batch_input_shape: [null, WIDTH], dtype: 'float32' }),
    },
  }))
  const tensors = sizes.slice(1).flatMap((units, i) => [
    {
      name: `dense_${i + 1}/kernel`,
      shape: [sizes[i] ?? 1, units],
      dtype: 'F32' as const,
      initializer: 'zeros' as const,
    },
    { name: `dense_${i + 1}/bias`, shape: [units], dtype: 'F32' as const, initializer: 'zeros' as const },
  ])
  const plan = Plan.parse({
    epochs: 1,
    batchSize: BATCH[task],
    optimizer: { name: 'sgd', learningRate: 0.01 },
    loss: 'softmax-cross-entropy',
  })
  const count = tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0)
  return {
    assignment: {
      model: {
        format: 'tfjs-layers',
        topology: { class_name: 'Sequential', config: { name: 'sequential_1', layers } },
        tensors,
        initial: { kind: 'seeded', seed: 1 },
      },
      plan,
    },
    weights: Float32Array.from({ length: count }, (_, i) => 0.05 * Math.sin(i)),
  }
}
