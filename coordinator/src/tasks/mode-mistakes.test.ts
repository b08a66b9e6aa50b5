import type { TaskFile, TaskFileInput } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { aTask } from '../adapters/contracts/arrange.ts'
import { modeMistakes, modeScheduleMistakes } from './mode-mistakes.ts'

const file = (wishes: Partial<TaskFileInput> = {}): TaskFile =>
  aTask('digits', {
    file: {
      cohort: { target: 40, quorum: 30 },
      mode: { kind: 'buffered', concurrency: 50 },
      schedule: { kind: 'continuous' },
      ...wishes,
    },
  }).file
const pathsOf = (wishes: Partial<TaskFileInput>) => modeMistakes(file(wishes)).map(({ path }) => path)

describe('[R30] a buffered task', () => {
  test.each(['fedavg', 'fedavgm', 'fedadagrad', 'fedadam', 'fedyogi', 'fednova', 'norm-bounding'] as const)(
    'folds by %s',
    (name) => {
      expect(modeMistakes(file({ strategy: { name } }))).toEqual([])
    },
  )

  test.each<[NonNullable<TaskFileInput['strategy']>]>([
    [{ name: 'median' }],
    [{ name: 'krum', byzantine: 1 }],
    [{ name: 'rfa' }],
    [{ name: 'scaffold', population: 99 }],
    [{ name: 'feddyn', population: 99 }],
    [{ name: 'q-fedavg', lipschitz: 10 }],
  ])('is refused with %j, and told what would do', (strategy) => {
    expect(modeMistakes(file({ strategy }))).toEqual([
      {
        path: 'strategy.name',
        message: expect.stringMatching(/: choose fedavg, .* or mode.kind synchronous$/),
      },
    ])
    expect(pathsOf({ strategy, mode: { kind: 'synchronous' } })).toEqual([])
  })

  test('is refused where its clients would have to be one cohort', () => {
    expect(pathsOf({ privacy: { mode: 'secure-aggregation', audience: 'fleet' } })).toEqual(['privacy.mode'])
    const differentialPrivacy = {
      mechanism: 'central' as const,
      budget: { epsilon: 8, delta: 1e-6 },
      participation: { most: 10 },
      noiseMultiplier: 1,
      clipping: { kind: 'fixed' as const, clipNorm: 1 },
    }
    expect(pathsOf({ privacy: { mode: 'sealed', differentialPrivacy } })).toEqual([
      'privacy.differentialPrivacy',
    ])
  })

  test('is refused where a quorum may not fit the time of one training', () => {
    expect(modeMistakes(file({ mode: { kind: 'buffered', concurrency: 29 } }))).toEqual([
      {
        path: 'mode.concurrency',
        message: expect.stringContaining('raise it to 30, or lower cohort.quorum'),
      },
    ])
    expect(pathsOf({ mode: { kind: 'buffered', concurrency: 30 } })).toEqual([])
  })

  test('[R31] has rounds that follow one another at once, also when the schedule is changed', () => {
    expect(pathsOf({ schedule: { kind: 'manual' } })).toEqual(['schedule.kind'])
    expect(pathsOf({ schedule: { kind: 'continuous', pauseSeconds: 1 } })).toEqual(['schedule.pauseSeconds'])
    const schedule = { kind: 'cron', expression: '0 3 * * *', timeZone: 'UTC' } as const
    expect(modeScheduleMistakes({ ...file(), schedule })).toHaveLength(1)
  })

  test('with several mistakes is told all of them', () => {
    expect(
      pathsOf({
        mode: { kind: 'buffered', concurrency: 1 },
        schedule: { kind: 'manual' },
        strategy: { name: 'median' },
      }),
    ).toEqual(['schedule.kind', 'strategy.name', 'mode.concurrency'])
  })
})
