import { ModelVersion } from '@tributary/protocols'
import { CohortPolicy, PrivacySpec } from '@tributary/protocols/task'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openRound } from './open-round.ts'
import { roundPolicy } from './policy.ts'
import { resume } from './resume.ts'
import {
  aCompleted,
  anAbandoned,
  anAggregating,
  aPolicy,
  aSelecting,
  aTraining,
  digestOf,
  digits,
} from './round.builders.ts'
import { deadlineOf, isOpen, type Round } from './round.ts'

describe('[R18] what a restarted process owes follows from the saved state', () => {
  test.each<[string, Round, string[]]>([
    ['selecting: nothing, clients come by themselves', aSelecting(), []],
    ['training: the invitations of those that have not answered', aTraining(), ['invite']],
    ['aggregating: to close, and to aggregate', anAggregating(), ['close', 'aggregate']],
    ['completed and owing: to settle', aCompleted(), ['settle']],
    ['abandoned and owing: to settle', anAbandoned(), ['settle']],
    ['completed and settled: nothing', aCompleted({ debts: 'settled' }), []],
    ['abandoned and settled: nothing', anAbandoned({ debts: 'settled' }), []],
  ])('%s', (_, round, effects) => {
    expect(resume(round).map(({ type }) => type)).toEqual(effects)
  })
})

test('[R10] time alone can end selection and training, and nothing else', () => {
  expect(deadlineOf(aSelecting())).toBe(61_000)
  expect(deadlineOf(aTraining())).toBe(602_000)
  for (const round of [anAggregating(), aCompleted(), anAbandoned()])
    expect(deadlineOf(round)).toBeUndefined()
})

test('[R1] a round is open until it is completed or abandoned', () => {
  expect([aSelecting(), aTraining(), anAggregating()].every(isOpen)).toBe(true)
  expect([aCompleted(), anAbandoned()].some(isOpen)).toBe(false)
})

test('[R1] a round begins by selecting, under its number, from the base it names', () => {
  const facts = {
    task: digits,
    number: 3,
    base: { version: ModelVersion.parse(7), digest: digestOf(7) },
    assignment: digestOf(1),
    at: 1_000,
  }
  expect(openRound(facts, aPolicy({ wanted: 9, selectionMs: 2_500 }))).toEqual(
    aSelecting({ wanted: 9, deadlineAt: 3_500 }),
  )
})

describe('[R2] the number of clients that a round wants', () => {
  const cohort = (target: number, overSelection: number, quorum: number) => ({
    cohort: CohortPolicy.parse({ target, overSelection, quorum, selectionSeconds: 1.5, trainingSeconds: 30 }),
    privacy: PrivacySpec.parse({ mode: 'sealed' }),
    mode: { kind: 'synchronous' as const },
  })

  test.each([
    ['is its target and some more', cohort(10, 1.3, 8), 1_000, 13],
    ['is rounded up', cohort(5, 1.3, 5), 1_000, 7],
    [
      'is the product that people mean, not the one that binary fractions give',
      cohort(10, 1.1, 8),
      1_000,
      11,
    ],
    ['is no more than there are clients', cohort(10, 1.3, 8), 11, 11],
    ['is never below the quorum, which clients yet to enrol may meet', cohort(10, 1.3, 8), 2, 8],
  ])('%s', (_, policy, registered, wanted) => {
    expect(roundPolicy(policy, registered).wanted).toBe(wanted)
  })

  test('lies between the quorum and the target over-selected, whatever the numbers', () => {
    const numbers = fc.record({
      target: fc.integer({ min: 1, max: 1_000_000 }),
      below: fc.nat({ max: 1_000 }),
      overSelection: fc.double({ min: 1, max: 10, noNaN: true }),
      registered: fc.nat({ max: 2_000_000 }),
    })
    fc.assert(
      fc.property(numbers, ({ target, below, overSelection, registered }) => {
        const quorum = Math.max(1, target - below)
        const { wanted } = roundPolicy(cohort(target, overSelection, quorum), registered)
        expect(Number.isInteger(wanted)).toBe(true)
        expect(wanted).toBeGreaterThanOrEqual(quorum)
        expect(wanted).toBeLessThanOrEqual(Math.ceil(target * overSelection))
        expect(wanted).toBeGreaterThanOrEqual(Math.min(registered, target))
      }),
    )
  })

  test('goes with its other numbers, in milliseconds', () => {
    expect(roundPolicy(cohort(10, 1, 8), 100)).toEqual({
      target: 10,
      quorum: 8,
      wanted: 10,
      selectionMs: 1_500,
      trainingMs: 30_000,
      stepMs: 30_000,
    })
  })
})
