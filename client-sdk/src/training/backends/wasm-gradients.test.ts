import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import * as tfLayers from '@tensorflow/tfjs-layers'
import { normal, seededRandom } from '@tributary/protocols/runtime'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadBackend } from './load-backend.ts'

beforeAll(async () => void (await loadBackend({ prefer: ['wasm'], log: () => undefined })))
afterAll(async () => void (await tf.setBackend('wasm')))

const numbers = (length: number, seed: string) => {
  const random = seededRandom(seed)
  return Float32Array.from({ length }, () => normal(random))
}

/** The same computation on the wasm and on the cpu backend, and that it leaves no tensor behind. */
const onBoth = async (compute: () => tf.Tensor) => {
  const results: Float32Array[] = []
  for (const backend of ['wasm', 'cpu']) {
    await tf.setBackend(backend)
    const before = tf.memory().numTensors
    const result = tf.tidy(compute)
    results.push(Float32Array.from(await result.data()))
    result.dispose()
    expect(tf.memory().numTensors).toBe(before)
  }
  const [wasm = new Float32Array(0), cpu = new Float32Array(0)] = results
  expect(wasm.length).toBe(cpu.length)
  const worst = cpu.reduce((most, value, i) => Math.max(most, Math.abs(value - (wasm[i] ?? 0))), 0)
  const scale = cpu.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
  return worst / scale
}

const size = (most: number) => fc.integer({ min: 1, max: most })

test('a product of transposed matrices is that of the cpu backend, whichever are transposed', async () => {
  await fc.assert(
    fc.asyncProperty(size(12), size(12), size(12), fc.boolean(), fc.boolean(), async (m, k, n, ta, tb) => {
      const [a, b] = [numbers(m * k, 'a'), numbers(k * n, 'b')]
      const difference = await onBoth(() =>
        tf.matMul(tf.tensor2d(a, ta ? [k, m] : [m, k]), tf.tensor2d(b, tb ? [n, k] : [k, n]), ta, tb),
      )
      expect(difference).toBeLessThan(1e-5)
    }),
    { numRuns: 60 },
  )
})

test('the gradient of a convolution filter is that of the cpu backend', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        batch: size(3),
        height: fc.integer({ min: 4, max: 9 }),
        width: fc.integer({ min: 4, max: 9 }),
        channels: size(3),
        filters: size(4),
        kernel: fc.tuple(size(4), size(4)),
        stride: fc.integer({ min: 1, max: 3 }),
        padding: fc.constantFrom('same' as const, 'valid' as const),
      }),
      async ({ batch, height, width, channels, filters, kernel, stride, padding }) => {
        const x = numbers(batch * height * width * channels, 'x')
        const w = numbers(kernel[0] * kernel[1] * channels * filters, 'w')
        const difference = await onBoth(() => {
          const images = tf.tensor4d(x, [batch, height, width, channels])
          const gradient = tf.grad((filter: tf.Tensor) =>
            tf.sum(tf.square(tf.conv2d(images, filter as tf.Tensor4D, stride, padding))),
          )
          return gradient(tf.tensor4d(w, [kernel[0], kernel[1], channels, filters]))
        })
        expect(difference).toBeLessThan(1e-5)
      },
    ),
    { numRuns: 60 },
  )
})

test('the gradient of an embedding is that of the cpu backend, also where an index comes twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 12 }),
      async (ids) => {
        const table = numbers(7 * 3, 'table')
        const difference = await onBoth(() => {
          const gradient = tf.grad((rows: tf.Tensor) =>
            tf.sum(tf.square(tf.gather(rows, tf.tensor1d(ids, 'int32')))),
          )
          return gradient(tf.tensor2d(table, [7, 3]))
        })
        expect(difference).toBeLessThan(1e-6)
      },
    ),
    { numRuns: 40 },
  )
})

describe('a whole model', () => {
  const models: [string, () => tfLayers.LayersModel, number[]][] = [
    [
      'convolutions, pooling and dropout that is off',
      () =>
        tfLayers.sequential({
          layers: [
            tfLayers.layers.conv2d({
              filters: 4,
              kernelSize: 3,
              activation: 'relu',
              inputShape: [10, 10, 1],
            }),
            tfLayers.layers.maxPooling2d({ poolSize: 2 }),
            tfLayers.layers.conv2d({
              filters: 3,
              kernelSize: 2,
              strides: 2,
              padding: 'same',
              activation: 'relu',
            }),
            tfLayers.layers.dropout({ rate: 0 }),
            tfLayers.layers.flatten(),
            tfLayers.layers.dense({ units: 3 }),
          ],
        }),
      [4, 10, 10, 1],
    ],
    [
      'a recurrent layer',
      () =>
        tfLayers.sequential({
          layers: [
            tfLayers.layers.lstm({
              units: 5,
              inputShape: [6, 3],
              recurrentInitializer: 'glorotNormal',
            }),
            tfLayers.layers.dense({ units: 2 }),
          ],
        }),
      [3, 6, 3],
    ],
  ]

  test.each(models)('of %s has the gradients of the cpu backend', async (_, build, shape) => {
    const input = numbers(
      shape.reduce((a, b) => a * b, 1),
      'input',
    )
    await tf.setBackend('cpu')
    const model = build()
    const values = model.weights.map((weight, i) =>
      numbers(
        weight.shape.reduce<number>((a, b) => a * (b ?? 1), 1),
        `weight ${i}`,
      ),
    )
    model.dispose()
    const difference = await onBoth(() => {
      const model = build()
      for (const [i, weight] of model.weights.entries())
        weight.write(tf.tensor(values[i] ?? [], weight.shape as number[]))
      const x = tf.tensor(input, shape)
      const { grads } = tf.variableGrads(
        () => tf.sum(tf.square(model.apply(x, { training: true }) as tf.Tensor)) as tf.Scalar,
      )
      const all = tf.concat(
        model.trainableWeights.map((weight) =>
          tf.reshape(grads[(weight.read() as tf.Variable).name] ?? tf.scalar(Number.NaN), [-1]),
        ),
      )
      model.dispose()
      return all
    })
    expect(difference).toBeLessThan(1e-4)
  })
})
