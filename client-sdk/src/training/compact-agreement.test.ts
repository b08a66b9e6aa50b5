/** The compact backend against tfjs, against finite differences, and against itself. */
import * as tfLayers from '@tensorflow/tfjs-layers'
import { integerBelow, normal, seededRandom, uniform } from '@tributary/protocols/runtime'
import { type Assignment, type Loss, type ModelSpec, manifestOf, type Plan } from '@tributary/protocols/task'
import { tensorSpans } from '@tributary/protocols/tensors'
import { afterAll, describe, expect, test } from 'vitest'
import { type CompactModel, compactModel } from './compact/compact-trainer.ts'
import { describeTfjsModel } from './describe-model.ts'
import type { Examples } from './examples.ts'
import { aJob, aPlan, someWeights } from './tfjs-trainer.builders.ts'
import { createTfjsEngine, createTfjsTrainer } from './tfjs-trainer.ts'

const engine = createTfjsEngine({ prefer: ['cpu'], log: () => {} })
await engine.backend()
afterAll(() => engine.dispose())

const {
  dense,
  conv2d,
  maxPooling2d,
  flatten,
  embedding,
  lstm,
  activation,
  reshape,
  leakyReLU,
  batchNormalization,
} = tfLayers.layers
/** tfjs's orthogonal one needs what the whole of tfjs adds to tensors. */
const drawable = { recurrentInitializer: 'glorotUniform' } as const
const { l1l2 } = tfLayers.regularizers
type Layer = Parameters<tfLayers.Sequential['add']>[0]
type Case = { layers: () => Layer[]; loss?: Loss; ids?: number; rows?: boolean }

