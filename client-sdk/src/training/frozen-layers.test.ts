/** Models of which a part is frozen, in the trainers that join both parts. */
import * as tfLayers from '@tensorflow/tfjs-layers'
import { normal, seededRandom } from '@tributary/protocols/runtime'
import { type Assignment, type ModelSpec, manifestOf } from '@tributary/protocols/task'
import { decodeSafetensors, encodeSafetensors, tensorSpans } from '@tributary/protocols/tensors'
import { afterAll, describe, expect, test } from 'vitest'
import { freezeLayers } from '../describe/index.ts'
import { createCompactTrainer } from './compact/compact-trainer.ts'
import { describeTfjsModel } from './describe-model.ts'
import type { Examples } from './examples.ts'
import { aJob, aPlan, clusters, someWeights } from './tfjs-trainer.builders.ts'
import { createTfjsEngine, createTfjsTrainer } from './tfjs-trainer.ts'
import type { Evaluator, Predictor, Trainer } from './trainer.ts'

const engine = createTfjsEngine({ prefer: ['cpu'], log: () => {} })
await engine.backend()
afterAll(() => engine.dispose())

type Whole = Trainer & Evaluator & Predictor<Float32Array, Float32Array>
const TRAINERS: Record<string, (examples: Examples) => Whole> = {
  tfjs: (examples) => createTfjsTrainer({ examples, engine }),
  compact: (examples) => createCompactTrainer({ examples }),
}

const { dense, batchNormalization } = tfLayers.layers

/** Frozen layers before and between trained ones; both have normalization, whose statistics tfjs keeps behind all else. */
const network = (): ModelSpec =>
  describeTfjsModel(
    tfLayers.sequential({
      layers: [
        dense({ name: 'base', units: 7, inputShape: [5], activation: 'relu' }),
        batchNormalization({ name: 'base_norm', momentum: 0.5 }),
        dense({ name: 'middle', units: 6 }),
        batchNormalization({ name: 'middle_norm', momentum: 0.5 }),
        dense({ name: 'late', units: 4, activation: 'tanh' }),
        batchNormalization({ name: 'late_norm', momentum: 0.5 }),
        dense({ name: 'head', units: 3, activation: 'softmax' }),
      ],
    }),
  )
const FROZEN = ['base', 'base_norm', 'late', 'late_norm']

const whole = network()
const wholeWeights = (() => {
  const weights = someWeights(whole)
  const random = seededRandom('statistics')
  for (const { name, start, end } of tensorSpans(manifestOf(whole)))
    if (!name.endsWith('kernel'))
      for (let i = start; i < end; i++)
        weights[i] = name.endsWith('variance') ? 0.5 + normal(random) ** 2 : normal(random)
  return weights
})()
const made = freezeLayers(whole, {
  layers: FROZEN,
  weights: encodeSafetensors({ tensors: manifestOf(whole), values: wholeWeights }),
})
const frozen = decodeSafetensors(made.frozen).values
const weights = decodeSafetensors(made.trained ?? made.frozen).values
const plan = aPlan({ epochs: 2, batchSize: 8 })
const assignment: Assignment = { model: made.model, plan }
const examples = clusters({ count: 30, width: 5, classes: 3 })

const greatest = (a: Float32Array, b: Float32Array): number => {
  expect(a.length).toBe(b.length)
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0)
}

