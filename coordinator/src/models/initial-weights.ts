import { unreachable } from '@tributary/protocols'
import { type Random, seededRandom } from '@tributary/protocols/runtime'
import type { ModelSpec, ModelTensor } from '@tributary/protocols/task'
import { elementCount } from '@tributary/protocols/tensors'

/**
 * Version 1 of a seeded model: the flat weights, each tensor from a stream of its own, so that the same seed gives
 * the same bytes and a change to one tensor leaves the others as they are.
 */
export const initialWeights = (tensors: ModelSpec['tensors'], seed: number): Float32Array => {
  const lengths = tensors.map(({ shape }) => elementCount(shape))
  const weights = new Float32Array(lengths.reduce((sum, length) => sum + length, 0))
  let start = 0
  tensors.forEach((tensor, i) => {
    const end = start + (lengths[i] ?? 0)
    fill(weights.subarray(start, end), tensor, seededRandom(seed).fork(tensor.name))
    start = end
  })
  return weights
}

const fill = (values: Float32Array, { initializer, shape }: ModelTensor, random: Random): void => {
  const { fanIn, fanOut } = fans(shape)
  switch (initializer) {
    case 'zeros':
      return
    case 'ones':
      values.fill(1)
      return
    case 'unit-forget-bias':
      values.fill(1, values.length / 4, values.length / 2)
      return
    case 'glorot-uniform': {
      const limit = Math.sqrt(6 / (fanIn + fanOut))
      drawUniform(random, values.length, (i, u) => {
        values[i] = limit * (2 * u - 1)
      })
      return
    }
    case 'he-normal': {
      const deviation = Math.sqrt(2 / fanIn)
      // Box and Muller 1958, both values of a pair.
      let radius = 0
      drawUniform(random, values.length + (values.length % 2), (i, u) => {
        if (i % 2 === 0) radius = deviation * Math.sqrt(-2 * Math.log(1 - u))
        else {
          values[i - 1] = radius * Math.cos(2 * Math.PI * u)
          if (i < values.length) values[i] = radius * Math.sin(2 * Math.PI * u)
        }
      })
      return
    }
    default:
      unreachable(initializer)
  }
}

/** Values drawn in one go: one call for each would cost more than all the rest. */
const DRAWN_AT_ONCE = 16_384

/** Gives `count` numbers uniform in [0, 1), of 32 random bits each, in order. */
const drawUniform = (random: Random, count: number, use: (index: number, uniform: number) => void): void => {
  for (let start = 0; start < count; start += DRAWN_AT_ONCE) {
    const drawn = Math.min(DRAWN_AT_ONCE, count - start)
    const bytes = random.bytes(4 * drawn)
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let i = 0; i < drawn; i++) use(start + i, words.getUint32(4 * i, true) / 0x1_0000_0000)
  }
}

/** Keras's fans: the last two axes, times the product of those before them (the receptive field of a filter). */
const fans = (shape: readonly number[]): { fanIn: number; fanOut: number } => {
  const fanOut = shape.at(-1) ?? 1
  if (shape.length < 2) return { fanIn: fanOut, fanOut }
  const field = elementCount(shape.slice(0, -2))
  return { fanIn: field * (shape.at(-2) ?? 1), fanOut: field * fanOut }
}