/** Odd sizes, so that no row, tile or window is whole. */
const CASES: Record<string, Case> = {
  'softmax regression': { layers: () => [dense({ units: 5, inputShape: [23], activation: 'softmax' })] },
  'a perceptron of three layers': {
    layers: () => [
      dense({ units: 37, inputShape: [19], activation: 'relu' }),
      dense({ units: 21, activation: 'relu' }),
      dense({ units: 3, activation: 'softmax' }),
    ],
  },
  'wide layers': {
    layers: () => [
      dense({ units: 201, inputShape: [300], activation: 'relu' }),
      dense({ units: 10, activation: 'softmax' }),
    ],
  },
  'sigmoid, tanh and no bias': {
    layers: () => [
      dense({ units: 11, inputShape: [9], activation: 'sigmoid', useBias: false }),
      dense({ units: 7, activation: 'tanh' }),
      dense({ units: 2, activation: 'sigmoid' }),
    ],
    loss: 'sigmoid-cross-entropy',
    rows: true,
  },
  'mean squared error of a hidden softmax': {
    layers: () => [
      dense({ units: 6, inputShape: [5], activation: 'softmax' }),
      dense({ units: 3, activation: 'linear' }),
      activation({ activation: 'softmax' }),
    ],
    loss: 'mean-squared-error',
    rows: true,
  },
  'penalties, and a layer that is frozen': {
    layers: () => [
      dense({
        units: 8,
        inputShape: [6],
        activation: 'relu',
        kernelRegularizer: l1l2({ l1: 0.01, l2: 0.02 }),
      }),
      dense({ units: 9, activation: 'relu', trainable: false }),
      dense({ units: 4, biasRegularizer: l1l2({ l1: 0, l2: 0.05 }) }),
    ],
  },
  'convolutions and pools of even sizes': {
    layers: () => [
      reshape({ targetShape: [8, 8, 4], inputShape: [256] }),
      conv2d({ filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ filters: 8, kernelSize: 3, padding: 'valid', activation: 'relu' }),
      flatten(),
      dense({ units: 3, activation: 'softmax' }),
    ],
  },
  'convolutions and pools of odd sizes': {
    layers: () => [
      conv2d({ filters: 5, kernelSize: [5, 3], strides: [2, 1], padding: 'same', inputShape: [11, 9, 1] }),
      activation({ activation: 'relu' }),
      maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      conv2d({ filters: 7, kernelSize: [2, 3], padding: 'valid', activation: 'tanh', useBias: false }),
      conv2d({ filters: 3, kernelSize: 2, strides: 2, padding: 'same', activation: 'relu' }),
      flatten(),
      dense({ units: 3, activation: 'softmax' }),
    ],
  },
  'the 5 by 5 windows of McMahan’s network': {
    layers: () => [
      conv2d({ filters: 8, kernelSize: 5, padding: 'same', activation: 'relu', inputShape: [8, 8, 1] }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ filters: 10, kernelSize: 5, padding: 'same', activation: 'relu' }),
      maxPooling2d({ poolSize: 2 }),
      flatten(),
      dense({ units: 10, activation: 'softmax' }),
    ],
  },
  'batch normalization between dense layers': {
    layers: () => [
      batchNormalization({ inputShape: [7], epsilon: 0.01, trainable: false }),
      dense({ units: 11, useBias: false }), // whose gradient would be zero
      batchNormalization({ momentum: 0.9, gammaRegularizer: l1l2({ l1: 0, l2: 0.01 }) }),
      activation({ activation: 'tanh' }),
      dense({ units: 3, activation: 'softmax' }),
    ],
  },
  'batch normalization of the input, and of images': {
    layers: () => [
      batchNormalization({ inputShape: [6, 5, 3] }),
      conv2d({ filters: 6, kernelSize: 3, padding: 'same', useBias: false }),
      batchNormalization({ axis: 3 }),
      activation({ activation: 'sigmoid' }),
      flatten(),
      dense({ units: 3, activation: 'softmax' }),
    ],
  },
  words: {
    layers: () => [
      embedding({ inputDim: 13, outputDim: 6, inputLength: 5 }),
      dense({ units: 7, activation: 'relu' }),
      flatten(),
      dense({ units: 3, activation: 'softmax' }),
    ],
    ids: 13,
  },
  'words in their order': {
    layers: () => [
      embedding({ inputDim: 13, outputDim: 6, inputLength: 5 }),
      lstm({ units: 7, recurrentActivation: 'sigmoid', ...drawable }),
      dense({ units: 3, activation: 'softmax' }),
    ],
    ids: 13,
  },
  'two memories, one upon the other': {
    layers: () => [
      embedding({ inputDim: 13, outputDim: 3, inputLength: 9 }),
      lstm({
        units: 8,
        recurrentActivation: 'sigmoid',
        returnSequences: true,
        unitForgetBias: true,
        ...drawable,
      }),
      lstm({ units: 5, recurrentActivation: 'sigmoid', useBias: false, ...drawable }),
      dense({ units: 4, activation: 'softmax' }),
    ],
    ids: 13,
  },
  'a memory of hard gates that tells all it goes through': {
    layers: () => [
      lstm({
        units: 6,
        inputShape: [4, 3],
        returnSequences: true,
        ...drawable,
      }),
      dense({ units: 3, activation: 'softmax' }),
    ],
    rows: true,
  },
  'a frozen memory between what is trained': {
    layers: () => [
      dense({ units: 5, inputShape: [6, 2], activation: 'tanh' }),
      lstm({
        units: 4,
        recurrentActivation: 'sigmoid',
        trainable: false,
        returnSequences: true,
        ...drawable,
      }),
      flatten(),
      dense({ units: 3, activation: 'softmax' }),
    ],
  },
  'one moment': {
    layers: () => [
      lstm({ units: 9, inputShape: [1, 5], recurrentActivation: 'sigmoid', ...drawable }),
      dense({ units: 2, activation: 'softmax' }),
    ],
  },
  'a class for every word': {
    layers: () => [
      embedding({ inputDim: 13, outputDim: 6, inputLength: 5 }),
      dense({ units: 4, activation: 'softmax' }),
    ],
    ids: 13,
    rows: true,
  },
}

