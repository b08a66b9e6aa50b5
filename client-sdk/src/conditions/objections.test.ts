import { describe, expect, test, vi } from 'vitest'
import { shiftTrainer } from '../participation/participant.builders.ts'
import type { Known } from '../ports/circumstances.ts'
import { type Conditions, checkedConditions } from './conditions.ts'
import { budgetObjections, circumstantialObjections } from './objections.ts'
import { unreadableUsage, unused } from './usage.ts'

const NOW = Date.parse('2026-05-05T12:00:00Z')

const objectionsTo = (conditions: Conditions, known: Known, now = NOW) => {
  const { objections, changesAt } = circumstantialObjections(
    checkedConditions(conditions, shiftTrainer),
    known,
    now,
  )
  return { against: objections.map(({ condition, until }) => [condition, until]), changesAt }
}
const nothing = { against: [], changesAt: undefined }
const against = (condition: string) => ({ against: [[condition, undefined]], changesAt: undefined })

describe('what is known decides', () => {
  test.each<[Conditions, Known, object]>([
    [{}, {}, nothing],
    [{}, { dataSaver: 'on' }, against('dataSaver')],
    [{}, { dataSaver: 'off' }, nothing],
    [{ dataSaver: 'ignore' }, { dataSaver: 'on' }, nothing],
    [{ page: 'visible' }, { page: 'hidden' }, against('page')],
    [{ page: 'visible' }, { page: 'visible' }, nothing],
    [{ page: 'hidden' }, { page: 'hidden' }, nothing],
    [{ page: 'hidden' }, { page: 'visible' }, against('page')],
    [{ charging: true }, { charging: true }, nothing],
    [{ charging: true }, { charging: false }, against('charging')],
    [{ charging: false }, { charging: false }, nothing],
    [{ battery: { atLeast: 0.5 } }, { battery: 0.5 }, nothing],
    [{ battery: { atLeast: 0.5 } }, { battery: 0.499 }, against('battery')],
    [{ network: 'unmetered' }, { network: 'unmetered' }, nothing],
    [{ network: 'unmetered' }, { network: 'metered' }, against('network')],
    [{ network: 'any' }, { network: 'metered' }, nothing],
  ])('%j of %j', (conditions, known, expected) => {
    expect(objectionsTo(conditions, known)).toEqual(expected)
  })
})

const ASKED: Conditions = {
  idle: { seconds: 60 },
  page: 'hidden',
  charging: true,
  battery: { atLeast: 0.2 },
  network: 'unmetered',
}

test('what nobody tells does not hold, each is named, and what helps', () => {
  const conditions = checkedConditions(ASKED, shiftTrainer)
  const { objections } = circumstantialObjections(conditions, {}, NOW)
  expect(objections.map(({ condition }) => condition)).toEqual([
    'page',
    'charging',
    'battery',
    'network',
    'idle',
  ])
  expect(objections[1]?.detail).toBe(
    "nothing tells here whether the device is charging; the app can tell by `circumstances`, or let it be with `unknown: 'allow'`",
  )
})

test('what nobody tells can be let be; what is known still counts', () => {
  expect(objectionsTo({ ...ASKED, unknown: 'allow' }, {})).toEqual(nothing)
  expect(objectionsTo({ ...ASKED, unknown: 'allow' }, { charging: false })).toEqual(against('charging'))
})

describe('idleness comes by time alone', () => {
  const idle = { idle: { seconds: 60 } }
  test.each<[string, Known['lastTouch'], object]>([
    ['just now', NOW, { against: [['idle', NOW + 60_000]], changesAt: NOW + 60_000 }],
    ['a while ago', NOW - 59_999, { against: [['idle', NOW + 1]], changesAt: NOW + 1 }],
    ['long ago', NOW - 60_000, nothing],
    // The clock was set back.
    ['in time to come', NOW + 9e9, { against: [['idle', NOW + 60_000]], changesAt: NOW + 60_000 }],
    // Its end will be told.
    ['all the time', 'now', { against: [['idle', undefined]], changesAt: undefined }],
  ])('touched %s', (_, lastTouch, expected) => {
    expect(objectionsTo(idle, { lastTouch })).toEqual(expected)
  })
})

test('hours end and begin by time alone; of several conditions the earliest change counts', () => {
  vi.stubEnv('TZ', 'UTC')
  const conditions: Conditions = { hours: [{ from: '22:00', to: '06:00' }], idle: { seconds: 60 } }
  const tenInTheEvening = Date.parse('2026-05-05T22:00:00Z')
  const known = { lastTouch: NOW }
  expect(objectionsTo(conditions, known)).toEqual({
    against: [
      ['idle', NOW + 60_000],
      ['hours', tenInTheEvening],
    ],
    changesAt: NOW + 60_000,
  })
  expect(objectionsTo(conditions, known, tenInTheEvening)).toEqual({
    against: [],
    changesAt: Date.parse('2026-05-06T06:00:00Z'),
  })
  vi.unstubAllEnvs()
})

describe('budgets', () => {
  const usage = { ...unused(NOW), rounds: 2, down: 600, up: 300 }
  const against = (...args: Parameters<typeof budgetObjections>) =>
    budgetObjections(...args).map(({ condition, until }) => [
      condition,
      until && new Date(until).toISOString(),
    ])

  test('end with the day and with the month', () => {
    vi.stubEnv('TZ', 'America/New_York')
    expect(against({ roundsPerDay: 2, bytesPerMonth: 1_000 }, usage, { rounds: 1, bytes: 101 })).toEqual([
      ['roundsPerDay', '2026-05-06T04:00:00.000Z'],
      ['bytesPerMonth', '2026-06-01T04:00:00.000Z'],
    ])
    vi.unstubAllEnvs()
  })

  test.each([
    [{ roundsPerDay: 3 }, { rounds: 1, bytes: 0 }, 0],
    [{ roundsPerDay: 2 }, { rounds: 0, bytes: 1e9 }, 0],
    [{ roundsPerDay: 0 }, { rounds: 1, bytes: 0 }, 1],
    [{ bytesPerMonth: 1_000 }, { rounds: 1, bytes: 100 }, 0],
    [{ bytesPerMonth: 1_000 }, { rounds: 0, bytes: 101 }, 1],
    [{}, { rounds: 1, bytes: 1e15 }, 0],
  ])('%j asked for %j: %i', (budget, asked, expected) => {
    expect(budgetObjections(budget, usage, asked)).toHaveLength(expected)
  })

  test('what cannot be read counts as used, says so, and stands against no budget that is not set', () => {
    const lost = unreadableUsage(NOW)
    const asked = { rounds: 1, bytes: 0 }
    expect(budgetObjections({ roundsPerDay: 9, bytesPerMonth: 1e9 }, lost, asked)).toMatchObject([
      { detail: 'what this device has used cannot be read: today’s rounds count as taken' },
      { detail: 'what this device has used cannot be read: nothing is transferred today' },
    ])
    expect(budgetObjections({}, lost, asked)).toEqual([])
  })
})
