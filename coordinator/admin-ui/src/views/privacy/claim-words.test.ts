import type { TaskPrivacyView } from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
import { type Claim, participationOf, spentByRound, spentFraction } from './claim-words.ts'

const aClaim = (claim: Partial<Claim> = {}): Claim => ({
  epsilon: 1,
  delta: 1e-5,
  unit: 'client',
  relation: 'zero-out',
  sampling: { kind: 'none' },
  participation: { most: 10, between: 0 },
  accountant: 'exact-gaussian',
  rounds: 1,
  ...claim,
})
const aView = (view: Partial<TaskPrivacyView> = {}): TaskPrivacyView => ({
  budget: { epsilon: 4, delta: 1e-5 },
  spent: aClaim(),
  roundsLeft: 3,
  secureAggregation: false,
  ...view,
})

test.each([
  [aView(), 0.25],
  [aView({ spent: null }), 0],
  [aView({ spent: aClaim({ epsilon: 9 }) }), 1],
  [aView({ spent: aClaim({ epsilon: null }) }), null],
  [aView({ budget: null }), null],
])('the part of the budget that is spent (%#)', (view, fraction) =>
  expect(spentFraction(view)).toBe(fraction),
)

test('rounds stand in their order, and those that claim nothing are left out', () =>
  expect(
    spentByRound([
      { number: 12, privacy: aClaim({ epsilon: 2 }) },
      { number: 3 },
      { number: 9, privacy: aClaim({ epsilon: null }) },
      { number: 2, privacy: aClaim() },
    ]),
  ).toEqual({ numbers: [2, 9, 12], epsilons: [1, null, 2] }))

test('participation in words', () => {
  expect(participationOf(aClaim({ participation: { most: 1, between: 0 } }))).toBe('in 1 round at most')
  expect(participationOf(aClaim({ participation: { most: 10, between: 5 } }))).toBe(
    'in 10 rounds at most, with 5 rounds between two of them at least',
  )
  expect(participationOf(aClaim({ participation: null }))).toBe('in every round, drawn by chance')
})
