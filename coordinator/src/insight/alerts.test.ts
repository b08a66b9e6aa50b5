import type { AlertView } from '@tributary/protocols/rest'
import { describe, expect, test } from 'vitest'
import { aModel, anOriginOf, aRoundId } from '../adapters/contracts/arrange.ts'
import { aCompleted, anAbandoned, aSelecting, aTraining, digits } from '../round/round.builders.ts'
import {
  diskNearlyFull,
  eventLoopLate,
  metricWorse,
  privacyBudget,
  roundOverdue,
  roundsAbandoned,
  tooFewClients,
  webhookFailing,
} from './alerts.ts'

const kinds = (alerts: AlertView[]) => alerts.map(({ kind, severity }) => `${kind} ${severity}`)
const MINUTE = 60_000

describe('rounds that are abandoned', () => {
  const three = [anAbandoned(), anAbandoned(), anAbandoned()]

  test('three in a row are told, with the reason of the last', () => {
    const [alert] = roundsAbandoned(digits, [anAbandoned({ reason: 'no-quorum' }), ...three, aCompleted()])
    expect(alert).toMatchObject({ kind: 'rounds-abandoned', severity: 'critical', task: digits })
    expect(alert?.detail).toContain('The last 4 rounds were abandoned, the last one for no-quorum')
  })

  test('fewer, or a round that completed since, are not', () => {
    expect(roundsAbandoned(digits, [])).toEqual([])
    expect(roundsAbandoned(digits, [anAbandoned(), anAbandoned()])).toEqual([])
    expect(roundsAbandoned(digits, [aCompleted(), ...three])).toEqual([])
    expect(roundsAbandoned(digits, [anAbandoned(), anAbandoned(), aCompleted(), anAbandoned()])).toEqual([])
  })
})

describe('a round without clients', () => {
  const round = aSelecting({ openedAt: 0, wanted: 6 })

  test('is told once it has waited for more than a minute', () => {
    expect(tooFewClients(round, { waiting: 2, at: MINUTE })).toEqual([])
    expect(tooFewClients(round, { waiting: 2, at: 3 * MINUTE + 1 })).toMatchObject([
      {
        kind: 'too-few-clients',
        task: digits,
        detail: expect.stringContaining('3 minutes for clients: 2 of 6'),
      },
    ])
  })

  test('is not told where enough are there, it trains, or there is none', () => {
    const late = { waiting: 2, at: 9 * MINUTE }
    expect(tooFewClients(round, { ...late, waiting: 6 })).toEqual([])
    expect(tooFewClients(aTraining(), late)).toEqual([])
    expect(tooFewClients(undefined, late)).toEqual([])
  })
})

describe('a round that is late', () => {
  test('is told where none has begun a minute after it was due', () => {
    const overdue = (at: number, dueAt: number | undefined = 1_000) =>
      kinds(roundOverdue(digits, { dueAt, latest: aCompleted(), at }))
    expect(overdue(MINUTE + 1_001)).toEqual(['round-overdue warning'])
    expect(overdue(MINUTE)).toEqual([])
    expect(kinds(roundOverdue(digits, { dueAt: undefined, latest: undefined, at: 9e12 }))).toEqual([])
  })

  test('is told where one goes on a minute after its deadline', () => {
    const latest = aTraining({}, { deadlineAt: 5_000 })
    const at = (ms: number) => kinds(roundOverdue(digits, { dueAt: undefined, latest, at: ms }))
    expect(at(5_001 + MINUTE)).toEqual(['round-overdue warning'])
    expect(at(4_000 + MINUTE)).toEqual([])
  })
})