describe.each(Object.entries(CASES))('%s', (_, kind) => {
  const shape = shaped(kind)
  const { spec } = shape
  const loss = kind.loss ?? 'softmax-cross-entropy'
  const examples = examplesOf(shape, kind, 13)
  const weights = noisyWeights(spec)
  const assignment = (plan: Partial<Plan> = {}): Assignment => ({
    model: spec,
    plan: aPlan({ loss, ...plan }),
  })
  const both = async (plan: Partial<Plan>) => {
    const job = aJob(assignment(plan), { weights, seed: 5 })
    const model = await compactModel(job.assignment)
    const compact = model.train({ weights, examples, plan: job.plan, seed: 5 })
    const tfjs = await createTfjsTrainer({ examples, engine }).train(job)
    return { compact, tfjs }
  }

  test('has the gradients of tfjs, tensor by tensor', async () => {
    const learningRate = 100
    const { compact, tfjs } = await both({
      epochs: 1,
      batchSize: 13,
      optimizer: { name: 'sgd', learningRate, momentum: 0 },
    })
    for (const { name, start, end } of tensorSpans(manifestOf(spec))) {
      const gradient = (trained: Float32Array) =>
        trained.subarray(start, end).map((value, i) => (value - (weights[start + i] ?? 0)) / learningRate)
      const [ours, theirs] = [gradient(compact.weights), gradient(tfjs.weights)]
      expect(distance(ours, theirs), name).toBeLessThanOrEqual(1e-5 * norm(theirs))
    }
    expect(compact.metrics.loss).toBeCloseTo(tfjs.metrics.loss ?? Number.NaN, 5)
    expect(compact.metrics.accuracy).toBe(tfjs.metrics.accuracy)
  })

  test('has the gradients of finite differences, tensor by tensor', async () => {
    const penalized = JSON.stringify(spec).includes('L1L2')
    // Some steps cross the kink of a ReLU or of a maximum: most do not, and short ones less often, but rounding counts there.
    const [h, tolerance] = /relu|MaxPooling/.test(JSON.stringify(spec)) ? [1e-3, 2e-2] : [1e-2, 1e-3]
    const model = await compactModel(assignment())
    const learningRate = 100
    const plan = aPlan({
      loss,
      epochs: 1,
      batchSize: 13,
      optimizer: { name: 'sgd', learningRate },
    })
    const trained = model.train({ weights, examples, plan, seed: 1 }).weights
    const random = seededRandom('directions')
    for (const { name, start, end } of tensorSpans(manifestOf(spec))) {
      if (name.includes('/moving_')) continue // follows the batch, not the loss
      // What is told is the loss without penalties.
      if (penalized && trained.subarray(start, end).some((value, i) => value !== weights[start + i])) continue
      const gradient = trained
        .subarray(start, end)
        .map((value, i) => ((weights[start + i] ?? 0) - value) / learningRate)
      if (gradient.every((value) => value === 0)) continue // frozen
      const errors = Array.from({ length: 7 }, () => {
        const direction = unit(Float32Array.from(gradient, () => normal(random)))
        const slope = slopeOf(model, { weights, examples, plan, start, direction, h })
        const along = direction.reduce((sum, d, i) => sum + d * (gradient[i] ?? 0), 0)
        return Math.abs(along - slope) / Math.max(0.05, Math.abs(slope))
      })
      expect(errors.sort((a, b) => a - b)[3], name).toBeLessThan(tolerance)
    }
  })

  test.each([
    ['plain descent', { optimizer: { name: 'sgd', learningRate: 0.05, momentum: 0 } }],
    [
      'momentum and the proximal term',
      { optimizer: { name: 'sgd', learningRate: 0.02, momentum: 0.9 }, proximal: 0.3 },
    ],
    ['Adam', { optimizer: { name: 'adam', learningRate: 0.003, beta1: 0.9, beta2: 0.999, epsilon: 1e-3 } }],
  ] as const)('ends where tfjs ends, by %s', async (__, plan) => {
    const { compact, tfjs } = await both({ epochs: 4, batchSize: 5, ...plan })
    expect(compact.examples).toBe(13)
    expect(largestDifference(compact.weights, tfjs.weights)).toBeLessThan(1e-4)
    expect(compact.metrics.loss).toBeCloseTo(tfjs.metrics.loss ?? Number.NaN, 3)
  })

  test('judges and predicts as tfjs does', async () => {
    const model = await compactModel(assignment())
    const trainer = createTfjsTrainer({ examples, engine })
    const judged = model.evaluate({ weights, examples })
    const reference = await trainer.evaluate({ assignment: assignment(), weights })
    expect(judged.examples).toBe(13)
    expect(judged.metrics.loss).toBeCloseTo(reference.metrics.loss ?? Number.NaN, 5)
    expect(judged.metrics.accuracy).toBe(reference.metrics.accuracy)
    const ours = model.predict({ weights, inputs: examples.inputs })
    const theirs = await trainer.predict({ assignment: assignment(), weights }, examples.inputs)
    expect(largestDifference(ours, theirs)).toBeLessThan(1e-5 * Math.max(1, norm(theirs)))
  })

  test('gives the same bytes again, whatever was trained between', async () => {
    const model = await compactModel(assignment())
    const job = { weights, examples, plan: aPlan({ loss, epochs: 3, batchSize: 4 }), seed: 9 }
    const first = model.train(job)
    model.train({
      ...job,
      plan: aPlan({ loss, epochs: 1, optimizer: { name: 'adam', learningRate: 0.1 } }),
      seed: 1,
    })
    model.steps(job).next()
    const again = model.train(job)
    const elsewhere = (await compactModel(assignment())).train(job)
    expect(again).toEqual(first)
    expect(elsewhere).toEqual(first)
  })
})

