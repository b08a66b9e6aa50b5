import type { TaskFileInput } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { aTask } from '../adapters/contracts/arrange.ts'
import { privacyMistakes } from './privacy-mistakes.ts'

type Privacy = NonNullable<TaskFileInput['privacy']>
type Noise = NonNullable<Privacy['differentialPrivacy']>

const common = {
  budget: { epsilon: 8, delta: 1e-5 },
  participation: { most: 3 },
  noiseMultiplier: 2,
  clipping: { kind: 'fixed', clipNorm: 1 },
} as const

const mistakesOf = (privacy: Privacy, parameters = 100) =>
  privacyMistakes(
    aTask('digits', {
      file: {
        model: {
          format: 'custom',
          trainer: 'linear',
          tensors: [{ name: 'w', shape: [parameters], dtype: 'F32' }],
          initial: { kind: 'seeded', seed: 7 },
        },
        cohort: { target: 100, quorum: 80, overSelection: 1 },
        privacy,
      },
    }).file,
  )
const ofSealed = (differentialPrivacy: Noise, parameters?: number) =>
  mistakesOf({ mode: 'sealed', differentialPrivacy }, parameters)
const ofShares = (more: { bits?: number; noiseMultiplier?: number }) =>
  mistakesOf({
    mode: 'secure-aggregation',
    bits: more.bits,
    differentialPrivacy: {
      mechanism: 'distributed',
      ...common,
      noiseMultiplier: more.noiseMultiplier ?? common.noiseMultiplier,
    },
  })

describe('a task that promises differential privacy', () => {
  test.each<Noise>([
    { mechanism: 'none' },
    { mechanism: 'central', ...common },
    { mechanism: 'local', ...common },
    { mechanism: 'dp-ftrl', roundsOfTree: 16, ...common },
  ])('by $mechanism is made where a first round is within its budget', (noise) => {
    expect(ofSealed(noise)).toEqual([])
  })

  test('by noise in shares is made where the ring holds it, and is refused where it does not, with why', () => {
    expect(ofShares({})).toEqual([])
    expect(ofShares({ bits: 16, noiseMultiplier: 5_000 })).toEqual([
      { path: 'privacy.differentialPrivacy', message: expect.stringContaining('16 bits cannot hold 100') },
    ])
  })

  test('is not made where the first round alone would pass the budget', () => {
    expect(ofSealed({ mechanism: 'central', ...common, noiseMultiplier: 0.3 })).toEqual([
      {
        path: 'privacy.differentialPrivacy.budget',
        message: expect.stringContaining('would pass its budget of ε = 8'),
      },
    ])
  })

  test('is not made where the noise would leave nothing of a delta on the grid', () => {
    const noise: Noise = {
      mechanism: 'local',
      ...common,
      noiseMultiplier: 3_000,
      budget: { epsilon: 1, delta: 1e-5 },
    }
    expect(ofSealed(noise)).toEqual([])
    expect(ofSealed(noise, 1_000_000)).toEqual([
      {
        path: 'privacy.differentialPrivacy.noiseMultiplier',
        message: expect.stringContaining('at most 2097'),
      },
    ])
  })

  test('is not made where it rests on a sampling that nobody does', () => {
    const sampling = { kind: 'poisson', rate: 0.1, independent: true, secret: true, enforced: true } as const
    expect(ofSealed({ mechanism: 'central', ...common, sampling })).toEqual([
      {
        path: 'privacy.differentialPrivacy.sampling.kind',
        message: expect.stringContaining('no Poisson sampling'),
      },
    ])
  })

  const clipping = { kind: 'adaptive', countNoise: 5 } as const

  test('of which the norm follows the clients is made, by the coordinator’s noise and by noise in shares', () => {
    expect(ofSealed({ mechanism: 'central', ...common, clipping })).toEqual([])
    expect(
      mistakesOf({
        mode: 'secure-aggregation',
        differentialPrivacy: { mechanism: 'distributed', ...common, clipping },
      }),
    ).toEqual([])
  })

  test('is held to what the count leaves of the noise for the values', () => {
    // Of a million values the grid holds 2,097; a count noise of 1,001 beside 2,000 in all leaves 44,700 for them.
    const noise = { mechanism: 'central', ...common, noiseMultiplier: 2_000 } as const
    expect(ofSealed(noise, 1_000_000)).toEqual([])
    expect(
      ofSealed({ ...noise, clipping: { kind: 'adaptive', countNoise: 1_001 } }, 1_000_000)[0]?.message,
    ).toContain('at most 2097')
  })

  test('leaves the vote its place in an update', () => {
    const named = (name: string) =>
      privacyMistakes(
        aTask('digits', {
          file: {
            model: {
              format: 'custom',
              trainer: 'linear',
              tensors: [{ name, shape: [100], dtype: 'F32' }],
              initial: { kind: 'seeded', seed: 7 },
            },
            privacy: { mode: 'sealed', differentialPrivacy: { mechanism: 'central', ...common, clipping } },
          },
        }).file,
      )
    expect(named('w')).toEqual([])
    expect(named('tributary.within')).toEqual([
      { path: 'model.tensors', message: expect.stringContaining('one tensor more') },
    ])
  })
})
