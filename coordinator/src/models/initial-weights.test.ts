import type { ModelTensor } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { initialWeights } from './initial-weights.ts'

const tensor = (name: string, shape: number[], initializer: ModelTensor['initializer']): ModelTensor => ({
  name,
  shape,
  dtype: 'F32',
  initializer,
})

describe('the weights that a seeded model begins with', () => {
  test('are the same for the same seed, and others for another', () => {
    const tensors = [tensor('w', [4, 5], 'glorot-uniform')]
    expect(initialWeights(tensors, 7)).toEqual(initialWeights(tensors, 7))
    expect(initialWeights(tensors, 7)).not.toEqual(initialWeights(tensors, 8))
  })

  test('lie in the order of the tensors, and one tensor’s do not depend on the others', () => {
    const [a, b] = [tensor('a', [3, 2], 'he-normal'), tensor('b', [2, 2], 'glorot-uniform')]
    const [alone, other] = [initialWeights([a], 1), initialWeights([b], 1)]
    expect(initialWeights([a, b], 1)).toEqual(Float32Array.of(...alone, ...other))
    expect(initialWeights([b, a], 1)).toEqual(Float32Array.of(...other, ...alone))
  })

  test('are zeros or ones where that is asked for', () => {
    expect(initialWeights([tensor('b', [2], 'zeros'), tensor('g', [], 'ones')], 1)).toEqual(
      Float32Array.of(0, 0, 1),
    )
  })

  test('of an LSTM’s bias are one for what is forgotten, if that is asked for', () => {
    expect(initialWeights([tensor('b', [8], 'unit-forget-bias')], 1)).toEqual(
      Float32Array.of(0, 0, 1, 1, 0, 0, 0, 0),
    )
  })

  // Fans of Keras: https://keras.io/api/layers/initializers, compute_fans.
  test.each<[string, number[], number, number]>([
    ['a matrix', [300, 100], 300, 100],
    ['a convolution', [5, 5, 8, 16], 200, 400],
    ['a one-dimensional convolution', [7, 8, 16], 56, 112],
    ['a vector', [500], 500, 500],
  ])('of %s spread as its fans say', (_, shape, fanIn, fanOut) => {
    const uniform = initialWeights([tensor('w', shape, 'glorot-uniform')], 3)
    const limit = Math.sqrt(6 / (fanIn + fanOut))
    const largest = uniform.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    expect(largest).toBeLessThanOrEqual(Math.fround(limit))
    expect(largest).toBeGreaterThan(0.98 * limit)
    expectSpread(uniform, limit / Math.sqrt(3))
    expectSpread(initialWeights([tensor('w', shape, 'he-normal')], 3), Math.sqrt(2 / fanIn))
  })
})

/** Mean 0 and this standard deviation, within what a sample of that size allows. The seed is fixed. */
const expectSpread = (values: Float32Array, deviation: number): void => {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n)
  expect(Math.abs(mean)).toBeLessThan((4 * deviation) / Math.sqrt(n))
  expect(Math.abs(spread / deviation - 1)).toBeLessThan(4 / Math.sqrt(n))
}
