import type { TaskFileInput } from '@tributary/protocols/task'

type ModelInput = TaskFileInput['model']
type Tensors = ModelInput['tensors']
type Layer = { class_name: string; config: Record<string, string | number | boolean | (number | null)[]> }
type Initial = ModelInput['initial']

/** Fully connected layers of these many relu units and a last one of logits; no hidden ones: regression. */
export const denseModel = (
  { inputs, hidden, outputs }: { inputs: number; hidden: readonly number[]; outputs: number },
  initial: Initial,
): ModelInput => {
  const sizes = [inputs, ...hidden, outputs]
  const layers = sizes.slice(1).map(
    (units, i): Layer => ({
      class_name: 'Dense',
      config: {
        name: `dense_${i + 1}`,
        units,
        activation: i < hidden.length ? 'relu' : 'linear',
        use_bias: true,
        ...(i === 0 && { batch_input_shape: [null, inputs] }),
      },
    }),
  )
  return sequential(
    layers,
    sizes.slice(1).flatMap((units, i) => weights(`dense_${i + 1}`, [sizes[i] ?? 0, units])),
    initial,
  )
}

/** The CNN of McMahan et al. 2017 for images of 28 × 28 in rows of 784: 1,663,370 parameters with ten classes. */
export const smallConvolutional = (outputs: number, initial: Initial): ModelInput =>
  sequential(
    [
      {
        class_name: 'Reshape',
        config: { name: 'image', target_shape: [28, 28, 1], batch_input_shape: [null, 784] },
      },
      convolution('conv_1', 32),
      { class_name: 'MaxPooling2D', config: { name: 'pool_1', pool_size: [2, 2] } },
      convolution('conv_2', 64),
      { class_name: 'MaxPooling2D', config: { name: 'pool_2', pool_size: [2, 2] } },
      { class_name: 'Flatten', config: { name: 'flatten' } },
      { class_name: 'Dense', config: { name: 'dense_1', units: 512, activation: 'relu', use_bias: true } },
      {
        class_name: 'Dense',
        config: { name: 'dense_2', units: outputs, activation: 'linear', use_bias: true },
      },
    ],
    [
      ...weights('conv_1', [5, 5, 1, 32]),
      ...weights('conv_2', [5, 5, 32, 64]),
      ...weights('dense_1', [3136, 512]),
      ...weights('dense_2', [512, outputs]),
    ],
    initial,
  )

const convolution = (name: string, filters: number): Layer => ({
  class_name: 'Conv2D',
  config: { name, filters, kernel_size: [5, 5], padding: 'same', activation: 'relu', use_bias: true },
})

const weights = (layer: string, shape: number[]): Tensors => [
  { name: `${layer}/kernel`, shape, dtype: 'F32', initializer: 'glorot-uniform' },
  { name: `${layer}/bias`, shape: shape.slice(-1), dtype: 'F32' },
]

const sequential = (layers: readonly Layer[], tensors: Tensors, initial: Initial): ModelInput => ({
  format: 'tfjs-layers',
  topology: { class_name: 'Sequential', config: { name: 'model', layers: [...layers] } },
  tensors,
  initial,
})

/** `name: 2, 1` a line, as the weights of an app's own trainer; a line that is none becomes a tensor that the coordinator refuses by name. */
export const tensorsOf = (text: string): Tensors =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const at = line.lastIndexOf(':')
      const name = (at < 0 ? line : line.slice(0, at)).trim()
      const shape =
        at < 0
          ? []
          : line
              .slice(at + 1)
              .split(/[,×x\s]+/)
              .filter((part) => part !== '')
              .map(Number)
      const kernel = shape.length > 1
      return { name, shape, dtype: 'F32', ...(kernel && { initializer: 'glorot-uniform' as const }) }
    })
