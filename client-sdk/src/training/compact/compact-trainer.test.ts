import type { Assignment, ModelSpec } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { aJob, aPlan, clusters, denseModel, someWeights } from '../tfjs-trainer.builders.ts'
import type { JsonObject } from '../topology.ts'
import { assemble } from './assemble.ts'
import { createBody } from './body.ts'
import { compactModel, createCompactEngine, createCompactTrainer } from './compact-trainer.ts'
import { outlineOf } from './outline.ts'
import { sequentialSpec } from './sequential-spec.ts'
import { instantiateTraining } from './training-module.ts'
import { trainingSteps } from './training-steps.ts'

const model = denseModel([8, 16, 3])
const assignment = (plan = aPlan()): Assignment => ({ model, plan })
const training = clusters({ count: 300, width: 8, classes: 3 })
const heldOut = clusters({ count: 300, width: 8, classes: 3, seed: 'held out' })

describe('training', () => {
  test('learns what can be learnt, and judges itself truly', async () => {
    const engine = createCompactEngine()
    const trainer = createCompactTrainer({ examples: training, engine })
    const judge = createCompactTrainer({ examples: heldOut, engine })
    const job = aJob(assignment())
    const before = await judge.evaluate(job)
    const { weights, examples, metrics } = await trainer.train(job)
    const after = await judge.evaluate({ ...job, weights })
    expect(examples).toBe(300)
    expect(before.metrics.accuracy).toBeLessThan(0.7)
    expect(after.metrics.accuracy).toBeGreaterThan(0.97)
    expect(metrics.accuracy).toBeGreaterThan(0.97)
    expect(metrics.loss).toBeLessThan(0.2)
    expect(job.weights).toEqual(someWeights(model))
  })

  test('overfits a few examples to nothing', async () => {
    const few = clusters({ count: 6, width: 8, classes: 3 })
    const plan = aPlan({ epochs: 400, batchSize: 6, optimizer: { name: 'adam', learningRate: 0.01 } })
    const compact = await compactModel(assignment(plan))
    const { metrics } = compact.train({ weights: someWeights(model), examples: few, plan, seed: 1 })
    expect(metrics.accuracy).toBe(1)
    expect(metrics.loss).toBeLessThan(1e-3)
  })

  test('tells how far it is as the tfjs trainer does: every sixteen batches, and at the end of each epoch', async () => {
    const job = aJob(assignment(aPlan({ epochs: 2 })))
    await createCompactTrainer({ examples: training }).train(job)
    expect(job.progress.map(({ fraction }) => fraction * 60)).toEqual(
      [16, 30, 46, 60].map((batches) => expect.closeTo(batches, 6)),
    )
    expect(job.progress.at(-1)?.loss).toBeLessThan(job.progress[0]?.loss ?? 0)
  })

  test('of no examples gives none, and the weights as they were', async () => {
    const none = { inputs: new Float32Array(0), targets: new Int32Array(0) }
    const job = aJob(assignment())
    expect(await createCompactTrainer({ examples: none }).train(job)).toEqual({
      weights: job.weights,
      examples: 0,
      metrics: {},
    })
  })

  test('gives everything else its turn, and so hears an abort', async () => {
    const job = aJob(assignment(aPlan({ epochs: 10_000 })))
    const run = createCompactTrainer({ examples: training }).train(job)
    let turns = 0
    const others = () => {
      turns++
      if (turns === 5) job.abort.abort(new Error('no more'))
      else setImmediate(others)
    }
    setImmediate(others)
    await expect(run).rejects.toThrow('no more')
    expect(turns).toBe(5)
    expect(job.progress.at(-1)?.fraction ?? 0).toBeLessThan(0.5)
  })

  test('refuses examples that do not fit, and ids that are in no table', async () => {
    const job = aJob(assignment())
    for (const examples of [
      { inputs: new Float32Array(9), targets: new Int32Array(1) },
      { inputs: new Float32Array(8), targets: new Int32Array([3]) },
    ])
      await expect(createCompactTrainer({ examples }).train(job)).rejects.toMatchObject({
        code: 'bad-examples',
      })
    const words = await compactModel({ model: wordsModel(), plan: aPlan() })
    const weights = new Float32Array(5 * 2 + 2 * 2 + 2)
    for (const id of [5, -1, Number.NaN]) {
      const inputs = Float32Array.of(1, id)
      expect(() => words.evaluate({ weights, examples: { inputs, targets: Uint8Array.of(0, 1) } })).toThrow(
        'no row of an embedding of 5',
      )
      expect(() => words.predict({ weights, inputs })).toThrow(
        Number.isNaN(id) ? 'not all finite' : 'no row of an embedding of 5',
      )
    }
    expect(words.predict({ weights, inputs: Float32Array.of(0, 4) })).toHaveLength(4)
  })
})

describe('one engine for many clients', () => {
  test('two at once do not meet, and who has given up does not hold up the rest', async () => {
    const engine = createCompactEngine()
    const trainer = createCompactTrainer({ examples: training, engine })
    const long = () => aJob(assignment(aPlan({ epochs: 40 })), { seed: 3 })
    const alone = await trainer.train(long())
    const leaving = long()
    const runs = [trainer.train(long()), trainer.train(leaving), trainer.train(long())]
    leaving.abort.abort(new Error('gone'))
    const [first, gone, third] = await Promise.allSettled(runs)
    expect(gone).toMatchObject({ status: 'rejected', reason: { message: 'gone' } })
    expect(first).toEqual({ status: 'fulfilled', value: alone })
    expect(third).toEqual({ status: 'fulfilled', value: alone })
  })

  test('a model that cannot be built says so to each who asks', async () => {
    const trainer = createCompactTrainer({ examples: training })
    const wrong = { ...model, tensors: model.tensors.slice(1) }
    for (let i = 0; i < 2; i++)
      await expect(trainer.train(aJob({ model: wrong, plan: aPlan() }))).rejects.toMatchObject({
        code: 'model-mismatch',
      })
  })
})

