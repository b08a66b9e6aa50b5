import { CoordinatorMessage } from '@tributary/protocols/messages'
import { seededRandom } from '@tributary/protocols/runtime'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type PacingFacts, pace } from './pacing.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** Between rounds of an active task whose schedule does not begin any by itself. */
const facts = (more: Partial<PacingFacts> = {}): PacingFacts => ({
  status: 'active',
  hasModel: true,
  waiting: 0,
  wanted: 10,
  roundOpen: false,
  trainingMs: 10 * MINUTE,
  nextRoundAt: undefined,
  now: 1_000_000,
  ...more,
})
const dueIn = (ms: number): Partial<PacingFacts> => ({ nextRoundAt: 1_000_000 + ms })

describe('[S5] a client that checks in', () => {
  test.each<[string, Partial<PacingFacts>]>([
    ['while a round is open', { roundOpen: true }],
    ['within the last minute before a round', dueIn(MINUTE)],
    ['when a round is overdue', dueIn(-5 * MINUTE)],
    ['as the last that the pool has room for', { roundOpen: true, waiting: 39 }],
  ])('%s stands by', (_, more) => {
    expect(pace(facts(more), seededRandom(1))).toEqual({ kind: 'standby' })
  })

  test.each<[string, Partial<PacingFacts>, string, number, number]>([
    ['of a finished task', { status: 'finished' }, 'task-finished', DAY, 2 * DAY],
    ['of a paused task', { status: 'paused', roundOpen: true }, 'task-paused', 15 * MINUTE, 30 * MINUTE],
    ['of a task without a model', { hasModel: false }, 'awaiting-model', 5 * MINUTE, 10 * MINUTE],
    ['when four cohorts wait', { waiting: 40, roundOpen: true }, 'enough-clients', 10 * MINUTE, 20 * MINUTE],
    [
      'when four cohorts wait for a round that is soon',
      { waiting: 40, ...dueIn(5) },
      'enough-clients',
      10 * MINUTE,
      20 * MINUTE,
    ],
    ['when rounds are triggered by hand', {}, 'no-round-due', 5 * MINUTE, 10 * MINUTE],
    ['an hour before a round', dueIn(60 * MINUTE), 'no-round-due', 59 * MINUTE, 59.75 * MINUTE],
    ['just over a minute before a round', dueIn(MINUTE + 1), 'no-round-due', 0, 0.75 * MINUTE + 1],
    ['a year before a round', dueIn(365 * DAY), 'no-round-due', 31 * DAY, 31 * DAY],
  ])('%s comes back later', (_, more, reason, least, most) => {
    const random = seededRandom('pace')
    const waits = Array.from({ length: 200 }, () => {
      const told = pace(facts(more), random)
      expect(told).toMatchObject({ kind: 'come-back', reason })
      return told.kind === 'come-back' ? told.afterMs : Number.NaN
    })
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(least)
    expect(Math.max(...waits)).toBeLessThanOrEqual(most)
    // Spread over what is allowed, so that a fleet that was told together does not come back together.
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThanOrEqual(0.8 * (most - least))
  })

  test('is told something that the protocol can say, and is back before a round it can know of', () => {
    const any = fc.record({
      status: fc.constantFrom('active' as const, 'paused' as const, 'finished' as const),
      hasModel: fc.boolean(),
      waiting: fc.nat({ max: 100 }),
      wanted: fc.integer({ min: 1, max: 30 }),
      roundOpen: fc.boolean(),
      trainingMs: fc.integer({ min: 1, max: 7 * DAY }),
      nextRoundAt: fc.option(fc.double({ min: 0, max: 4_000 * DAY, noNaN: true }), { nil: undefined }),
      now: fc.double({ min: 0, max: 4_000 * DAY, noNaN: true }),
    })
    fc.assert(
      fc.property(any, fc.nat(), (situation, seed) => {
        const told = pace(situation, seededRandom(seed))
        if (told.kind === 'standby') return
        const { afterMs, reason } = told
        expect(
          CoordinatorMessage.safeParse({ type: 'come-back', task: 'digits', afterMs, reason }).success,
        ).toBe(true)
        if (reason === 'no-round-due' && situation.nextRoundAt !== undefined)
          expect(situation.now + afterMs).toBeLessThan(situation.nextRoundAt)
      }),
    )
  })
})
