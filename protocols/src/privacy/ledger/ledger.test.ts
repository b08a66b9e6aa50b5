import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gaussianMultiplier } from '../accounting/analytic-gaussian.ts'
import { PoissonSampling } from '../accounting/sampling.ts'
import { charge, openLedger, PrivacyLedger, roundsLeft, spentOf } from './ledger.ts'
import type { ReleaseRule } from './release-rule.ts'
import { countOfRounds, holdsRound, RoundSet, withRound } from './round-set.ts'

const budget = { epsilon: 8, delta: 1e-6 }
const gaussian = (multiplier: number) => ({ kind: 'gaussian', multiplier }) as const

const most = (times: number): ReleaseRule => ({
  rule: 'participations',
  participation: { most: times, between: 0 },
  relation: 'zero-out',
})

const poisson: ReleaseRule = {
  rule: 'poisson',
  sampling: PoissonSampling.parse({
    kind: 'poisson',
    rate: 0.04,
    independent: true,
    secret: true,
    enforced: true,
  }),
  accountant: 'renyi',
}

const tree: ReleaseRule = {
  rule: 'tree',
  participation: { most: 2, between: 3 },
  relation: 'zero-out',
  roundsOfTree: 12,
}

/** Charged with these rounds; throws where one is refused. */
const chargedWith = (
  ledger: PrivacyLedger,
  rounds: readonly { round: number; multiplier: number }[],
): PrivacyLedger =>
  rounds.reduce((before, { round, multiplier }) => {
    const result = charge(before, { round, noise: gaussian(multiplier) })
    if (result.kind === 'refused') throw new Error(`round ${round}: ${result.reason}`)
    return result.ledger
  }, ledger)

describe('the ledger', () => {
  test('refuses the round that would pass the budget, and is then as it was', () => {
    const noise = gaussian(gaussianMultiplier(budget) * Math.sqrt(3) * (1 + 1e-9))
    const full = chargedWith(
      openLedger(budget, most(100)),
      [1, 2, 3].map((round) => ({ round, multiplier: noise.multiplier })),
    )
    expect(roundsLeft(full, noise)).toBe(0)
    const refused = charge(full, { round: 4, noise })
    expect(refused).toEqual({ kind: 'refused', reason: 'budget-exhausted', spent: spentOf(full) })
    expect(spentOf(full).epsilon).toBeLessThanOrEqual(8)
    expect(spentOf(full).epsilon).toBeCloseTo(8, 6)
  })

  test('does not depend on the order of charges, and is the same after JSON', () => {
    const rounds = fc.uniqueArray(
      fc.record({ round: fc.integer({ min: 1, max: 30 }), multiplier: fc.constantFrom(20, 25, 40) }),
      { selector: ({ round }) => round, maxLength: 12 },
    )
    fc.assert(
      fc.property(
        rounds.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([one, other]) => {
          const [a, b] = [one, other].map((list) => chargedWith(openLedger(budget, most(100)), list))
          expect(JSON.stringify(b)).toBe(JSON.stringify(a))
          expect(PrivacyLedger.parse(JSON.parse(JSON.stringify(a)))).toEqual(a)
        },
      ),
      { numRuns: 30 },
    )
  })

  test('charges a round once, however often it is asked; with other noise it is refused', () => {
    const once = chargedWith(openLedger(budget, most(100)), [{ round: 1, multiplier: 10 }])
    expect(charge(once, { round: 1, noise: gaussian(10) })).toEqual({
      kind: 'charged',
      ledger: once,
      spent: spentOf(once),
    })
    const other = charge(once, { round: 1, noise: gaussian(11) })
    expect(other.kind === 'refused' && other.reason).toBe('charged-otherwise')
  })

  test('has no end where a client’s participations have, and they fit', () => {
    const enough = gaussian(gaussianMultiplier(budget) * Math.sqrt(5) * (1 + 1e-9))
    expect(roundsLeft(openLedger(budget, most(5)), enough)).toBe('unlimited')
    expect(roundsLeft(openLedger(budget, most(6)), enough)).toBe(5)
    expect(roundsLeft(openLedger(budget, most(6)), gaussian(0.1))).toBe(0)
  })

  test('counts every round under Poisson sampling: Opacus’ 2,250 rounds and more', () => {
    const left = roundsLeft(openLedger({ epsilon: 7.329111172, delta: 1e-5 }, poisson), gaussian(1.5))
    expect(left).toBe(2_250)
  })

  test('takes an abandoned round for a leaf of the tree', () => {
    const noise = gaussian(3)
    const gap = charge(openLedger(budget, tree), { round: 9, noise })
    const whole = chargedWith(
      openLedger(budget, tree),
      Array.from({ length: 9 }, (_, i) => ({ round: i + 1, multiplier: 3 })),
    )
    expect(gap.spent.epsilon).toBe(spentOf(whole).epsilon)
    expect(gap.spent.rounds).toBe(9)
  })

  test('has no account of a tree of two noises, nor of sampled noise that clients add', () => {
    const skellam = { kind: 'skellam', variance: 100, clients: 10, l2: 10, l1: 30, dimension: 100 } as const
    const started = chargedWith(openLedger(budget, tree), [{ round: 1, multiplier: 5 }])
    for (const refused of [
      charge(started, { round: 2, noise: gaussian(6) }),
      charge(openLedger(budget, tree), { round: 1, noise: skellam }),
      charge(openLedger(budget, poisson), { round: 1, noise: skellam }),
    ])
      expect(refused.kind === 'refused' && refused.reason).toBe('noise-not-of-rule')
  })

  test('what was spent grows with every round, and what is left is what can be charged', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 6, noNaN: true }), (multiplier) => {
        let ledger = openLedger(budget, most(1_000))
        const left = roundsLeft(ledger, gaussian(multiplier))
        let round = 0
        for (let before = 0; ; round++) {
          const result = charge(ledger, { round: round + 1, noise: gaussian(multiplier) })
          if (result.kind === 'refused') break
          expect(result.spent.epsilon).toBeGreaterThan(before)
          before = result.spent.epsilon ?? 0
          ledger = result.ledger
        }
        expect(round).toBe(left)
      }),
      { numRuns: 5 },
    )
  })
})

test('a set of rounds is the same set however it came about', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (rounds) => {
      const set = rounds.reduce<RoundSet>(withRound, [])
      expect(RoundSet.parse(set)).toEqual(set)
      expect(countOfRounds(set)).toBe(new Set(rounds).size)
      for (let round = 1; round <= 40; round++) expect(holdsRound(set, round)).toBe(rounds.includes(round))
      expect(rounds.toSorted((a, b) => a - b).reduce<RoundSet>(withRound, [])).toEqual(set)
    }),
  )
  expect(
    RoundSet.safeParse([
      { first: 1, last: 2 },
      { first: 3, last: 4 },
    ]).success,
  ).toBe(false)
})
