import { describe, expect, test } from 'vitest'
import { StalenessSpec, StrategySpec } from './strategy.ts'

const root = `c-${'0'.repeat(32)}`

describe('a strategy of the task file', () => {
  test.each([
    [{ name: 'fedavg' }, { serverLearningRate: 1 }],
    [{ name: 'fedavgm' }, { serverLearningRate: 1, momentum: 0.9 }],
    [{ name: 'fedadagrad' }, { serverLearningRate: 0.1, beta1: 0, tau: 1e-3 }],
    [{ name: 'fedadam' }, { serverLearningRate: 0.1, beta1: 0.9, beta2: 0.99, tau: 1e-3 }],
    [{ name: 'fedyogi' }, { serverLearningRate: 0.1, beta1: 0.9, beta2: 0.99, tau: 1e-3 }],
    [{ name: 'median' }, { serverLearningRate: 1 }],
    [{ name: 'trimmed-mean', byzantine: 1 }, { serverLearningRate: 1 }],
    [{ name: 'krum', byzantine: 1 }, { serverLearningRate: 1 }],
    [{ name: 'multi-krum', byzantine: 1 }, { serverLearningRate: 1 }],
    [{ name: 'bulyan', byzantine: 1 }, { serverLearningRate: 1 }],
    [{ name: 'geometric-median' }, { serverLearningRate: 1, iterations: 3, nu: 1e-6 }],
    [
      { name: 'norm-bounding' },
      {
        serverLearningRate: 1,
        initialClipNorm: 1,
        clipQuantile: 0.8,
        initialZeroNorm: 10,
        zeroQuantile: 0.98,
      },
    ],
    [
      { name: 'centered-clipping', radius: 2 },
      { serverLearningRate: 1, iterations: 1 },
    ],
    [{ name: 'fltrust', root }, { serverLearningRate: 1 }],
    [{ name: 'fednova' }, { serverLearningRate: 1 }],
    [{ name: 'q-fedavg', lipschitz: 10 }, { q: 1 }],
    [
      { name: 'scaffold', population: 5 },
      { serverLearningRate: 1, controlRange: 1 },
    ],
    [{ name: 'feddyn', population: 5 }, { alpha: 0.01 }],
  ])('%j may leave out what has a default', (written, defaults) => {
    expect(StrategySpec.parse(written)).toEqual({ ...written, ...defaults })
    expect(StrategySpec.safeParse({ ...written, serverLearningRate: 0 }).success).toBe(false)
    expect(StrategySpec.safeParse({ ...written, another: 1 }).success).toBe(false)
  })

  test.each([
    { name: 'fedmagic' },
    { name: 'fedavgm', momentum: 1 },
    { name: 'fedadam', beta2: 1 },
    { name: 'fedadam', tau: 0 },
    { name: 'krum' },
    { name: 'krum', byzantine: 0 },
    { name: 'bulyan', byzantine: 1.5 },
    { name: 'multi-krum', byzantine: 1, keep: 0 },
    { name: 'geometric-median', nu: 0 },
    { name: 'geometric-median', iterations: 0 },
    { name: 'norm-bounding', clipQuantile: 1 },
    { name: 'norm-bounding', initialZeroNorm: 0 },
    { name: 'centered-clipping' },
    { name: 'centered-clipping', radius: 0 },
    { name: 'fltrust', root: 'me' },
    { name: 'q-fedavg' },
    { name: 'q-fedavg', lipschitz: 10, q: -1 },
    { name: 'scaffold' },
    { name: 'feddyn', population: 5, alpha: 0 },
  ])('%j is none', (written) => {
    expect(StrategySpec.safeParse(written).success).toBe(false)
  })
})

test('a rule for stale updates may leave out what has a default', () => {
  expect(StalenessSpec.parse({ kind: 'constant' })).toEqual({ kind: 'constant', most: 20 })
  expect(StalenessSpec.parse({ kind: 'polynomial' })).toEqual({ kind: 'polynomial', exponent: 0.5, most: 20 })
  expect(StalenessSpec.parse({ kind: 'hinge' })).toEqual({ kind: 'hinge', slope: 10, until: 4, most: 20 })
  expect(StalenessSpec.safeParse({ kind: 'polynomial', exponent: -1 }).success).toBe(false)
  expect(StalenessSpec.safeParse({ kind: 'hinge', slope: 0 }).success).toBe(false)
})
