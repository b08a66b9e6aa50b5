import * as tf from '@tensorflow/tfjs-core'
import * as tfLayers from '@tensorflow/tfjs-layers'
import type { Assignment } from '@tributary/protocols/task'
import { afterEach, describe, expect, test } from 'vitest'
import { TributaryError } from '../tributary-error.ts'
import { aJob, aPlan, clusters, denseModel, someWeights } from './tfjs-trainer.builders.ts'
import { createTfjsEngine, createTfjsTrainer } from './tfjs-trainer.ts'

const logged: string[] = []
const engine = createTfjsEngine({ prefer: ['wasm'], log: (line) => logged.push(line) })
afterEach(() => engine.dispose())

const model = denseModel([8, 16, 3])
const assignment = (plan = aPlan()): Assignment => ({ model, plan })
const training = clusters({ count: 300, width: 8, classes: 3 })
const heldOut = clusters({ count: 300, width: 8, classes: 3, seed: 'held out' })

describe('training', () => {
  test('learns what can be learnt, and judges itself truly', async () => {
    const trainer = createTfjsTrainer({ examples: training, engine })
    const judge = createTfjsTrainer({ examples: heldOut, engine })
    const job = aJob(assignment())
    const before = await judge.evaluate(job)
    const { weights, examples, metrics } = await trainer.train(job)
    const after = await judge.evaluate({ ...job, weights })
    expect(examples).toBe(300)
    expect(before.metrics.accuracy).toBeLessThan(0.7)
    expect(after.examples).toBe(300)
    expect(after.metrics.accuracy).toBeGreaterThan(0.97)
    expect(after.metrics.loss).toBeLessThan(0.2)
    expect(metrics.accuracy).toBeGreaterThan(0.97)
    expect(metrics.loss).toBeLessThan(0.2)
  })

  test('leaves the received weights as they were', async () => {
    const job = aJob(assignment())
    const copy = job.weights.slice()
    await createTfjsTrainer({ examples: training, engine }).train(job)
    expect(job.weights).toEqual(copy)
  })

  test('is the same for the same seed, and another for another', async () => {
    const trainer = createTfjsTrainer({ examples: training, engine })
    const first = await trainer.train(aJob(assignment(), { seed: 7 }))
    const second = await trainer.train(aJob(assignment(), { seed: 7 }))
    const third = await trainer.train(aJob(assignment(), { seed: 8 }))
    expect(second).toEqual(first)
    expect(third.weights).not.toEqual(first.weights)
  })

  test('tells how far it is, to the end', async () => {
    const job = aJob(assignment())
    await createTfjsTrainer({ examples: training, engine }).train(job)
    const fractions = job.progress.map(({ fraction }) => fraction)
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
    expect(fractions.at(-1)).toBe(1)
    expect(fractions.length).toBeGreaterThanOrEqual(5)
    expect(job.progress.at(-1)?.loss).toBeLessThan(job.progress[0]?.loss ?? 0)
  })

  test('of no examples gives none, and the weights as they were', async () => {
    const none = { inputs: new Float32Array(0), targets: new Int32Array(0) }
    const job = aJob(assignment())
    expect(await createTfjsTrainer({ examples: none, engine }).train(job)).toEqual({
      weights: job.weights,
      examples: 0,
      metrics: {},
    })
  })

  test('leaves no tensor behind: not when it ends, not when it is aborted, not when it fails', async () => {
    await engine.backend()
    const baseline = tf.memory().numTensors
    const trainer = createTfjsTrainer({ examples: training, engine })
    const plans = [
      aPlan({ proximal: 0.1 }),
      aPlan({ optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9 } }),
      aPlan({ optimizer: { name: 'adam', learningRate: 0.01 } }),
    ]
    await trainer.train(aJob(assignment()))
    const warm = tf.memory().numTensors
    for (const plan of plans) {
      const job = aJob(assignment(plan))
      await trainer.train(job)
      await trainer.evaluate(job)
      await trainer.predict(job, training.inputs)
      expect(tf.memory().numTensors).toBe(warm)
    }
    const aborted = aJob(assignment(plans[2]))
    const run = trainer.train(aborted)
    setImmediate(() => aborted.abort.abort(new Error('enough')))
    await expect(run).rejects.toThrow('enough')
    expect(tf.memory().numTensors).toBe(warm)
    const wrong = createTfjsTrainer({
      examples: { ...training, targets: new Int32Array(300).fill(3) },
      engine,
    })
    await expect(wrong.train(aJob(assignment()))).rejects.toMatchObject({ code: 'bad-examples' })
    expect(tf.memory().numTensors).toBe(warm)
    engine.dispose()
    expect(tf.memory().numTensors).toBe(baseline)
  })

  test('hears an abort within a batch, because everything else has its turn after each', async () => {
    const trainer = createTfjsTrainer({ examples: training, engine })
    const job = aJob(assignment(aPlan({ epochs: 10_000 })))
    const run = trainer.train(job)
    let turns = 0
    const others = () => {
      turns++
      if (turns === 20) job.abort.abort(new Error('no more'))
      else setImmediate(others)
    }
    setImmediate(others)
    await expect(run).rejects.toThrow('no more')
    expect(turns).toBe(20)
  })

  test('two at once on one engine do not meet', async () => {
    const trainer = createTfjsTrainer({ examples: training, engine })
    const alone = await trainer.train(aJob(assignment(), { seed: 3 }))
    const [first, second] = await Promise.all([
      trainer.train(aJob(assignment(), { seed: 3 })),
      trainer.train(aJob(assignment(), { seed: 4 })),
      trainer.predict(aJob(assignment()), training.inputs),
    ])
    expect(first.weights).toEqual(alone.weights)
    expect(second.weights).not.toEqual(alone.weights)
  })

  test('asks for the examples anew each time', async () => {
    let count = 30
    const trainer = createTfjsTrainer({
      examples: async () => clusters({ count, width: 8, classes: 3 }),
      engine,
    })
    const job = aJob(assignment(aPlan({ epochs: 1 })))
    expect((await trainer.train(job)).examples).toBe(30)
    count = 60
    expect((await trainer.train(job)).examples).toBe(60)
  })
})

