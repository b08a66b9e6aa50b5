import { roundId, TaskId } from '@tributary/protocols'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { asOf, endOfDay, unreadableUsage, unused, withBytes, withRound } from './usage.ts'

beforeEach(() => void vi.stubEnv('TZ', 'Europe/Berlin'))
afterEach(() => void vi.unstubAllEnvs())

const round = (number: number) => roundId(TaskId.parse('line'), number)
const time = (text: string) => Date.parse(text)

const used = (at: string) => withBytes(withRound(unused(time(at)), round(1)), { down: 100, up: 10 })

describe('as time passes', () => {
  test.each([
    ['later that day', '2026-05-05T10:00:00Z', '2026-05-05T21:59:59Z', 1, 110],
    ['the next day', '2026-05-05T10:00:00Z', '2026-05-05T22:00:00Z', 0, 110],
    ['the next month', '2026-05-31T21:59:59Z', '2026-05-31T22:00:00Z', 0, 0],
    ['the same day of another month', '2026-05-05T10:00:00Z', '2026-06-05T10:00:00Z', 0, 0],
    ['the same month of another year', '2026-05-05T10:00:00Z', '2027-05-05T10:00:00Z', 0, 0],
    ['a day of 25 hours', '2026-10-24T22:00:00Z', '2026-10-25T22:59:59Z', 1, 110],
    ['after a day of 23 hours', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 0, 110],
    ['the clock an hour back', '2026-05-05T10:00:00Z', '2026-05-05T09:00:00Z', 1, 110],
    ['the clock back over midnight', '2026-05-04T22:10:00Z', '2026-05-04T21:50:00Z', 1, 110],
    ['the clock back over the month’s beginning', '2026-04-30T22:10:00Z', '2026-04-30T21:50:00Z', 1, 110],
    ['the clock a year back', '2027-05-05T10:00:00Z', '2026-05-05T10:00:00Z', 1, 110],
  ])('%s', (_, then, now, rounds, bytes) => {
    const usage = asOf(used(then), time(now))
    expect([usage.rounds, usage.down + usage.up]).toEqual([rounds, bytes])
  })

  test('a clock that was set back by minutes goes on where it was: the day that was seen ends when it ends', () => {
    const after = asOf(used('2026-05-04T22:10:00Z'), time('2026-05-04T21:50:00Z'))
    expect(asOf(after, time('2026-05-05T21:59:00Z')).rounds).toBe(1)
    expect(asOf(after, time('2026-05-05T22:00:00Z')).rounds).toBe(0)
  })

  test('a clock that was wrong by years counts what was used for today, and tomorrow is another day', () => {
    const after = asOf(used('2036-01-01T10:00:00Z'), time('2026-05-05T10:00:00Z'))
    expect(asOf(after, time('2026-05-05T20:00:00Z')).rounds).toBe(1)
    expect(asOf(after, time('2026-05-05T22:00:00Z')).rounds).toBe(0)
  })

  test('what could not be read is forgotten with the day', () => {
    const lost = unreadableUsage(time('2026-05-05T10:00:00Z'))
    expect(asOf(lost, time('2026-05-05T21:00:00Z')).unreadable).toBe(true)
    expect(asOf(lost, time('2026-05-05T22:00:00Z')).unreadable).toBe(false)
  })
})

test('a round counts once, on the next day as well; the last 32 are remembered', () => {
  const once = withRound(used('2026-05-05T10:00:00Z'), round(1))
  expect(once.rounds).toBe(1)
  expect(withRound(asOf(once, time('2026-05-06T10:00:00Z')), round(1)).rounds).toBe(0)
  let many = once
  for (let number = 2; number <= 100; number++) many = withRound(many, round(number))
  expect(many.rounds).toBe(100)
  expect(many.latest).toHaveLength(32)
})

test('no path of a clock that wanders back gives more rounds to a day than a clock that stands at the latest time it showed', () => {
  const hour = 3_600_000
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -47 * hour, max: 40 * hour }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      (moves, budget) => {
        let now = time('2026-03-20T10:00:00Z')
        let usage = unused(now)
        let latest = now
        const taken = new Map<number, number>()
        for (const [number, move] of moves.entries()) {
          now += Math.max(move, latest - 47 * hour - now)
          latest = Math.max(latest, now)
          usage = asOf(usage, now)
          if (usage.rounds >= budget) continue
          usage = withRound(usage, round(number + 1))
          const day = endOfDay(latest)
          taken.set(day, (taken.get(day) ?? 0) + 1)
        }
        for (const count of taken.values()) expect(count).toBeLessThanOrEqual(budget)
      },
    ),
    { numRuns: 500 },
  )
})
