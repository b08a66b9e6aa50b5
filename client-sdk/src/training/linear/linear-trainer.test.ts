/** The linear trainer against the others, against finite differences, and at its boundaries. */
import type { Assignment, Loss, ModelSpec } from '@tributary/protocols/task'
import { TaskFile } from '@tributary/protocols/task'
import { afterAll, describe, expect, test } from 'vitest'
import { TributaryError } from '../../tributary-error.ts'
import { createCompactTrainer } from '../compact/compact-trainer.ts'
import type { Examples } from '../examples.ts'
import { aJob, aPlan, clusters, denseModel, someWeights } from '../tfjs-trainer.builders.ts'
import { createTfjsEngine, createTfjsTrainer } from '../tfjs-trainer.ts'
import type { Evaluator, Predictor, Trainer, TrainingJob } from '../trainer.ts'
import { createLinearTrainer, describeLinearModel, type LinearModelOptions } from './linear-trainer.ts'

const engine = createTfjsEngine({ prefer: ['cpu'], log: () => {} })
afterAll(() => engine.dispose())

type Whole = Trainer & Evaluator & Predictor<Float32Array, Float32Array>
const OTHERS: Record<string, (examples: Examples) => Whole> = {
  tfjs: (examples) => createTfjsTrainer({ examples, engine }),
  compact: (examples) => createCompactTrainer({ examples }),
}

const closeTo = (expected: Float32Array, within: number) => (actual: Float32Array) => {
  expect(actual.length).toBe(expected.length)
  for (const [i, value] of actual.entries())
    expect(Math.abs(value - (expected[i] ?? Number.NaN))).toBeLessThan(within)
}

const asRows = ({ inputs, targets }: Examples, outputs: number): Examples => {
  const rows = new Float32Array(targets.length * outputs)
  for (const [row, target] of targets.entries()) rows[row * outputs + target] = 1
  return { inputs, targets: rows }
}

const PLANS = {
  'plain descent': { optimizer: { name: 'sgd', learningRate: 0.05 } },
  momentum: { optimizer: { name: 'sgd', learningRate: 0.05, momentum: 0.9 } },
  adam: { optimizer: { name: 'adam', learningRate: 0.01, epsilon: 1e-4 } },
  'a proximal term': { optimizer: { name: 'sgd', learningRate: 0.05 }, proximal: 0.5 },
} as const
const LOSSES: [Loss, string][] = [
  ['softmax-cross-entropy', 'softmax'],
  ['sigmoid-cross-entropy', 'sigmoid'],
  ['mean-squared-error', 'linear'],
]

/** Penalties as tfjs writes them. */
const penalized = (model: ModelSpec): ModelSpec => {
  if (model.format !== 'tfjs-layers') throw new Error('only topologies have penalties')
  const l1l2 = (l1: number, l2: number) => ({ class_name: 'L1L2', config: { l1, l2 } })
  const penalties = { kernel_regularizer: l1l2(0.01, 0.02), bias_regularizer: l1l2(0, 0.05) }
  const text = JSON.stringify(model.topology).replace(
    '"units"',
    `${JSON.stringify(penalties).slice(1, -1)},"units"`,
  )
  return { ...model, topology: JSON.parse(text) }
}

describe.each(LOSSES)('of %s', (loss, activation) => {
  const classes = clusters({ count: 43, width: 5, classes: 3 })
  const examples = loss === 'softmax-cross-entropy' ? classes : asRows(classes, 3)
  describe.each(Object.entries(PLANS))('by %s', (_, plan) => {
    test.each(Object.entries(OTHERS))(
      'it comes to the weights and the numbers of the %s trainer',
      async (_, other) => {
        for (const model of [denseModel([5, 3], activation), penalized(denseModel([5, 3], activation))]) {
          const assignment: Assignment = { model, plan: aPlan({ epochs: 3, batchSize: 10, loss, ...plan }) }
          const job = {
            ...aJob(assignment),
            correction: Float32Array.from({ length: 18 }, (_, i) => Math.sin(i) / 9),
          }
          const [own, expected] = [createLinearTrainer({ examples }), other(examples)]
          const [mine, theirs] = [await own.train(job), await expected.train(job)]
          closeTo(theirs.weights, 1e-5)(mine.weights)
          expect(mine).toMatchObject({ steps: 15, examples: 43, corrected: true })
          const [ours, rest] = [
            await own.evaluate({ assignment, weights: mine.weights }),
            await expected.evaluate({ assignment, weights: mine.weights }),
          ]
          expect(ours.metrics.loss).toBeCloseTo(rest.metrics.loss ?? Number.NaN, 5)
          expect(ours.metrics.accuracy).toBe(rest.metrics.accuracy)
          const asked = examples.inputs.subarray(0, 35)
          closeTo(
            await expected.predict({ assignment, weights: mine.weights }, asked),
            1e-5,
          )(await own.predict({ assignment, weights: mine.weights }, asked))
        }
      },
    )
  })
})