test('a layer that is not there is named, with the trainer that has it', async () => {
  const { spec } = shaped({ layers: () => [leakyReLU({ inputShape: [3] }), dense({ units: 2 })] })
  await expect(compactModel({ model: spec, plan: aPlan() })).rejects.toMatchObject({
    code: 'unsupported-model',
    message: expect.stringMatching(/leaky_re_lu\S* is a LeakyReLU.*createTfjsTrainer/),
  })
})

test.each([
  ['dropout', { dropout: 0.5 }],
  ['recurrent_dropout', { recurrentDropout: 0.5 }],
  ['activation', { activation: 'relu' }],
  ['recurrent_activation', { recurrentActivation: 'tanh' }],
  ['go_backwards', { goBackwards: true }],
  ['stateful', { stateful: true, batchInputShape: [2, 3, 4] }],
  ['kernel_regularizer', { kernelRegularizer: l1l2() }],
  ['recurrent_constraint', { recurrentConstraint: 'nonNeg' }],
] as const)('a memory with another %s is refused with the trainer that has it', async (field, config) => {
  const { spec } = shaped({
    layers: () => [
      lstm({ units: 2, inputShape: [3, 4], ...drawable, ...config } as Parameters<typeof lstm>[0]),
      dense({ units: 2 }),
    ],
  })
  await expect(compactModel({ model: spec, plan: aPlan() })).rejects.toMatchObject({
    code: 'unsupported-model',
    message: expect.stringMatching(
      new RegExp(`lstm_\\S* \\(LSTM\\) has another ${field} .*createTfjsTrainer`),
    ),
  })
})

test('a memory’s gradient over more rows than products take at once is the mean of its parts’', async () => {
  const shape = shaped({
    layers: () => [
      embedding({ inputDim: 13, outputDim: 3, inputLength: 4 }),
      lstm({ units: 6, recurrentActivation: 'sigmoid', ...drawable }),
      dense({ units: 3, activation: 'softmax' }),
    ],
  })
  const examples = examplesOf(shape, { ids: 13, layers: () => [] }, 86)
  const weights = noisyWeights(shape.spec)
  const stepOver = async (from: number, to: number) => {
    const plan = aPlan({ epochs: 1, batchSize: to - from, optimizer: { name: 'sgd', learningRate: 1 } })
    const part = {
      inputs: examples.inputs.subarray(4 * from, 4 * to),
      targets: examples.targets.subarray(from, to),
    }
    const model = await compactModel({ model: shape.spec, plan })
    return model.train({ weights, examples: part, plan, seed: 1 }).weights
  }
  const [all, first, second] = [await stepOver(0, 86), await stepOver(0, 43), await stepOver(43, 86)]
  expect(
    largestDifference(
      all,
      first.map((value, i) => (value + (second[i] ?? 0)) / 2),
    ),
  ).toBeLessThan(1e-6)
})