describe('memory', () => {
  test('is laid out once: the thousandth client finds what the first one left, and takes no more', async () => {
    const kernels = await instantiateTraining()
    if (model.format !== 'tfjs-layers') throw new Error('not a tfjs model')
    const outline = outlineOf(sequentialSpec(model.topology, 'softmax-cross-entropy'))
    const body = createBody(kernels, outline, 'softmax-cross-entropy', 8 * 16 + 16 + 16 * 3 + 3)
    const few = clusters({ count: 20, width: 8, classes: 3 })
    const plans = [
      aPlan({ epochs: 1 }),
      aPlan({ epochs: 1, optimizer: { name: 'adam', learningRate: 0.1 }, proximal: 1 }),
    ]
    const client = (i: number) => {
      const plan = plans[i % 2] ?? aPlan()
      for (const _ of trainingSteps(body, { weights: someWeights(model), examples: few, plan, seed: i }));
    }
    client(0)
    client(1)
    const bytes = kernels.memory.buffer.byteLength
    for (let i = 2; i < 1000; i++) client(i)
    expect(kernels.memory.buffer.byteLength).toBe(bytes)
  })

  test('is laid out anew for larger batches, over whatever lay there', async () => {
    const job = (batchSize: number) => ({
      weights: someWeights(model),
      examples: training,
      plan: aPlan({ epochs: 2, batchSize, optimizer: { name: 'adam', learningRate: 0.01 } }),
      seed: 1,
    })
    const fresh = (await compactModel(assignment())).train(job(200))
    const used = await compactModel(assignment())
    used.train(job(7))
    expect(used.train(job(200))).toEqual(fresh)
  })
})

describe('dropout', () => {
  test('drops its share, keeps the mean, and draws anew for each step and seed', async () => {
    const kernels = await instantiateTraining()
    const spec = sequentialSpec(dropoutTopology(0.3, 40_000), 'mean-squared-error')
    const { input, output, layers, chance } = assemble(kernels, outlineOf(spec), {
      loss: 'mean-squared-error',
      capacity: 1,
    })
    const view = (at: number) => new Float32Array(kernels.memory.buffer, at, 40_000)
    view(input.values).fill(2)
    const pass = (word: number, mode: 'training' | 'inference') => {
      chance.word = word
      layers[0]?.forward(1, mode)
      return view(layers[0]?.output.values ?? 0).slice()
    }
    expect(output.shape).toEqual([1])
    const first = pass(1, 'training')
    expect(new Set(first)).toEqual(new Set([0, Math.fround(2 * Math.fround(1 / 0.7))]))
    const share = first.filter((value) => value === 0).length / 40_000
    // Five standard deviations of a binomial.
    expect(Math.abs(share - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / 40_000))
    expect(pass(1, 'training')).toEqual(first)
    const second = pass(2, 'training')
    const both = first.filter((value, i) => value === 0 && second[i] === 0).length / 40_000
    expect(Math.abs(both - 0.09)).toBeLessThan(0.01)
    expect(pass(3, 'inference')).toEqual(new Float32Array(40_000).fill(2))
  })

  test('trains the same for the same seed, and another for another', async () => {
    const { tensors } = denseModel([30, 1], 'linear')
    const dropping = sequential(dropoutTopology(0.5, 30), tensors)
    const examples = { inputs: new Float32Array(300).fill(1), targets: new Float32Array(10).fill(1) }
    const plan = aPlan({ loss: 'mean-squared-error', epochs: 2, batchSize: 10 })
    const compact = await compactModel({ model: dropping, plan })
    const train = (seed: number) =>
      compact.train({ weights: new Float32Array(31), examples, plan, seed }).weights
    expect(train(1)).toEqual(train(1))
    expect(train(2)).not.toEqual(train(1))
  })
})

const dropoutTopology = (rate: number, width: number) => ({
  class_name: 'Sequential',
  config: {
    name: 'sequential',
    layers: [
      { class_name: 'Dropout', config: { name: 'dropout', rate, batch_input_shape: [null, width] } },
      { class_name: 'Dense', config: { name: 'dense_1', units: 1 } },
    ],
  },
})

const wordsModel = (): ModelSpec =>
  sequential(
    {
      class_name: 'Sequential',
      config: {
        name: 'sequential',
        layers: [
          {
            class_name: 'Embedding',
            config: { name: 'embedding', input_dim: 5, output_dim: 2, batch_input_shape: [null, 1] },
          },
          { class_name: 'Dense', config: { name: 'dense', units: 2, activation: 'softmax' } },
        ],
      },
    },
    [
      { name: 'embedding/embeddings', shape: [5, 2], dtype: 'F32', initializer: 'zeros' },
      { name: 'dense/kernel', shape: [2, 2], dtype: 'F32', initializer: 'zeros' },
      { name: 'dense/bias', shape: [2], dtype: 'F32', initializer: 'zeros' },
    ],
  )

const sequential = (topology: JsonObject, tensors: ModelSpec['tensors']): ModelSpec => ({
  format: 'tfjs-layers',
  topology,
  tensors,
  initial: { kind: 'import' },
})