describe.each(Object.entries(TRAINERS))('[T18] the %s trainer', (_, trainerOf) => {
  test('predicts and judges by both parts together, as the whole model does', async () => {
    const trainer = trainerOf(examples)
    const all = { assignment: { model: whole, plan }, weights: wholeWeights }
    const both = { assignment, weights, frozen }
    const asked = examples.inputs.subarray(0, 20)
    expect(await trainer.predict(both, asked)).toEqual(await trainer.predict(all, asked))
    expect(await trainer.evaluate(both)).toEqual(await trainer.evaluate(all))
  })

  test('moves trained weights alone, and neither the frozen part nor what it was given', async () => {
    const [frozenBefore, before] = [frozen.slice(), weights.slice()]
    const job = {
      ...aJob(assignment, { weights }),
      frozen,
      correction: weights.map((_, i) => Math.sin(i) / 50),
    }
    const result = await trainerOf(examples).train(job)
    expect([frozen, weights]).toEqual([frozenBefore, before])
    expect(result.corrected).toBe(true)
    expect(result.weights.length).toBe(weights.length)
    for (const { name, start, end } of tensorSpans(manifestOf(made.model)))
      expect({
        name,
        moved: greatest(result.weights.slice(start, end), weights.slice(start, end)) > 0,
      }).toEqual({ name, moved: true })
  })

  test('goes down the slope of the model that normalizes the frozen layers by their own statistics', async () => {
    const all = { ...examples, inputs: examples.inputs }
    const rate = 1e-2
    const once = aPlan({ epochs: 1, batchSize: 30, optimizer: { name: 'sgd', learningRate: rate } })
    // With no trained normalization, training and judging are the same function, whose slopes can be measured.
    const { model, frozen: file } = freezeLayers(whole, {
      layers: [...FROZEN, 'middle_norm'],
      weights: encodeSafetensors({ tensors: manifestOf(whole), values: wholeWeights }),
    })
    const parts = new Map(
      tensorSpans(manifestOf(whole)).map(({ name, start, end }) => [name, wholeWeights.slice(start, end)]),
    )
    const start = Float32Array.from(manifestOf(model).flatMap(({ name }) => [...(parts.get(name) ?? [])]))
    const trainer = trainerOf(all)
    const given = { assignment: { model, plan: once }, frozen: decodeSafetensors(file).values }
    const { weights: moved } = await trainer.train({
      ...aJob(given.assignment, { weights: start }),
      ...given,
    })
    const loss = async (at: Float32Array) =>
      (await trainer.evaluate({ ...given, weights: at })).metrics.loss ?? Number.NaN
    for (const i of [0, 17, 41, 43, 47, start.length - 1]) {
      const beside = (by: number) => loss(start.map((value, at) => (at === i ? value + by : value)))
      const slope = ((await beside(1e-2)) - (await beside(-1e-2))) / 2e-2
      expect(((start[i] ?? 0) - (moved[i] ?? 0)) / rate).toBeCloseTo(slope, 2)
    }
  })

  test('says what is missing where the frozen part is, or is another', async () => {
    const job = aJob(assignment, { weights })
    const trainer = trainerOf(examples)
    const refused = { code: 'model-mismatch', message: expect.stringMatching(/and 0|and 1/) }
    await expect(trainer.train(job)).rejects.toMatchObject(refused)
    await expect(trainer.train({ ...job, frozen: new Float32Array(1) })).rejects.toMatchObject(refused)
    const other = { ...made.model, tensors: made.model.tensors.slice(1) }
    await expect(trainer.train({ ...job, frozen, assignment: { model: other, plan } })).rejects.toMatchObject(
      { code: 'model-mismatch', message: expect.stringContaining('middle/kernel') },
    )
  })
})

test('[T18] both trainers come to the same weights', async () => {
  const job = { ...aJob(assignment, { weights }), frozen }
  const [one, other] = await Promise.all(
    Object.values(TRAINERS).map((trainerOf) => trainerOf(examples).train(job)),
  )
  expect(greatest(one?.weights ?? weights, other?.weights ?? weights)).toBeLessThan(1e-4)
  expect(one?.metrics.loss).toBeCloseTo(other?.metrics.loss ?? Number.NaN, 4)
})

describe('layers are frozen', () => {
  const file = encodeSafetensors({ tensors: manifestOf(whole), values: wholeWeights })
  test('with all of their tensors, whose bytes are those of the file given', () => {
    expect(made.model.frozen?.tensors.map(({ name }) => name)).toEqual(
      manifestOf(whole).flatMap(({ name }) => (FROZEN.includes(name.split('/')[0] ?? '') ? [name] : [])),
    )
    expect(frozen.length + weights.length).toBe(wholeWeights.length)
  })

  test.each([
    ['a layer that there is not', ['cellar'], file, /no tensor of a layer cellar/],
    ['all layers', [...FROZEN, 'middle', 'middle_norm', 'head'], file, /cannot be frozen/],
    ['no file', ['base'], Uint8Array.of(1, 2), /no safetensors file/],
    ['a file without the layer', ['base'], made.trained ?? file, /no base\/kernel of shape \[5,7\]/],
  ])('but not %s', (_, layers, of, message) => {
    expect(() => freezeLayers(whole, { layers, weights: of })).toThrow(message)
  })

  test('also of a file that has no other: then the rest is not to be imported', () => {
    const { trained, model } = freezeLayers(whole, { layers: FROZEN, weights: made.frozen })
    expect([trained, model]).toEqual([undefined, made.model])
  })
})
