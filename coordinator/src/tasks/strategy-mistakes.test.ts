import type { TaskFileInput } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { aTask } from '../adapters/contracts/arrange.ts'
import { strategyMistakes } from './strategy-mistakes.ts'

const mistakesOf = (
  strategy: NonNullable<TaskFileInput['strategy']>,
  more: Partial<Pick<TaskFileInput, 'cohort' | 'privacy' | 'model' | 'plan'>> = {},
) =>
  strategyMistakes(aTask('digits', { file: { cohort: { target: 40, quorum: 30 }, strategy, ...more } }).file)

const secure = { mode: 'secure-aggregation', audience: 'demo' } as const
const noised = (mechanism: 'central' | 'local') => ({
  mode: 'sealed' as const,
  differentialPrivacy: {
    mechanism,
    budget: { epsilon: 8, delta: 1e-5 },
    participation: { most: 3 },
    noiseMultiplier: 2,
    clipping: { kind: 'fixed' as const, clipNorm: 1 },
  },
})

const plan: TaskFileInput['plan'] = {
  epochs: 1,
  batchSize: 10,
  optimizer: { name: 'sgd', learningRate: 0.1 },
  loss: 'softmax-cross-entropy',
}

describe('a task whose strategy', () => {
  test('needs only a mean is made, with secure aggregation and with noise on the sum too', () => {
    for (const name of ['fedavg', 'fedavgm', 'fedadam', 'fedyogi', 'fedadagrad'] as const)
      for (const privacy of [{ mode: 'sealed' as const }, secure, noised('central'), noised('local')])
        expect(mistakesOf({ name }, { privacy })).toEqual([])
  })

  test.each<NonNullable<TaskFileInput['strategy']>>([
    { name: 'median' },
    { name: 'trimmed-mean', byzantine: 3 },
    { name: 'krum', byzantine: 3 },
    { name: 'multi-krum', byzantine: 3 },
    { name: 'bulyan', byzantine: 3 },
    { name: 'geometric-median' },
    { name: 'norm-bounding' },
    { name: 'centered-clipping', radius: 1 },
    { name: 'fednova' },
    { name: 'q-fedavg', lipschitz: 10 },
  ])('is $name is made where updates are sealed, and nowhere where nobody sees one', (strategy) => {
    expect(mistakesOf(strategy)).toEqual([])
    expect(mistakesOf(strategy, { privacy: secure })).toEqual([
      {
        path: 'strategy.name',
        message: expect.stringMatching(/hides: choose .*fedavg.*, or privacy.mode sealed/),
      },
    ])
    expect(mistakesOf(strategy, { privacy: noised('central') })).toEqual([
      { path: 'strategy.name', message: expect.stringMatching(/central noise is on their sum: choose/) },
    ])
  })

  test('looks at each update is made of the means of groups, where the quorum is enough of them', () => {
    const inGroups = (groupSize: number) => ({ privacy: { ...secure, groupSize } as typeof secure })
    const enough = { target: 200, quorum: 140, overSelection: 1 }
    const median = { name: 'median' } as const
    expect(mistakesOf(median, { ...inGroups(20), cohort: enough })).toEqual([])
    expect(mistakesOf({ name: 'krum', byzantine: 3 }, { ...inGroups(20), cohort: enough })).toEqual([
      { path: 'privacy.groupSize', message: expect.stringContaining('fewer than 9 means') },
    ])
    expect(mistakesOf({ name: 'fednova' }, { ...inGroups(20), cohort: enough })).toEqual([
      { path: 'strategy.name', message: expect.stringMatching(/or privacy.mode sealed$/) },
    ])
  })

  test('is rfa is made where nobody sees an update, and only where one training may be summed several times', () => {
    const rfa = { name: 'rfa' } as const
    expect(mistakesOf(rfa, { privacy: secure })).toEqual([])
    expect(mistakesOf(rfa)).toEqual([
      { path: 'strategy.name', message: expect.stringContaining('choose geometric-median') },
    ])
    const range = { kind: 'adaptive', first: 1 } as const
    const many = { target: 200, quorum: 140, overSelection: 1 }
    expect(
      mistakesOf(rfa, { cohort: many, privacy: { ...secure, groupSize: 20, bits: 16, range } }),
    ).toMatchObject([{ path: 'privacy.groupSize' }, { path: 'privacy.range' }, { path: 'privacy.bits' }])
    const { differentialPrivacy } = noised('central')
    const distributed = { ...differentialPrivacy, mechanism: 'distributed' as const }
    expect(mistakesOf(rfa, { privacy: { ...secure, differentialPrivacy: distributed } })).toMatchObject([
      { path: 'privacy.differentialPrivacy', message: expect.stringContaining('charged for one sum') },
    ])
  })

  test('needs claims beside the deltas is not made under noise that they would be without', () => {
    expect(mistakesOf({ name: 'fednova' }, { privacy: noised('local') })).toEqual([
      { path: 'strategy.name', message: expect.stringContaining('under no noise') },
    ])
    expect(mistakesOf({ name: 'krum', byzantine: 3 }, { privacy: noised('local') })).toEqual([])
  })

  test.each<[NonNullable<TaskFileInput['strategy']>, number]>([
    [{ name: 'trimmed-mean', byzantine: 3 }, 7],
    [{ name: 'krum', byzantine: 3 }, 9],
    [{ name: 'multi-krum', byzantine: 3 }, 9],
    [{ name: 'multi-krum', byzantine: 3, keep: 10 }, 15],
    [{ name: 'bulyan', byzantine: 3 }, 15],
  ])('is %j needs a quorum of %d', (strategy, least) => {
    expect(mistakesOf(strategy, { cohort: { target: 40, quorum: least } })).toEqual([])
    expect(mistakesOf(strategy, { cohort: { target: 40, quorum: least - 1 } })).toEqual([
      { path: 'cohort.quorum', message: expect.stringContaining(`raise quorum to ${least}`) },
    ])
  })

  describe.each([
    { name: 'scaffold', population: 100 },
    { name: 'feddyn', population: 100 },
  ] as const)('has clients keep a vector of their own ($name)', (strategy) => {
    test('is made where updates are sealed and where they are masked', () => {
      for (const privacy of [{ mode: 'sealed' as const }, secure])
        expect(mistakesOf(strategy, { privacy })).toEqual([])
    })

    test.each(['central', 'local'] as const)('is not made under %s noise', (mechanism) => {
      expect(mistakesOf(strategy, { privacy: noised(mechanism) })).toEqual([
        {
          path: 'strategy.name',
          message: expect.stringContaining(`${mechanism} noise changes that: choose`),
        },
      ])
    })

    test('is not made under noise in shares', () => {
      const { differentialPrivacy } = noised('central')
      const inShares = {
        ...secure,
        differentialPrivacy: { ...differentialPrivacy, mechanism: 'distributed' as const },
      }
      expect(mistakesOf(strategy, { privacy: inShares })).toEqual([
        { path: 'strategy.name', message: expect.stringContaining('distributed noise changes that: choose') },
      ])
    })

    test('is not made with a proximal term', () => {
      expect(mistakesOf(strategy, { plan: { ...plan, proximal: 0.1 } })).toEqual([
        { path: 'plan.proximal', message: expect.stringContaining('a correction of its own') },
      ])
    })
  })

  test('reads gradients from deltas is not made for other optimizers than plain descent', () => {
    const scaffold = { name: 'scaffold', population: 100 } as const
    for (const optimizer of [
      { name: 'adam', learningRate: 0.1 },
      { name: 'sgd', learningRate: 0.1, momentum: 0.9 },
    ] as const) {
      expect(mistakesOf(scaffold, { plan: { ...plan, optimizer } })).toEqual([
        { path: 'plan.optimizer', message: expect.stringContaining('sgd without momentum') },
      ])
      expect(mistakesOf({ name: 'feddyn', population: 100 }, { plan: { ...plan, optimizer } })).toEqual([])
    }
  })

  test('has a second vector behind the delta is not made for a model whose tensors have its names', () => {
    const model = {
      format: 'custom' as const,
      trainer: 'linear',
      tensors: ['w', 'control.w'].map((name) => ({ name, shape: [2], dtype: 'F32' as const })),
      initial: { kind: 'import' as const },
    }
    expect(mistakesOf({ name: 'scaffold', population: 100 }, { model })).toEqual([
      { path: 'model.tensors', message: expect.stringContaining('control.') },
    ])
    expect(mistakesOf({ name: 'feddyn', population: 100 }, { model })).toEqual([])
  })

  test('holds all updates at once is not made for more of them than memory has room for', () => {
    const model = {
      format: 'custom' as const,
      trainer: 'linear',
      tensors: [{ name: 'w', shape: [20_000_000], dtype: 'F32' as const }],
      initial: { kind: 'import' as const },
    }
    const cohort = { target: 51, quorum: 30 }
    expect(mistakesOf({ name: 'median' }, { model, cohort })).toEqual([
      {
        path: 'cohort.target',
        message: expect.stringContaining('holds all updates at once, 5 GB of at most 4'),
      },
    ])
    expect(mistakesOf({ name: 'median' }, { model, cohort: { target: 50, quorum: 30 } })).toEqual([])
    expect(mistakesOf({ name: 'norm-bounding' }, { model, cohort })).toEqual([])
  })
})