describe('one step along the gradient', () => {
  /** y = w·x + b with one example: gradients of ½-free mean squared error are 2(wx + b − t)·x and 2(wx + b − t). */
  const line = denseModel([1, 1], 'linear')
  const plan = aPlan({ epochs: 1, batchSize: 1, loss: 'mean-squared-error' })
  const examples = { inputs: new Float32Array([3]), targets: new Float32Array([10]) }
  const weights = new Float32Array([2, 1])
  const gradient = [2 * (2 * 3 + 1 - 10) * 3, 2 * (2 * 3 + 1 - 10)]

  const trained = async (change: Parameters<typeof aPlan>[0]) => {
    const job = aJob({ model: line, plan: aPlan({ ...plan, ...change }) }, { weights })
    return [...(await createTfjsTrainer({ examples, engine }).train(job)).weights]
  }
  const near = (expected: number[]) => expected.map((value) => expect.closeTo(value, 4))

  test('plain', async () =>
    expect(await trained({ optimizer: { name: 'sgd', learningRate: 0.01 } })).toEqual(
      near([2 - 0.01 * (gradient[0] ?? 0), 1 - 0.01 * (gradient[1] ?? 0)]),
    ))

  test('with momentum, which shows from the second on', async () => {
    const [w = 0, b = 0] = await trained({
      epochs: 2,
      optimizer: { name: 'sgd', learningRate: 0.01, momentum: 0.5 },
    })
    let [w1, b1, mw, mb] = [2, 1, 0, 0]
    for (let step = 0; step < 2; step++) {
      const error = 2 * (w1 * 3 + b1 - 10)
      mw = 0.5 * mw + error * 3
      mb = 0.5 * mb + error
      w1 -= 0.01 * mw
      b1 -= 0.01 * mb
    }
    expect([w, b]).toEqual(near([w1, b1]))
  })

  test('of Adam, whose first is as long as the learning rate whatever the gradient', async () => {
    expect(await trained({ optimizer: { name: 'adam', learningRate: 0.1 } })).toEqual(near([2.1, 1.1]))
    const [w = 0, b = 0] = await trained({ epochs: 3, optimizer: { name: 'adam', learningRate: 0.1 } })
    let parameters = [2, 1]
    let means = [0, 0]
    let squares = [0, 0]
    for (let step = 1; step <= 3; step++) {
      const error = 2 * ((parameters[0] ?? 0) * 3 + (parameters[1] ?? 0) - 10)
      const g = [error * 3, error]
      means = means.map((m, i) => 0.9 * m + 0.1 * (g[i] ?? 0))
      squares = squares.map((v, i) => 0.999 * v + 0.001 * (g[i] ?? 0) ** 2)
      parameters = parameters.map((p, i) => {
        const [m, v] = [(means[i] ?? 0) / (1 - 0.9 ** step), (squares[i] ?? 0) / (1 - 0.999 ** step)]
        return p - (0.1 * m) / (Math.sqrt(v) + 1e-7)
      })
    }
    expect([w, b]).toEqual(near(parameters))
  })

  test('of FedProx, which pulls back to where it came from', async () => {
    const [w = 0, b = 0] = await trained({
      epochs: 2,
      proximal: 4,
      optimizer: { name: 'sgd', learningRate: 0.01 },
    })
    let [w1, b1] = [2, 1]
    for (let step = 0; step < 2; step++) {
      const error = 2 * (w1 * 3 + b1 - 10)
      const [gw, gb] = [error * 3 + 4 * (w1 - 2), error + 4 * (b1 - 1)]
      w1 -= 0.01 * gw
      b1 -= 0.01 * gb
    }
    expect([w, b]).toEqual(near([w1, b1]))
  })
})

