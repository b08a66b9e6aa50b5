/** The layers that the compact backend trains, as values, and what they do to shapes. */
import { unreachable } from '@tributary/protocols'

export type Activation = 'linear' | 'relu' | 'sigmoid' | 'tanh' | 'softmax'
export type Padding = 'valid' | 'same'
export type Pair = readonly [number, number]
/** Of a tensor's loss: l1 × Σ|w| + l2 × Σw². */
export type Penalty = { l1: number; l2: number }

export type LayerSpec = { name: string } & (
  | ({ kind: 'dense'; units: number } & Weighted)
  | ({ kind: 'conv2d'; filters: number; kernel: Pair; strides: Pair; padding: Padding } & Weighted)
  | { kind: 'max-pooling'; window: Pair; strides: Pair; padding: Padding }
  | { kind: 'embedding'; entries: number; width: number; penalty: Penalty; trainable: boolean }
  | ({ kind: 'lstm' } & Lstm)
  | {
      kind: 'batch-normalization'
      /** As tfjs counts them, with the batch's: only the last is normalized along. */
      axis: number
      momentum: number
      epsilon: number
      gammaPenalty: Penalty
      betaPenalty: Penalty
      trainable: boolean
    }
  | { kind: 'activation'; activation: Activation }
  | { kind: 'dropout'; rate: number }
  | { kind: 'reshape'; shape: readonly number[] }
  | { kind: 'flatten' }
)
export type Weighted = {
  bias: boolean
  activation: Activation
  kernelPenalty: Penalty
  biasPenalty: Penalty
  trainable: boolean
}

export type Lstm = {
  units: number
  gates: 'sigmoid' | 'hard-sigmoid'
  /** Whether what it knows is told at every moment, and not only at the last. */
  sequences: boolean
  bias: boolean
  trainable: boolean
}

/** Shape after the layer, of one example. */
export const shapeAfter = (spec: LayerSpec, shape: readonly number[]): readonly number[] => {
  const [height = 0, width = 0, channels = 0] = shape
  switch (spec.kind) {
    case 'dense':
      return [...shape.slice(0, -1), spec.units]
    case 'conv2d':
      return [...windowsOver([height, width], spec.kernel, spec), spec.filters]
    case 'max-pooling':
      return [...windowsOver([height, width], spec.window, spec), channels]
    case 'embedding':
      return [...shape, spec.width]
    case 'lstm':
      return spec.sequences ? [height, spec.units] : [spec.units]
    case 'flatten':
      return [shape.reduce((a, b) => a * b, 1)]
    case 'reshape':
      return spec.shape
    case 'batch-normalization':
    case 'activation':
    case 'dropout':
      return shape
    default:
      return unreachable(spec)
  }
}

export const windowsOver = (
  image: Pair,
  window: Pair,
  { strides, padding: pad }: { strides: Pair; padding: Padding },
): Pair => [
  countWindows(image[0], window[0], strides[0], pad),
  countWindows(image[1], window[1], strides[1], pad),
]

const countWindows = (length: number, window: number, stride: number, pad: Padding): number =>
  pad === 'same' ? Math.ceil(length / stride) : Math.floor((length - window) / stride) + 1