test('a memory takes moments of values, and no images', async () => {
  const { spec } = shaped({ layers: () => [dense({ units: 2, inputShape: [3] })] })
  if (spec.format !== 'tfjs-layers') throw new Error('not a tfjs model')
  const layers = [{ class_name: 'LSTM', config: { name: 'm', units: 2, batch_input_shape: [null, 3] } }]
  const topology = { class_name: 'Sequential', config: { name: 's', layers } }
  await expect(
    compactModel({ model: { ...spec, topology }, plan: aPlan({ loss: 'mean-squared-error' }) }),
  ).rejects.toThrow(/its layer m does not take \[3\]/)
})

test.each([
  ['along another axis', { axis: 1 }],
  ['without its scale', { scale: false }],
])('batch normalization %s is refused by name', async (_, config) => {
  const layers = () => [
    batchNormalization({ inputShape: [4, 4, 2], ...config }),
    flatten(),
    dense({ units: 2 }),
  ]
  const { spec } = shaped({ layers })
  await expect(compactModel({ model: spec, plan: aPlan() })).rejects.toMatchObject({
    code: 'unsupported-model',
    message: expect.stringMatching(/batch_normalization/),
  })
})

type Shaped = { spec: ModelSpec; input: number; output: number; width: number }

function shaped({ layers }: Pick<Case, 'layers'>): Shaped {
  const model = tfLayers.sequential({ layers: layers() })
  const spec = describeTfjsModel(model, { kind: 'import' })
  const sizeOf = (shape: readonly (number | null)[]) =>
    shape.slice(1).reduce<number>((a, b) => a * (b ?? 1), 1)
  const [input, output] = [model.inputs[0]?.shape ?? [], model.outputs[0]?.shape ?? []]
  model.dispose()
  return { spec, input: sizeOf(input), output: sizeOf(output), width: output.at(-1) ?? 1 }
}

function examplesOf({ input, output, width }: Shaped, { ids, rows, loss }: Case, count: number): Examples {
  const random = seededRandom('examples')
  const draw = () => (ids ? integerBelow(random, ids) : normal(random))
  const inputs = Float32Array.from({ length: count * input }, draw)
  if (!rows) return { inputs, targets: Int32Array.from({ length: count }, (_, i) => (i * 7) % output) }
  const targets = Float32Array.from({ length: count * output }, (_, i) =>
    loss === undefined ? Number((Math.floor(i / width) * 3) % width === i % width) : uniform(random),
  )
  return { inputs, targets }
}

/** Biases too: at zero, a ReLU's gradient is a matter of taste. Scales and variances are about one. */
function noisyWeights(spec: ModelSpec): Float32Array {
  const random = seededRandom('noise')
  const weights = someWeights(spec).map((weight) => weight + 0.05 * normal(random))
  for (const { name, start, end } of tensorSpans(manifestOf(spec)))
    if (/gamma$|moving_variance$/.test(name))
      for (let i = start; i < end; i++) weights[i] = 1 + (weights[i] ?? 0)
  return weights
}

/** (L(w + hd) − L(w − hd)) / 2h along a direction of one tensor. */
function slopeOf(
  model: CompactModel,
  at: {
    weights: Float32Array
    examples: Examples
    plan: Plan
    start: number
    direction: Float32Array
    h: number
  },
): number {
  const { h } = at
  const lossAt = (step: number) => {
    const weights = at.weights.slice()
    for (const [i, d] of at.direction.entries())
      weights[at.start + i] = (weights[at.start + i] ?? 0) + step * d
    // Of the batch as training sees it, before its step: batch normalization judges otherwise.
    return model.train({ weights, examples: at.examples, plan: at.plan, seed: 1 }).metrics.loss ?? Number.NaN
  }
  return (lossAt(h) - lossAt(-h)) / (2 * h)
}

const norm = (x: Float32Array): number => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0))

const unit = (x: Float32Array): Float32Array => {
  const length = norm(x)
  return x.map((value) => value / length)
}

const distance = (a: Float32Array, b: Float32Array): number =>
  norm(a.map((value, i) => value - (b[i] ?? Number.NaN)))

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))),
    a.length === b.length ? 0 : Infinity,
  )