describe('losses', () => {
  test('cross-entropy of classes and of rows of probabilities is one', async () => {
    const rows = Float32Array.from({ length: 900 }, (_, i) =>
      training.targets[Math.floor(i / 3)] === i % 3 ? 1 : 0,
    )
    const job = aJob(assignment())
    const byClass = await createTfjsTrainer({ examples: training, engine }).evaluate(job)
    const byRow = await createTfjsTrainer({ examples: { ...training, targets: rows }, engine }).evaluate(job)
    expect(byRow).toEqual(byClass)
  })

  test('a softmax at the end of the topology changes what is predicted, and not what is learnt', async () => {
    const [logits, probabilities] = [denseModel([8, 3], 'linear'), denseModel([8, 3], 'softmax')]
    const plan = aPlan()
    const trainer = createTfjsTrainer({ examples: training, engine })
    const one = await trainer.train(aJob({ model: logits, plan }))
    const other = await trainer.train(aJob({ model: probabilities, plan }))
    expect(other).toEqual(one)
    const rows = training.inputs.slice(0, 16)
    const raw = await trainer.predict({ assignment: { model: logits, plan }, weights: one.weights }, rows)
    const sure = await trainer.predict(
      { assignment: { model: probabilities, plan }, weights: one.weights },
      rows,
    )
    expect(sure).toHaveLength(6)
    const exp = [...raw.subarray(0, 3)].map(Math.exp)
    const sum = exp.reduce((a, b) => a + b, 0)
    expect([...sure.subarray(0, 3)]).toEqual(exp.map((value) => expect.closeTo(value / sum, 5)))
  })

  test('sigmoid cross-entropy of many labels, with logits beyond what exp can hold', async () => {
    const two = denseModel([1, 2], 'sigmoid')
    const plan = aPlan({ loss: 'sigmoid-cross-entropy' })
    const examples = { inputs: new Float32Array([1, -1]), targets: new Float32Array([1, 0, 0, 0]) }
    const weights = new Float32Array([200, -3, 0, 0])
    const trainer = createTfjsTrainer({ examples, engine })
    // Logits 200, −3 and −200, 3: the last is wrong.
    const { metrics } = await trainer.evaluate({ assignment: { model: two, plan }, weights })
    expect(metrics.accuracy).toBe(0.75)
    expect(metrics.loss).toBeCloseTo((Math.log1p(Math.exp(-3)) + 3 + Math.log1p(Math.exp(-3))) / 4, 5)
    const predicted = await trainer.predict({ assignment: { model: two, plan }, weights }, examples.inputs)
    expect([...predicted]).toEqual(
      [1, 1 / (1 + Math.exp(3)), 0, 1 / (1 + Math.exp(-3))].map((p) => expect.closeTo(p, 5)),
    )
  })

  test('mean squared error has no accuracy', async () => {
    const line = denseModel([1, 1], 'linear')
    const examples = { inputs: new Float32Array([1, 2]), targets: new Float32Array([2, 6]) }
    const judged = await createTfjsTrainer({ examples, engine }).evaluate({
      assignment: { model: line, plan: aPlan({ loss: 'mean-squared-error' }) },
      weights: new Float32Array([2, 0]),
    })
    expect(judged).toEqual({ examples: 2, metrics: { loss: 2 } })
  })
})

