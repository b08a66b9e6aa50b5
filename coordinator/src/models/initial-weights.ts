import { unreachable } from '@tributary/protocols'
import { normal, type Random, seededRandom, uniform } from '@tributary/protocols/runtime'
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
    case 'glorot-uniform': {
      const limit = Math.sqrt(6 / (fanIn + fanOut))
      for (let i = 0; i < values.length; i++) values[i] = limit * (2 * uniform(random) - 1)
      return
    }
    case 'he-normal': {
      const deviation = Math.sqrt(2 / fanIn)
      for (let i = 0; i < values.length; i++) values[i] = deviation * normal(random)
      return
    }
    default:
      unreachable(initializer)
  }
}

/** Keras's fans: the last two axes, times the product of those before them (the receptive field of a filter). */
const fans = (shape: readonly number[]): { fanIn: number; fanOut: number } => {
  const fanOut = shape.at(-1) ?? 1
  if (shape.length < 2) return { fanIn: fanOut, fanOut }
  const field = elementCount(shape.slice(0, -2))
  return { fanIn: field * (shape.at(-2) ?? 1), fanOut: field * fanOut }
}
