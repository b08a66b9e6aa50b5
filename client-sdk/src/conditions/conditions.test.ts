import { describe, expect, test } from 'vitest'
import type { Trainer } from '../training/trainer.ts'
import { TributaryError } from '../tributary-error.ts'
import { checkedConditions } from './conditions.ts'

const silent: Trainer = { train: () => Promise.reject(new Error('nobody trains here')) }
const counting = { ...silent, countExamples: () => 9 }

const mistakesIn = (given: unknown, trainer: Trainer = counting): string[] => {
  try {
    checkedConditions(given, trainer)
    return []
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error
    expect(error.code).toBe('bad-options')
    return error.remedy.split('; ')
  }
}

test('what is left out is not asked, but that a data saver is respected', () => {
  expect(checkedConditions({}, silent)).toEqual({
    page: 'any',
    charging: false,
    network: 'any',
    dataSaver: 'respect',
    unknown: 'deny',
  })
})

test('everything that can be asked, is', () => {
  const asked = {
    idle: { seconds: 60 },
    page: 'hidden',
    charging: true,
    battery: { atLeast: 0.5 },
    network: 'unmetered',
    dataSaver: 'ignore',
    hours: [
      { from: '22:00', to: '06:00' },
      { from: '00:00', to: '24:00', days: ['sat', 'sun'] },
    ],
    minExamples: 20,
    roundsPerDay: 3,
    bytesPerMonth: 50_000_000,
    unknown: 'allow',
  }
  expect(checkedConditions(asked, counting)).toEqual(asked)
})

test('all mistakes are told at once, with their places and what to do', () => {
  const mistakes = mistakesIn({
    idle: { seconds: 0 },
    page: 'shown',
    hours: [
      { from: '22:00', to: '06:00' },
      { from: '24:00', to: '6:00', days: ['monday'] },
    ],
    roundsPerDay: 1.5,
  })
  expect(mistakes).toEqual([
    'conditions.idle.seconds: give { seconds } of at least 1, such as { seconds: 60 }',
    "conditions.page: give 'visible' or 'hidden' or 'any'",
    "conditions.hours[1].from: give a local time from '00:00' to '23:59'",
    "conditions.hours[1].to: give a local time from '00:00' to '24:00'",
    "conditions.hours[1].days[0]: give 'sun' or 'mon' or 'tue' or 'wed' or 'thu' or 'fri' or 'sat'",
    'conditions.roundsPerDay: give a whole number of rounds',
  ])
})

describe('a mistake and its remedy', () => {
  test.each([
    [null, 'conditions: the conditions are'],
    ['idle', 'conditions: the conditions are'],
    [{ wifi: true }, 'conditions: has no "wifi"'],
    [{ idle: 60 }, 'conditions.idle: give { seconds }'],
    [{ idle: { seconds: Number.NaN } }, 'conditions.idle.seconds: give { seconds }'],
    [{ idle: { seconds: 60, minutes: 1 } }, 'conditions.idle: has no "minutes"'],
    [{ charging: 'yes' }, 'conditions.charging: give true or false'],
    [{ battery: { atLeast: 50 } }, 'conditions.battery.atLeast: give { atLeast } from 0 to 1'],
    [{ battery: 0.5 }, 'conditions.battery: give { atLeast } from 0 to 1'],
    [{ network: 'wifi' }, "conditions.network: give 'unmetered' or 'any'"],
    [{ dataSaver: true }, "conditions.dataSaver: give 'respect' or 'ignore'"],
    [{ hours: [] }, 'conditions.hours: give a span at least'],
    [{ hours: '22:00-06:00' }, 'conditions.hours: give an array'],
    [{ hours: [{ from: '08:00', to: '08:00' }] }, 'conditions.hours[0]: `from` and `to` are the same'],
    [{ hours: [{ from: '08:00', to: '09:00', days: [] }] }, 'conditions.hours[0].days: give a day at least'],
    [{ minExamples: -1 }, 'conditions.minExamples: give a whole number of examples'],
    [{ bytesPerMonth: Number.POSITIVE_INFINITY }, 'conditions.bytesPerMonth: give a whole number of bytes'],
    [{ unknown: 'maybe' }, "conditions.unknown: give 'deny' or 'allow'"],
  ])('%j', (given, remedy) => {
    const mistakes = mistakesIn(given).join('; ')
    expect(mistakes.startsWith(remedy), mistakes).toBe(true)
  })

  test('a number of examples that nobody counts', () => {
    expect(mistakesIn({ minExamples: 5, page: 1 }, silent)).toEqual([
      "conditions.page: give 'visible' or 'hidden' or 'any'",
      'conditions.minExamples: the trainer has no `countExamples`, give it one that says how many examples there are',
    ])
  })

  test('a further trainer that does not count', () => {
    const conditions = checkedConditions({ minExamples: 5 })
    checkedConditions(conditions, counting)
    expect(() => checkedConditions(conditions, silent)).toThrow('the trainer has no `countExamples`')
    checkedConditions(checkedConditions({}), silent)
  })
})