describe('what does not fit', () => {
  const trainer = createTfjsTrainer({ examples: training, engine })
  const refusal = async (change: (spec: ReturnType<typeof denseModel>) => void) => {
    const spec = denseModel([8, 16, 3])
    change(spec)
    const error = await trainer.train(aJob({ model: spec, plan: aPlan() })).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(TributaryError)
    return error as TributaryError
  }

  test('a tensor of another shape is named, with the model’s own', async () => {
    const error = await refusal(({ tensors }) => {
      tensors[2] = { name: 'dense_2/kernel', shape: [16, 4], dtype: 'F32', initializer: 'zeros' }
    })
    expect(error).toMatchObject({ code: 'model-mismatch' })
    expect(error.message).toContain(
      'tensor 3, dense_2/kernel, is [16,4] where the model’s dense_2/kernel is [16,3]',
    )
  })

  test('a tensor too many, one too few', async () => {
    const many = await refusal(({ tensors }) => {
      tensors.push({ name: 'more', shape: [1], dtype: 'F32', initializer: 'zeros' })
    })
    expect(many.message).toContain('tensor more is number 5, and the model has 4')
    const few = await refusal(({ tensors }) => void tensors.pop())
    expect(few.message).toContain('no tensor for the model’s dense_2/bias, number 4')
  })

  test.each([
    ['units', { units: 300_000_000 }],
    ['inputs', { batch_input_shape: [null, 1_000_000_000] }],
  ])('a topology of many more %s than the tensors have is not built to see that', async (_, config) => {
    const { addWeight } = tfLayers.layers.Layer.prototype as unknown as { addWeight: unknown }
    const started = performance.now()
    const error = await refusal((spec) => {
      if (spec.format !== 'tfjs-layers') throw new Error('it is one of tfjs')
      const { layers } = (spec.topology as { config: { layers: { config: object }[] } }).config
      Object.assign(layers[0]?.config ?? {}, config)
    })
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(error).toMatchObject({
      code: 'unsupported-model',
      message: expect.stringMatching(/kernel.* far more weights than the task’s tensors/),
    })
    expect(tfLayers.layers.Layer.prototype).toHaveProperty('addWeight', addWeight)
  })

  test('the model’s names in another order', async () => {
    const square = denseModel([3, 3, 3])
    const [a, b, c, d] = square.tensors
    if (a && b && c && d) square.tensors.splice(0, 4, c, b, a, d)
    await expect(trainer.train(aJob({ model: square, plan: aPlan() }))).rejects.toMatchObject({
      code: 'model-mismatch',
      message: expect.stringContaining('tensor 1 is dense_2/kernel where the model has dense_1/kernel'),
    })
  })

  test('a model of another format, a loss that the output cannot be compared by, a topology that is none', async () => {
    const custom = {
      format: 'custom' as const,
      trainer: 'mine',
      config: null,
      tensors: model.tensors,
      initial: model.initial,
    }
    const weights = someWeights(model)
    for (const spec of [
      custom,
      denseModel([8, 3], 'relu'),
      { ...model, topology: { class_name: 'Sequential' } },
    ])
      await expect(trainer.train(aJob({ model: spec, plan: aPlan() }, { weights }))).rejects.toMatchObject({
        code: 'unsupported-model',
      })
  })

  test.each([
    ['a part of an example', { inputs: new Float32Array(9), targets: new Int32Array(1) }],
    ['too few classes', { inputs: new Float32Array(16), targets: new Int32Array(1) }],
    ['too few values', { inputs: new Float32Array(16), targets: new Float32Array(5) }],
    ['a class that there is not', { inputs: new Float32Array(8), targets: new Int32Array([3]) }],
    ['a negative class', { inputs: new Float32Array(8), targets: new Int32Array([-1]) }],
  ])('examples with %s', async (_, examples) => {
    const job = aJob(assignment())
    await expect(createTfjsTrainer({ examples, engine }).train(job)).rejects.toMatchObject({
      code: 'bad-examples',
    })
  })

  test('leaves no tensor of the half-built model', async () => {
    await engine.backend()
    const before = tf.memory().numTensors
    await refusal(({ tensors }) => void tensors.pop())
    expect(tf.memory().numTensors).toBe(before)
  })

  test('a backend without a kernel that training needs names it, and others that have it', async () => {
    const spec = tfLayers.sequential()
    spec.add(tfLayers.layers.depthwiseConv2d({ kernelSize: 2, inputShape: [4, 4, 1] }))
    spec.add(tfLayers.layers.flatten())
    spec.add(tfLayers.layers.dense({ units: 2 }))
    const { describeTfjsModel } = await import('./describe-model.ts')
    const described = describeTfjsModel(spec)
    spec.dispose()
    const examples = { inputs: new Float32Array(32), targets: new Int32Array([0, 1]) }
    await expect(
      createTfjsTrainer({ examples, engine }).train(aJob({ model: described, plan: aPlan() })),
    ).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringMatching(/wasm backend.*DepthwiseConv2dNativeBackprop.*tensorflow or cpu/s),
    })
  })
})

test('one line says which backend it is', () => {
  expect(logged).toEqual(['tributary trains on tfjs wasm'])
})
