import { describe, expect, test } from 'vitest'
import type { Dataset } from '../datasets/index.ts'
import { nextCharacters } from '../datasets/shakespeare.ts'
import { PLAN, runScenario } from './scenario.builders.ts'
import { modelOfScenario, parseScenario, type ScenarioInput } from './scenario.ts'

/** Four roles who say the same over and over, each his own. */
const dataset: Dataset = {
  name: 'plays',
  title: 'Plays',
  licence: 'public domain',
  checksum: '',
  ...nextCharacters(
    ['To be or not', 'the rest is', 'Out, damned', 'my kingdom'].map((line, index) => ({
      name: `role ${index}`,
      play: 'P',
      lines: Array<string>(20).fill(line),
    })),
    'plays',
    { context: 4 },
  ),
}

const plain: ScenarioInput = {
  name: 'text',
  dataset: { name: 'shakespeare', context: 4 },
  partition: { kind: 'natural' },
  model: { kind: 'embedding', embed: 4, hidden: [16] },
  plan: { ...PLAN, epochs: 4, optimizer: { name: 'sgd', learningRate: 0.5 } },
  cohort: { target: 4, quorum: 4, overSelection: 1 },
  rounds: 12,
}

/** Roles so unlike pull LSTM layers apart: here each client has a part of every role. */
const mixed: Partial<ScenarioInput> = {
  partition: { kind: 'iid', clients: 4 },
  plan: { ...plain.plan, optimizer: { name: 'adam', learningRate: 0.02 } },
}

const run = (changes: Partial<ScenarioInput>, threads = 2) =>
  runScenario({ ...plain, ...changes }, { dataset, threads })

describe('a text', () => {
  test('has a model of 41,944 parameters for ten characters of 80 and one before the first', () => {
    const set = {
      ...dataset,
      ...nextCharacters([{ name: 'A', play: 'P', lines: ['ab', 'cd'] }], 'plays', { context: 10 }),
    }
    const scenario = parseScenario({ ...plain, model: { kind: 'embedding' } })
    const { tensors } = modelOfScenario(scenario, set, 1)
    expect(tensors.map(({ name, shape }) => [name, ...shape])).toEqual([
      ['embedding/embeddings', 81, 8],
      ['dense_1/kernel', 80, 256],
      ['dense_1/bias', 256],
      ['dense_2/kernel', 256, 80],
      ['dense_2/bias', 80],
    ])
  })

  test('has McMahan’s two layers of 256 units, as their paper draws them', () => {
    const scenario = parseScenario({ ...plain, model: { kind: 'lstm', units: [256, 256] } })
    const { tensors } = modelOfScenario(scenario, dataset, 1)
    expect(tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)).toBe(
      81 * 8 + (8 + 256 + 1) * 1024 + (256 + 256 + 1) * 1024 + 257 * 80,
    )
  })

  test.each<[string, Partial<ScenarioInput>]>([
    ['an embedding', {}],
    ['a linear model', { model: { kind: 'linear' } }],
    ['two LSTM layers', { model: { kind: 'lstm', embed: 4, units: [8, 12] }, ...mixed }],
  ])(
    'is learnt, with %s',
    async (_, changes) => {
      const { accuracy, parts } = await run(changes)
      expect(parts).toHaveLength(4)
      expect(accuracy).toBeGreaterThan(0.9)
    },
    60_000,
  )

  test('comes to the same bytes on one thread and on two', async () => {
    expect((await run({}, 1)).modelDigest).toBe((await run({}, 2)).modelDigest)
  }, 60_000)

  test('is judged on a few rows on the way, the same every time, and on all in the end', async () => {
    const [all, few] = [await run({}), await run({ evaluateRows: 7 })]
    const accuracies = (result: typeof all) =>
      result.rounds.map((round) => (round.outcome === 'completed' ? round.accuracy : undefined))
    expect(few.modelDigest).toBe(all.modelDigest)
    expect(few.accuracy).toBe(all.accuracy)
    expect(few.heldOut.losses).toHaveLength(dataset.test.count)
    expect(accuracies(few).at(-1)).toBe(all.accuracy)
    for (const accuracy of accuracies(few).slice(0, -1))
      expect(((accuracy ?? Number.NaN) * 7) % 1).toBeCloseTo(0, 5)
    expect(accuracies(few)).not.toEqual(accuracies(all))
  }, 60_000)
})

describe('a model that does not fit its data', () => {
  test.each([
    [
      'shakespeare',
      { kind: 'dense', hidden: [10] },
      /model\.kind: dense does not read text, .*choose embedding/,
    ],
    ['tiny-shakespeare', { kind: 'cnn' }, /model\.kind: cnn does not read text/],
    ['mnist', { kind: 'embedding' }, /model\.kind: embedding reads text, and mnist is none: choose dense/],
  ] as const)('is refused before anything is read: %s with %o', (name, model, reason) => {
    expect(() => parseScenario({ ...plain, dataset: { name }, model })).toThrow(reason)
  })

  test('is told together with everything else that is wrong', () => {
    const wrong = { ...plain, model: { kind: 'cnn' }, rounds: 0 }
    expect(() => parseScenario(wrong)).toThrow(/rounds: [\s\S]*model\.kind: cnn does not read text/)
  })
})