describe('a metric', () => {
  /** Versions with these losses, the oldest first; null was not made by a round. */
  const versions = (values: (number | null)[], name = 'loss') =>
    values
      .map((value, index) =>
        aModel('digits', index + 1, {
          origin:
            value === null
              ? { kind: 'rollback', to: aModel().version, reason: '' }
              : { ...anOriginOf(aRoundId()), metrics: { [name]: value } },
        }),
      )
      .toReversed()
  const worse = (values: (number | null)[], name?: string) =>
    kinds(metricWorse(digits, versions(values, name)))

  test('that got worse with each of three versions is told, with its numbers', () => {
    const [alert] = metricWorse(digits, versions([1, 0.8, 0.9, 1, 1.25]))
    expect(alert).toMatchObject({ kind: 'metric-worse', severity: 'warning', task: digits })
    expect(alert?.detail).toContain('The loss has risen with each of the last 3 versions, from 0.8 to 1.25')
    expect(worse([0.9, 0.8, 0.7, 0.6], 'accuracy')).toEqual(['metric-worse warning'])
    expect(worse([0.5, 0.6, 0.7, 0.8], 'validation_loss')).toEqual(['metric-worse warning'])
    expect(worse([-1, -0.9, -0.8, -0.6])).toEqual(['metric-worse warning'])
  })

  test.each<[string, (number | null)[], string?]>([
    ['of two steps', [0.8, 0.9, 1]],
    ['that got better in between', [0.8, 0.9, 0.85, 1]],
    ['that stood still in between', [0.8, 0.9, 0.9, 1]],
    ['that got better', [1, 0.9, 0.8, 0.7]],
    ['that moved by less than a twentieth', [1, 1.01, 1.02, 1.03]],
    ['that is no steadier than before', [1, 2, 1, 2, 1, 1.3, 1.6, 1.9]],
    ['whose versions are not of one line', [0.8, 0.9, null, 1, 1.1]],
    ['of which nobody knows which way is better', [0.8, 0.9, 1, 1.2], 'perplexing'],
    ['of one that is only named alike', [0.8, 0.9, 1, 1.2], 'gloss'],
    ['of a task without versions', []],
  ])('%s is not', (_, values, name) => {
    expect(worse(values, name)).toEqual([])
  })

  test('that clients called by a name of the language is one like any other', () => {
    expect(worse([0.8, 0.9, 1, 1.2], '__proto__')).toEqual([])
    expect(worse([0.8, 0.9, 1, 1.2], 'constructor')).toEqual([])
  })
})

test('a privacy budget is told when few rounds are left, and as critical when none is', () => {
  const left = (roundsLeft: number | 'unlimited') => kinds(privacyBudget(digits, { roundsLeft }))
  expect(left(0)).toEqual(['privacy-budget critical'])
  expect(left(1)).toEqual(['privacy-budget warning'])
  expect(left(3)).toEqual(['privacy-budget warning'])
  expect(left(4)).toEqual([])
  expect(left('unlimited')).toEqual([])
  expect(privacyBudget(digits, undefined)).toEqual([])
})

test('a process that answers late is told', () => {
  expect(kinds(eventLoopLate({ p99: 30 }))).toEqual([])
  expect(kinds(eventLoopLate({ p99: 250 }))).toEqual(['event-loop-late warning'])
  expect(kinds(eventLoopLate({ p99: 1_500 }))).toEqual(['event-loop-late critical'])
})

test('a disk is told of by what is left of it, however large it is', () => {
  const GIB = 2 ** 30
  const room = (free: number, total: number) =>
    kinds(diskNearlyFull({ freeBytes: free * GIB, totalBytes: total * GIB }))
  expect(room(50, 100)).toEqual([])
  expect(room(100, 10_000)).toEqual([])
  expect(room(9, 100)).toEqual(['disk-nearly-full warning'])
  expect(room(0.5, 100)).toEqual(['disk-nearly-full critical'])
  expect(room(2, 8)).toEqual([])
  expect(room(0.1, 8)).toEqual(['disk-nearly-full critical'])
  expect(diskNearlyFull(null)).toEqual([])
})

test('a webhook whose deliveries fail is told by its name, without its address', () => {
  const [alert] = webhookFailing([{ id: 'wh-1', name: 'the pager' }])
  expect(alert).toMatchObject({ kind: 'webhook-failing', severity: 'warning', task: null })
  expect(alert?.detail).toContain('the webhook “the pager” failed: see the deliveries of wh-1')
  expect(webhookFailing([])).toEqual([])
})
