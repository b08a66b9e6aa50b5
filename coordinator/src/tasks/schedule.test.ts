import type { Schedule } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { aCompleted, anAbandoned, aSelecting } from '../round/round.builders.ts'
import { nextRoundAt, scheduleMistakes } from './schedule.ts'

const time = (text: string): number => Date.parse(text)
const cron = (expression: string, timeZone = 'UTC'): Schedule => ({ kind: 'cron', expression, timeZone })
/** The times that come due one after another, each round opening when it is due. */
const times = (schedule: Schedule, from: string, count: number): string[] => {
  const found: string[] = []
  for (let at = time(from); found.length < count; at = time(found.at(-1) ?? '')) {
    const next = nextRoundAt(schedule, aSelecting({ openedAt: at }), 0)
    found.push(new Date(next ?? Number.NaN).toISOString().replace('.000Z', 'Z'))
  }
  return found
}

test('a manual task’s rounds never begin by themselves', () => {
  expect(nextRoundAt({ kind: 'manual' }, undefined, 0)).toBeUndefined()
  expect(nextRoundAt({ kind: 'manual' }, aCompleted(), 0)).toBeUndefined()
})

describe('a continuous task', () => {
  const continuous = (pauseSeconds: number): Schedule => ({ kind: 'continuous', pauseSeconds })

  test('begins with the task, and again when a round has ended and the pause is over', () => {
    expect(nextRoundAt(continuous(30), undefined, 5_000)).toBe(5_000)
    expect(nextRoundAt(continuous(30), aCompleted({ endedAt: 100_000 }), 5_000)).toBe(130_000)
    expect(nextRoundAt(continuous(0), aCompleted({ endedAt: 100_000 }), 5_000)).toBe(100_000)
  })

  test('waits at least a second after an abandoned round', () => {
    expect(nextRoundAt(continuous(0), anAbandoned({ endedAt: 100_000 }), 5_000)).toBe(101_000)
    expect(nextRoundAt(continuous(30), anAbandoned({ endedAt: 100_000 }), 5_000)).toBe(130_000)
  })

  test('has no next time while a round is open', () => {
    expect(nextRoundAt(continuous(0), aSelecting(), 5_000)).toBeUndefined()
  })
})

describe('a cron task', () => {
  test('begins at the times of its expression, of five fields or of six with seconds first', () => {
    expect(times(cron('30 3 * * *'), '2026-01-01T00:00:00Z', 2)).toEqual([
      '2026-01-01T03:30:00Z',
      '2026-01-02T03:30:00Z',
    ])
    expect(times(cron('*/20 * * * * *'), '2026-01-01T00:00:00Z', 2)).toEqual([
      '2026-01-01T00:00:20Z',
      '2026-01-01T00:00:40Z',
    ])
  })

  test('counts from the task’s making where there was no round yet', () => {
    expect(nextRoundAt(cron('0 * * * *'), undefined, time('2026-01-01T10:00:00Z'))).toBe(
      time('2026-01-01T11:00:00Z'),
    )
  })

  test('a round that opened a moment after its time is not due again for it', () => {
    expect(times(cron('0 * * * *'), '2026-01-01T10:00:00.004Z', 1)).toEqual(['2026-01-01T11:00:00Z'])
  })

  test('times missed, however many, are due once: at once, and then not before the next', () => {
    const hourly = cron('0 * * * *')
    const now = time('2026-01-08T10:20:00Z')
    const due = nextRoundAt(hourly, aCompleted({ openedAt: time('2026-01-01T10:00:00Z') }), 0)
    expect(due).toBeLessThan(now)
    expect(nextRoundAt(hourly, aSelecting({ openedAt: now }), 0)).toBe(time('2026-01-08T11:00:00Z'))
  })

  test('keeps local time where clocks change', () => {
    // Berlin is an hour ahead of UTC in winter and two in summer, from 29 March to 25 October 2026.
    expect(times(cron('0 3 * * *', 'Europe/Berlin'), '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T02:00:00Z',
      '2026-03-29T01:00:00Z',
      '2026-03-30T01:00:00Z',
    ])
    expect(times(cron('0 3 * * *', 'Europe/Berlin'), '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T02:00:00Z',
      '2026-10-26T02:00:00Z',
    ])
  })

  test('a time that the change of clocks skips comes due when it is over; one that comes twice is due once', () => {
    expect(times(cron('30 2 * * *', 'Europe/Berlin'), '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:00:00Z',
      '2026-03-30T00:30:00Z',
    ])
    expect(times(cron('30 2 * * *', 'Europe/Berlin'), '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00Z',
      '2026-10-26T01:30:00Z',
    ])
  })

  test('time only moves forward, through every change of clocks', () => {
    for (const [zone, day] of [
      ['Europe/Berlin', '2026-03-28'],
      ['Europe/Berlin', '2026-10-24'],
      ['America/New_York', '2026-03-07'],
      ['America/New_York', '2026-10-31'],
      ['Australia/Lord_Howe', '2026-04-04'],
      ['Australia/Lord_Howe', '2026-10-03'],
    ] as const)
      for (const expression of ['*/30 * * * *', '15 1,2 * * *', '45 59 1 * * *']) {
        const found = times(cron(expression, zone), `${day}T00:00:00Z`, 60)
        expect(found.map(time)).toEqual([...new Set(found.map(time))].sort((a, b) => a - b))
      }
  })
})

describe('a schedule’s mistakes are named', () => {
  test.each<[string, Schedule, string, RegExp]>([
    ['too few fields', cron('30 3 * *'), 'schedule.expression', /five fields, or six .*has 4/],
    ['a year', cron('0 0 0 1 1 * 2030'), 'schedule.expression', /five fields, or six .*has 7/],
    ['a date', cron('2030-01-01T00:00:00'), 'schedule.expression', /five fields/],
    ['a nickname', cron('@midnight'), 'schedule.expression', /five fields/],
    ['a minute out of range', cron('61 * * * *'), 'schedule.expression', /not a cron expression: .*61/],
    ['words', cron('at three every night ok'), 'schedule.expression', /not a cron expression/],
    ['a date that never comes', cron('0 0 30 2 *'), 'schedule.expression', /never comes due/],
    [
      'an unknown time zone',
      cron('0 3 * * *', 'Mars/Base'),
      'schedule.timeZone',
      /"Mars\/Base" is no IANA time zone/,
    ],
  ])('%s', (_, schedule, path, message) => {
    expect(scheduleMistakes(schedule)).toEqual([{ path, message: expect.stringMatching(message) }])
  })

  test('all of them at once', () => {
    const mistakes = scheduleMistakes(cron('61 * * * *', 'Mars/Base'))
    expect(mistakes.map(({ path }) => path)).toEqual(['schedule.expression', 'schedule.timeZone'])
  })

  test('and none where there are none', () => {
    for (const schedule of [
      { kind: 'manual' },
      { kind: 'continuous', pauseSeconds: 0 },
      cron('0 3 * * *', 'Europe/Berlin'),
      cron('0 0 29 2 *'),
      cron('0 0 9 * * MON-FRI', 'America/New_York'),
    ] satisfies Schedule[])
      expect(scheduleMistakes(schedule)).toEqual([])
  })
})