const linear = (
  options: Partial<LinearModelOptions> = {},
  plan: Parameters<typeof aPlan>[0] = {},
): Assignment => ({ model: describeLinearModel({ inputs: 5, outputs: 3, ...options }), plan: aPlan(plan) })

describe('a model that describeLinearModel made', () => {
  const examples = clusters({ count: 90, width: 5, classes: 3 })

  test('is one of a task file, and of a topology the same', async () => {
    const { model, plan } = linear()
    const file = TaskFile.parse({ id: 'linear', model, plan, cohort: { target: 2, quorum: 2 } })
    expect(file.model).toEqual(model)
    const weights = someWeights(model)
    const train = (of: ModelSpec) =>
      createLinearTrainer({ examples }).train(aJob({ model: of, plan }, { weights }))
    expect((await train(model)).weights).toEqual((await train(denseModel([5, 3]))).weights)
  })

  test('learns: from nothing to almost all right', async () => {
    const assignment = linear({}, { epochs: 20 })
    const job = aJob(assignment, { weights: new Float32Array(18) })
    const { weights, metrics } = await createLinearTrainer({ examples }).train(job)
    expect(metrics.accuracy).toBeGreaterThan(0.95)
    expect(job.weights.every((weight) => weight === 0)).toBe(true)
    expect(job.progress.at(-1)?.fraction).toBe(1)
    const held = clusters({ count: 90, width: 5, classes: 3, seed: 'others' })
    const judged = await createLinearTrainer({ examples: held }).evaluate({ assignment, weights })
    expect(judged.metrics.accuracy).toBeGreaterThan(0.95)
  })

  test('takes inputs as the task standardizes them, and no other way', async () => {
    const standardize = { means: [1, -2, 0, 0.5, 3], scales: [2, 0.5, 1, 4, 1] }
    const standardized = examples.inputs.map(
      (value, i) => (value - (standardize.means[i % 5] ?? 0)) / (standardize.scales[i % 5] ?? 1),
    )
    const [asked, byHand] = [
      await createLinearTrainer({ examples }).train(aJob(linear({ standardize }))),
      await createLinearTrainer({ examples: { ...examples, inputs: standardized } }).train(aJob(linear())),
    ]
    closeTo(byHand.weights, 1e-5)(asked.weights)
    const model = { assignment: linear({ standardize }), weights: asked.weights }
    const answers = await createLinearTrainer({ examples }).predict(model, examples.inputs.subarray(0, 10))
    closeTo(
      await createLinearTrainer({ examples }).predict(
        { assignment: linear(), weights: asked.weights },
        standardized.subarray(0, 10),
      ),
      1e-5,
    )(answers)
  })

  test.each(LOSSES)('goes down the slope of its penalized mean %s', async (loss) => {
    const mine = loss === 'softmax-cross-entropy' ? examples : asRows(examples, 3)
    const assignment = linear(
      { l2: 0.05 },
      { epochs: 1, batchSize: 90, loss, optimizer: { name: 'sgd', learningRate: 1 } },
    )
    const trainer = createLinearTrainer({ examples: mine })
    const weights = someWeights(assignment.model)
    const cost = async (at: Float32Array) =>
      ((await trainer.evaluate({ assignment, weights: at })).metrics.loss ?? 0) +
      0.05 * at.subarray(0, 15).reduce((sum, w) => sum + w * w, 0)
    const { weights: moved } = await trainer.train(aJob(assignment, { weights }))
    for (const i of [0, 4, 14, 15, 17]) {
      const beside = (step: number) => cost(weights.map((w, at) => (at === i ? w + step : w)))
      const slope = ((await beside(1e-2)) - (await beside(-1e-2))) / 2e-2
      expect((weights[i] ?? 0) - (moved[i] ?? 0)).toBeCloseTo(slope, 3)
    }
  })

  test('without examples is given back as it was', async () => {
    const nothing = { inputs: new Float32Array(), targets: new Uint8Array() }
    const job = aJob(linear())
    expect(await createLinearTrainer({ examples: nothing }).train(job)).toEqual({
      weights: job.weights,
      examples: 0,
      metrics: {},
    })
    expect(await createLinearTrainer({ examples: nothing }).predict(job, new Float32Array())).toEqual(
      new Float32Array(),
    )
  })

  test('tells its first loss where the strategy asks for it', async () => {
    const assignment: Assignment = { ...linear(), strategy: { name: 'q-fedavg' } }
    const { initialLoss } = await createLinearTrainer({ examples }).train(
      aJob(assignment, { weights: new Float32Array(18) }),
    )
    expect(initialLoss).toBeCloseTo(Math.log(3), 6)
  })
})

