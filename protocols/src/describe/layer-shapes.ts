/** What layers of Keras do to the shape of an example. */
import * as z from 'zod/mini'
import { elementCount } from '../tensors/index.ts'

export type RawLayer = { class_name: string; config: Readonly<Record<string, unknown>> & { name: string } }

const size = z.int().check(z.positive())
const pair = z.union([
  z.pipe(
    size,
    z.transform((one): [number, number] => [one, one]),
  ),
  z.tuple([size, size]),
])
const Windows = z.looseObject({
  padding: z._default(z.enum(['valid', 'same']), 'valid'),
  strides: z.nullish(pair),
})
const Conv2D = z.extend(Windows, { filters: size, kernel_size: pair })
const Pool2D = z.extend(Windows, { pool_size: z._default(pair, [2, 2]) })
const Dense = z.looseObject({ units: size })
const Reshape = z.looseObject({ target_shape: z.array(size) })
const Embedding = z.looseObject({ output_dim: size })
const Recurrent = z.extend(Dense, { return_sequences: z._default(z.boolean(), false) })

/** After the layer; null of a layer that is not known here, or of one whose configuration is not. */
export const shapeAfter = (
  { class_name, config }: RawLayer,
  shape: readonly number[],
): readonly number[] | null => {
  const [height = 1, width = 1, channels = 1] = shape
  switch (class_name) {
    case 'Dense': {
      const { data: dense } = Dense.safeParse(config)
      return dense ? [...shape.slice(0, -1), dense.units] : null
    }
    case 'Conv2D': {
      const { data: conv } = Conv2D.safeParse(config)
      if (!conv) return null
      const { filters, kernel_size, strides, padding } = conv
      return [...windows([height, width], kernel_size, strides ?? [1, 1], padding), filters]
    }
    case 'MaxPooling2D':
    case 'AveragePooling2D': {
      const { data: pool } = Pool2D.safeParse(config)
      if (!pool) return null
      const { pool_size, strides, padding } = pool
      return [...windows([height, width], pool_size, strides ?? pool_size, padding), channels]
    }
    case 'GlobalAveragePooling2D':
    case 'GlobalMaxPooling2D':
      return [channels]
    case 'Flatten':
      return [elementCount(shape)]
    case 'Reshape':
      return Reshape.safeParse(config).data?.target_shape ?? null
    case 'Embedding': {
      const { data: embedding } = Embedding.safeParse(config)
      return embedding ? [...shape, embedding.output_dim] : null
    }
    case 'LSTM':
    case 'GRU':
    case 'SimpleRNN': {
      const { data: recurrent } = Recurrent.safeParse(config)
      if (!recurrent) return null
      return recurrent.return_sequences ? [height, recurrent.units] : [recurrent.units]
    }
    case 'Activation':
    case 'BatchNormalization':
    case 'Dropout':
    case 'ELU':
    case 'GaussianNoise':
    case 'LayerNormalization':
    case 'LeakyReLU':
    case 'ReLU':
    case 'Softmax':
      return shape
    default:
      return null
  }
}

/** Numbers an example that a layer keeps beside its output until gradients have gone through it. */
export const workingValues = ({ class_name, config }: RawLayer, shape: readonly number[]): number => {
  const recurrent = Recurrent.safeParse(config)
  if (!recurrent.success) return class_name === 'BatchNormalization' ? elementCount(shape) : 0
  // An LSTM has four gates, a cell and an answer at every moment; a GRU three and an answer.
  const kept = { LSTM: 6, GRU: 4, SimpleRNN: 1 }[class_name] ?? 0
  return (shape[0] ?? 1) * kept * recurrent.data.units
}

const windows = (
  image: [number, number],
  window: [number, number],
  strides: [number, number],
  padding: 'valid' | 'same',
): [number, number] => {
  const count = (length: number, of: number, stride: number) =>
    padding === 'same' ? Math.ceil(length / stride) : Math.floor((length - of) / stride) + 1
  return [count(image[0], window[0], strides[0]), count(image[1], window[1], strides[1])]
}
