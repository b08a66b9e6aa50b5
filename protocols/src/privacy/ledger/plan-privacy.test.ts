import { describe, expect, test } from 'vitest'
import { PoissonSampling } from '../accounting/sampling.ts'
import { type PrivacyQuestion, planPrivacy } from './plan-privacy.ts'

const sampled = (rate: number, accountant: 'renyi' | 'privacy-loss-distribution' = 'renyi') =>
  ({
    rule: 'poisson',
    sampling: PoissonSampling.parse({
      kind: 'poisson',
      rate,
      independent: true,
      secret: true,
      enforced: true,
    }),
    accountant,
  }) as const

const question = (more: Partial<PrivacyQuestion> = {}): PrivacyQuestion => ({
  rule: { rule: 'participations', participation: { most: 5, between: 0 }, relation: 'zero-out' },
  delta: 1e-6,
  rounds: 100,
  noise: { kind: 'target', epsilon: 8 },
  place: { at: 'coordinator' },
  parameters: 1_000_000,
  cohort: 1_000,
  ...more,
})

describe('a plan', () => {
  test.each([
    [1, 8, 0.65294],
    [5, 8, 1.46001],
    [20, 2, 9.97499],
    [5, 1, 9.44667],
  ])('of %d participations at ε = %d needs the noise of √k exact Gaussians', (most, epsilon, multiplier) => {
    const rule = {
      rule: 'participations',
      participation: { most, between: 0 },
      relation: 'zero-out',
    } as const
    const plan = planPrivacy(question({ rule, noise: { kind: 'target', epsilon } }))
    expect(Math.abs(plan.multiplier - multiplier)).toBeLessThan(6e-6)
    expect(plan.claim.epsilon).toBeLessThanOrEqual(epsilon)
  })

  test.each([
    // Clients, cohort, rounds, ε: multipliers by dp_accounting, Rényi and privacy losses, at δ = clients^-1.1.
    [1e4, 100, 200, 2, 0.8169, 0.735],
    [1e5, 1000, 1000, 2, 1.0587, 0.996],
    [1e6, 1000, 2000, 8, 0.465, 0.439],
  ])(
    'of %d clients, %d a round by lot, %d rounds, at ε = %d',
    (clients, cohort, rounds, epsilon, renyi, losses) => {
      const given = { delta: clients ** -1.1, rounds, noise: { kind: 'target', epsilon } } as const
      const byRenyi = planPrivacy(question({ ...given, rule: sampled(cohort / clients) }))
      expect(Math.abs(byRenyi.multiplier - renyi)).toBeLessThan(2e-3)
      if (rounds > 500) return
      const byLosses = planPrivacy(
        question({ ...given, rule: sampled(cohort / clients, 'privacy-loss-distribution') }),
      )
      expect(Math.abs(byLosses.multiplier - losses)).toBeLessThan(2e-3)
    },
  )

  test('Opacus’ noise for ε = 8 in 2,000 steps', () => {
    const plan = planPrivacy(question({ rule: sampled(0.04), delta: 1e-5, rounds: 2_000 }))
    expect(Math.abs(plan.multiplier - 1.3562)).toBeLessThan(1e-2)
  })

  test('the other way round: ε for a noise', () => {
    const plan = planPrivacy(question({ noise: { kind: 'multiplier', multiplier: 1.46001 } }))
    expect(plan.claim.epsilon).toBeCloseTo(8, 4)
  })

  test('says how many updates a model of this size needs before it hears anything', () => {
    const plan = planPrivacy(question())
    expect(plan.cohortForSignal).toBe(1_461)
    expect(plan.signalToNoise).toBeCloseTo(1_000 / 1_460.01, 3)
    expect(plan.verdict).toBe('slow')
    expect(plan.reasons[0]).toContain('1461 updates')
    expect(planPrivacy(question({ cohort: 1_461 })).verdict).toBe('learns')
    expect(planPrivacy(question({ cohort: 20 })).verdict).toBe('drowns')
    expect(
      planPrivacy(question({ parameters: 100_000, noise: { kind: 'multiplier', multiplier: 1 } }))
        .cohortForSignal,
    ).toBe(317)
  })

  test('noise that each client adds costs √n of signal; shares for the survivors alone cost what the others add', () => {
    const local = planPrivacy(question({ place: { at: 'each-client' } }))
    const central = planPrivacy(question())
    expect(central.signalToNoise / local.signalToNoise).toBeCloseTo(Math.sqrt(1_000), 6)
    const shares = planPrivacy(question({ place: { at: 'clients-in-shares', survivors: 810 } }))
    expect(central.signalToNoise / shares.signalToNoise).toBeCloseTo(1 / 0.9, 6)
  })

  test('noise on a few values costs the square root of their share, noise on values that are not there the whole of it', () => {
    const cost = (place: PrivacyQuestion['place']) => {
      const [all, few] = [planPrivacy(question({ place })), planPrivacy(question({ place, sentShare: 0.01 }))]
      expect(few.claim).toEqual(all.claim)
      expect(few.reasons.join('\n')).toContain('1% of a delta')
      return [all.signalToNoise / few.signalToNoise, few.cohortForSignal / all.cohortForSignal]
    }
    expect(cost({ at: 'clients-in-shares', survivors: 810 })).toEqual([
      expect.closeTo(10, 6),
      expect.closeTo(10, 0),
    ])
    expect(cost({ at: 'each-client' })).toEqual([expect.closeTo(10, 6), expect.closeTo(100, 0)])
    expect(cost({ at: 'coordinator' })).toEqual([expect.closeTo(100, 6), expect.closeTo(100, 0)])
  })

  test('a count of those within the norm costs the values, and nothing of the claim', () => {
    const noise = { kind: 'multiplier', multiplier: 2 } as const
    const fixed = planPrivacy(question({ noise }))
    const following = planPrivacy(question({ noise, countNoise: 5 }))
    expect(following.claim).toEqual(fixed.claim)
    expect([following.multiplier, following.valueMultiplier]).toEqual([2, expect.closeTo(2.041241452, 8)])
    expect(fixed.signalToNoise / following.signalToNoise).toBeCloseTo(2.041241452 / 2, 8)
    expect(following.reasons.join('\n')).toContain('told to 0.005 a round')
    expect(() => planPrivacy(question({ noise, countNoise: 1 }))).toThrow('above half')
  })

  test('names what is weak in a claim', () => {
    const plan = planPrivacy(
      question({ population: 2_000_000, noise: { kind: 'multiplier', multiplier: 0.5 }, cohort: 10 }),
    )
    expect(plan.reasons.join('\n')).toMatch(
      /promises a client little.*not below one in 2000000.*more than 5 times/s,
    )
    expect(planPrivacy(question({ rule: sampled(0.01) })).reasons.at(-1)).toContain('independent secret coin')
  })

  test('a tree is planned as it will be charged', () => {
    const rule = {
      rule: 'tree',
      participation: { most: 6, between: 313 },
      relation: 'zero-out',
      roundsOfTree: 4_096,
    } as const
    const noise = { kind: 'multiplier', multiplier: 7 } as const
    const plan = planPrivacy(
      question({ rule, rounds: 2_000, delta: 1e-10, noise, cohort: 6_500, parameters: 1_300_000 }),
    )
    expect(plan.claim.epsilon).toBeLessThan(8.9)
    expect(plan.verdict).toBe('slow')
  })

  test('what makes no plan is refused', () => {
    expect(() => planPrivacy(question({ rounds: 0 }))).toThrow('rounds must be at least 1')
    expect(() => planPrivacy(question({ noise: { kind: 'target', epsilon: 0 } }))).toThrow('target ε')
    expect(() => planPrivacy(question({ place: { at: 'clients-in-shares', survivors: 2_000 } }))).toThrow(
      'survivors',
    )
    expect(() => planPrivacy(question({ delta: 0 }))).toThrow('delta')
  })
})