describe('a training', () => {
  const wide = clusters({ count: 400, width: 500, classes: 10 })
  const long = () => aJob(linear({ inputs: 500, outputs: 10 }, { epochs: 10_000, batchSize: 400 }))

  test('gives way to everything else, and breaks off soon after an abort', async () => {
    const job = long()
    let turns = 0
    const beat = setInterval(() => {
      if (++turns === 3) job.abort.abort(new Error('the user has other plans'))
    }, 5)
    const started = performance.now()
    try {
      await expect(createLinearTrainer({ examples: wide }).train(job)).rejects.toThrow('other plans')
    } finally {
      clearInterval(beat)
    }
    expect(turns).toBe(3)
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  test('that is aborted before it begins does not begin', async () => {
    const job = long()
    job.abort.abort(new Error('not at all'))
    await expect(createLinearTrainer({ examples: wide }).train(job)).rejects.toThrow('not at all')
    expect(job.progress).toEqual([])
  })
})

describe('what it cannot train it refuses by name:', () => {
  const examples = clusters({ count: 9, width: 5, classes: 3 })
  const refusal = async (job: TrainingJob, of: Examples = examples) => {
    const error = await createLinearTrainer({ examples: of })
      .train(job)
      .catch((caught: unknown) => caught)
    if (!(error instanceof TributaryError)) throw error
    return [error.code, error.message] as const
  }
  const custom = (model: object): Assignment => ({
    ...linear(),
    model: { ...linear().model, ...model } as ModelSpec,
  })

  test.each([
    ['another trainer', custom({ trainer: 'mine' }), /its trainer is mine/],
    ['a setting of no meaning', custom({ config: { l2: 'much' } }), /config\.l2/],
    ['a setting that nobody knows', custom({ config: { l3: 1 } }), /config/],
    [
      'scales of zero',
      custom({ config: { standardize: { means: [0], scales: [0] } } }),
      /config\.standardize\.scales\.0/,
    ],
    [
      'means for other inputs',
      custom({ config: { standardize: { means: [0], scales: [1] } } }),
      /means has 1 values for 5 inputs/,
    ],
    [
      'a kernel of one axis',
      custom({ tensors: [{ name: 'w', shape: [5], dtype: 'F32', initializer: 'zeros' }] }),
      /\[inputs, outputs\] but \[5\]/,
    ],
    ['two layers', { model: denseModel([5, 4, 3]), plan: aPlan() }, /single dense/],
    [
      'a hidden activation',
      { model: denseModel([5, 3], 'sigmoid'), plan: aPlan({ loss: 'mean-squared-error' }) },
      /sigmoid/,
    ],
    ['softmax of one output', linear({ outputs: 1 }), /sigmoid-cross-entropy/],
  ])('%s', async (_, assignment, message) => {
    const [code, text] = await refusal(aJob(assignment))
    expect(code).toBe('unsupported-model')
    expect(text).toMatch(message)
  })

  test('a bias of another length', async () => {
    const { model } = linear()
    const tensors = model.tensors.map((tensor, i) => (i === 1 ? { ...tensor, shape: [4] } : tensor))
    const [code, text] = await refusal(aJob(custom({ tensors })))
    expect([code, text]).toEqual(['model-mismatch', expect.stringContaining('linear/bias')])
  })

  test.each([
    ['a row too short', { ...examples, inputs: examples.inputs.subarray(1) }, /44 input values/],
    [
      'a class that there is not',
      { ...examples, targets: Uint8Array.of(0, 1, 2, 0, 1, 2, 0, 1, 3) },
      /class 3/,
    ],
    [
      'an input that is none',
      { ...examples, inputs: examples.inputs.with(7, Number.NaN) },
      /input 3 of example 2/,
    ],
    [
      'a target that is none',
      { ...examples, targets: new Float32Array(27).with(4, Number.NaN) },
      /target 2 of example 2/,
    ],
    ['no examples', null as unknown as Examples, /typed arrays/],
    ['arrays that are not typed', { inputs: [1], targets: [0] } as unknown as Examples, /typed arrays/],
    ['too few targets', { ...examples, targets: Uint8Array.of(0) }, /9 examples need 9 classes/],
  ])('%s', async (_, of, message) => {
    const [code, text] = await refusal(aJob(linear()), of)
    expect(code).toBe('bad-examples')
    expect(text).toMatch(message)
  })

  test('classes for a model of a single output', async () => {
    const assignment = { ...linear({ outputs: 1 }), plan: aPlan({ loss: 'sigmoid-cross-entropy' }) }
    const [code, text] = await refusal(aJob(assignment), { ...examples, targets: new Uint8Array(9).fill(1) })
    expect(code).toBe('bad-examples')
    expect(text).toMatch(/the model has a single output.*Float32Array/)
  })

  test('options that do not fit each other', () => {
    expect(() => describeLinearModel({ inputs: 0, outputs: 1 })).toThrow(/inputs is 0/)
    expect(() => describeLinearModel({ inputs: 2, outputs: 1, l2: -1 })).toThrow(/config\.l2/)
    expect(() =>
      describeLinearModel({ inputs: 2, outputs: 1, standardize: { means: [0, 0], scales: [1] } }),
    ).toThrow(/scales has 1 values for 2 inputs/)
  })
})
