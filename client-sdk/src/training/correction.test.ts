/** What strategies ask of training beyond a plan: corrected gradients, steps, the loss before. */
import { Assignment, Plan } from '@tributary/protocols/task'
import { afterAll, describe, expect, test } from 'vitest'
import { createCompactTrainer } from './compact/compact-trainer.ts'
import type { Examples } from './examples.ts'
import { aJob, aPlan, clusters, denseModel } from './tfjs-trainer.builders.ts'
import { createTfjsEngine, createTfjsTrainer } from './tfjs-trainer.ts'
import type { Evaluator, Trainer } from './trainer.ts'

const engine = createTfjsEngine({ prefer: ['cpu'], log: () => {} })
afterAll(() => engine.dispose())

const TRAINERS: Record<string, (examples: Examples) => Trainer & Evaluator> = {
  compact: (examples) => createCompactTrainer({ examples }),
  tfjs: (examples) => createTfjsTrainer({ examples, engine }),
}

/** y = w₁x₁ + w₂x₂ + b on two rows, all of them in one batch. */
const line: Assignment = {
  model: denseModel([2, 1], 'linear'),
  plan: Plan.parse({
    epochs: 1,
    batchSize: 2,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss: 'mean-squared-error',
  }),
}
const rows: Examples = { inputs: Float32Array.of(1, 2, -1, 0.5), targets: Float32Array.of(3, -1) }
const weights = Float32Array.of(0.5, -0.25, 0.125)

/*
 * Errors are 0.5 − 0.5 + 0.125 − 3 = −2.875 and −0.5 − 0.125 + 0.125 + 1 = 0.5; the gradient of their mean square is the mean of
 * 2 · error · (x₁, x₂, 1): (−2.875 − 0.5, −5.75 + 0.25, −2.875 + 0.5).
 */
const gradient = [-3.375, -5.5, -2.375]
const correction = Float32Array.of(1, -2, 0.75)

describe.each(Object.entries(TRAINERS))('the %s trainer', (_, trainerOf) => {
  test('descends the gradient plus the correction, in the order of the weights, and says so', async () => {
    const plain = await trainerOf(rows).train(aJob(line, { weights }))
    const corrected = await trainerOf(rows).train({ ...aJob(line, { weights }), correction })
    for (const [i, slope] of gradient.entries()) {
      expect(plain.weights[i]).toBeCloseTo((weights[i] ?? 0) - 0.1 * slope, 6)
      expect(corrected.weights[i]).toBeCloseTo((weights[i] ?? 0) - 0.1 * (slope + (correction[i] ?? 0)), 6)
    }
    expect([plain.corrected, corrected.corrected]).toEqual([undefined, true])
  })

  test('says how many steps it took: each epoch’s last batch may be a small one', async () => {
    const examples = clusters({ count: 23, width: 3, classes: 2 })
    const assignment = { model: denseModel([3, 2]), plan: aPlan({ epochs: 3, batchSize: 10 }) }
    expect(await trainerOf(examples).train(aJob(assignment))).toMatchObject({ steps: 9, examples: 23 })
  })

  test('judges the weights received before it trains, where the strategy asks for it and nowhere else', async () => {
    const examples = clusters({ count: 23, width: 3, classes: 2 })
    const plain = { model: denseModel([3, 2]), plan: aPlan() }
    const fair = Assignment.parse({ ...plain, strategy: { name: 'q-fedavg' } })
    const trainer = trainerOf(examples)
    const job = aJob(fair)
    const before = await trainer.evaluate(job)
    const result = await trainer.train(job)
    expect(result.initialLoss).toBe(before.metrics.loss)
    expect(result.metrics.loss).toBeLessThan(before.metrics.loss ?? 0)
    expect(await trainer.train(aJob(plain))).not.toHaveProperty('initialLoss')
  })
})

test.each([
  ['plain descent', { optimizer: { name: 'sgd', learningRate: 0.05 } }],
  ['momentum', { optimizer: { name: 'sgd', learningRate: 0.05, momentum: 0.9 } }],
  ['a proximal term', { optimizer: { name: 'sgd', learningRate: 0.05 }, proximal: 0.5 }],
] as const)('with %s both trainers come to the same weights from the same correction', async (_, plan) => {
  const examples = clusters({ count: 40, width: 5, classes: 3 })
  const assignment = { model: denseModel([5, 7, 3]), plan: aPlan({ epochs: 2, ...plan }) }
  const job = aJob(assignment)
  const correction = job.weights.map((_, i) => 0.3 * Math.sin(i))
  const [one, other, without] = await Promise.all([
    trainerOf('compact', examples).train({ ...job, correction }),
    trainerOf('tfjs', examples).train({ ...job, correction }),
    trainerOf('compact', examples).train(job),
  ])
  for (const [i, weight] of one.weights.entries()) expect(other.weights[i]).toBeCloseTo(weight, 4)
  expect(
    Math.max(...one.weights.map((weight, i) => Math.abs(weight - (without.weights[i] ?? 0)))),
  ).toBeGreaterThan(0.05)
})

const trainerOf = (name: string, examples: Examples): Trainer => {
  const make = TRAINERS[name]
  if (!make) throw new Error(`there is no trainer ${name}`)
  return make(examples)
}
