import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Hours } from './conditions.ts'
import { hoursAt } from './hours.ts'

afterEach(() => void vi.unstubAllEnvs())

/** Node reads its zone from the environment whenever that is written. */
const inZone = (zone: string, shown: string) => {
  vi.stubEnv('TZ', zone)
  // A zone that is not taken would let every test here pass.
  expect(new Date(Date.parse('2026-07-01T12:00:00Z')).getHours()).toBe(Number(shown))
}
const BERLIN = ['Europe/Berlin', '14'] as const
const NEW_YORK = ['America/New_York', '8'] as const

const NIGHT: Hours[] = [{ from: '22:00', to: '06:00' }]

const at = (hours: readonly Hours[], time: string) => {
  const { within, changesAt } = hoursAt(hours, Date.parse(time))
  return [within, changesAt === undefined ? undefined : new Date(changesAt).toISOString()]
}

describe('a night', () => {
  test.each([
    // In winter Berlin is an hour ahead.
    ['2026-01-10T20:59:59Z', false, '2026-01-10T21:00:00.000Z'],
    ['2026-01-10T21:00:00Z', true, '2026-01-11T05:00:00.000Z'],
    ['2026-01-11T04:59:59Z', true, '2026-01-11T05:00:00.000Z'],
    ['2026-01-11T05:00:00Z', false, '2026-01-11T21:00:00.000Z'],
    // The night of 29 March has seven hours, that of 25 October nine.
    ['2026-03-28T21:00:00Z', true, '2026-03-29T04:00:00.000Z'],
    ['2026-03-29T04:00:00Z', false, '2026-03-29T20:00:00.000Z'],
    ['2026-10-24T20:00:00Z', true, '2026-10-25T05:00:00.000Z'],
    ['2026-10-25T05:00:00Z', false, '2026-10-25T21:00:00.000Z'],
  ])('in Berlin, %s: %s until %s', (time, within, until) => {
    inZone(...BERLIN)
    expect(at(NIGHT, time)).toEqual([within, until])
  })

  test.each([
    ['2026-03-08T03:00:00Z', true, '2026-03-08T10:00:00.000Z'],
    ['2026-03-08T10:00:00Z', false, '2026-03-09T02:00:00.000Z'],
    ['2026-11-01T02:00:00Z', true, '2026-11-01T11:00:00.000Z'],
    ['2026-11-01T11:00:00Z', false, '2026-11-02T03:00:00.000Z'],
  ])('in New York, %s: %s until %s', (time, within, until) => {
    inZone(...NEW_YORK)
    expect(at(NIGHT, time)).toEqual([within, until])
  })
})

describe('times that a day has twice, or not at all', () => {
  test.each([
    // 02:30 comes at 00:30Z and again at 01:30Z: the span ends at the first, and does not begin anew.
    ['01:00', '02:30', '2026-10-25T00:29:59Z', true, '2026-10-25T00:30:00.000Z'],
    ['01:00', '02:30', '2026-10-25T01:10:00Z', false, '2026-10-26T00:00:00.000Z'],
    ['02:30', '03:30', '2026-10-25T00:30:00Z', true, '2026-10-25T02:30:00.000Z'],
    // 02:30 is 03:30 on the day that has no 02:30.
    ['02:30', '05:00', '2026-03-29T01:29:59Z', false, '2026-03-29T01:30:00.000Z'],
    ['02:30', '05:00', '2026-03-29T01:30:00Z', true, '2026-03-29T03:00:00.000Z'],
    // A span that would end before it begins is left out on that day.
    ['02:30', '03:15', '2026-03-29T01:20:00Z', false, '2026-03-30T00:30:00.000Z'],
  ])('%s to %s at %s: %s until %s', (from, to, time, within, until) => {
    inZone(...BERLIN)
    expect(at([{ from, to }], time)).toEqual([within, until])
  })
})

describe('days are those on which a span begins', () => {
  const friday: Hours[] = [{ from: '22:00', to: '06:00', days: ['fri'] }]
  const weekend: Hours[] = [{ from: '00:00', to: '24:00', days: ['sat', 'sun'] }]
  test.each([
    // 2 January 2026 is a Friday.
    [friday, '2026-01-02T20:00:00Z', false, '2026-01-02T21:00:00.000Z'],
    [friday, '2026-01-03T02:00:00Z', true, '2026-01-03T05:00:00.000Z'],
    [friday, '2026-01-03T21:30:00Z', false, '2026-01-09T21:00:00.000Z'],
    [weekend, '2026-01-03T12:00:00Z', true, '2026-01-04T23:00:00.000Z'],
    [weekend, '2026-01-04T23:00:00Z', false, '2026-01-09T23:00:00.000Z'],
    // Spans that meet are one.
    [[...friday, ...weekend], '2026-01-02T21:30:00Z', true, '2026-01-04T23:00:00.000Z'],
    [[{ from: '00:00', to: '24:00' }] as Hours[], '2026-03-29T12:00:00Z', true, undefined],
  ])('%j at %s: %s until %s', (hours, time, within, until) => {
    inZone(...BERLIN)
    expect(at(hours, time)).toEqual([within, until])
  })
})

const aTime = fc
  .integer({ min: 0, max: 1_439 })
  .map(
    (minutes) =>
      `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`,
  )
const aSpan: fc.Arbitrary<Hours> = fc
  .record(
    {
      from: aTime,
      to: fc.oneof({ weight: 9, arbitrary: aTime }, { weight: 1, arbitrary: fc.constant('24:00') }),
      days: fc.uniqueArray(fc.constantFrom('sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'), {
        minLength: 1,
      }),
    },
    { requiredKeys: ['from', 'to'] },
  )
  .filter(({ from, to }) => from !== to) as fc.Arbitrary<Hours>
const someHours = fc.array(aSpan, { minLength: 1, maxLength: 3 })
const anInstant = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true })

test.each([BERLIN, NEW_YORK, ['Australia/Lord_Howe', '22'] as const])(
  'in %s, the answer stays until it is said to change, and is the other then',
  (...zone) => {
    inZone(...zone)
    fc.assert(
      fc.property(someHours, anInstant, fc.nat(1_000_000), (hours, date, share) => {
        const now = date.getTime()
        const { within, changesAt } = hoursAt(hours, now)
        const until = changesAt ?? now + 7 * 86_400_000
        const between = now + Math.floor(((until - 1 - now) * share) / 1_000_000)
        expect(hoursAt(hours, between).within).toBe(within)
        expect(hoursAt(hours, until - 1).within).toBe(within)
        if (changesAt !== undefined) expect(hoursAt(hours, changesAt).within).toBe(!within)
      }),
      { numRuns: 500 },
    )
  },
)

test('where no clock is changed, a span is what the wall clock reads', () => {
  inZone('UTC', '12')
  fc.assert(
    fc.property(someHours, anInstant, (hours, date) => {
      const time = date.toISOString().slice(11, 16)
      const dayOf = (offset: number) =>
        ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][(date.getUTCDay() + offset + 7) % 7]
      const begins = (span: Hours, offset: number) =>
        !span.days || span.days.some((day) => day === dayOf(offset))
      const expected = hours.some((span) =>
        span.from < span.to
          ? begins(span, 0) && span.from <= time && time < span.to
          : (begins(span, 0) && span.from <= time) || (begins(span, -1) && time < span.to),
      )
      expect(hoursAt(hours, date.getTime()).within).toBe(expected)
    }),
    { numRuns: 2_000 },
  )
})
