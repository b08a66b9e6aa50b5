import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gaussianEpsilon } from './analytic-gaussian.ts'
import { PrivacyClaim } from './claim.ts'
import { claimOf } from './claim-of.ts'
import type { PrivacyHistory } from './history.ts'
import { PoissonSampling } from './sampling.ts'

const sampling = (rate: number) =>
  PoissonSampling.parse({ kind: 'poisson', rate, independent: true, secret: true, enforced: true })

const participations = (most: number, rounds: number, multiplier = 2): PrivacyHistory => ({
  rule: 'participations',
  participation: { most, between: 0 },
  relation: 'zero-out',
  released: [{ noise: { kind: 'gaussian', multiplier }, rounds }],
})

const delta = 1e-6

describe('a claim', () => {
  test('says what its ε and δ are worth', () => {
    expect(claimOf(participations(5, 100, 1.46001), { delta })).toEqual({
      epsilon: expect.closeTo(8, 4),
      delta,
      unit: 'client',
      relation: 'zero-out',
      sampling: { kind: 'none' },
      participation: { most: 5, between: 0 },
      accountant: 'exact-gaussian',
      rounds: 100,
    })
  })

  test('survives JSON, sampling and all', () => {
    const history: PrivacyHistory = {
      rule: 'poisson',
      sampling: sampling(0.1),
      released: [{ multiplier: 2, rounds: 9 }],
    }
    for (const claim of [claimOf(history, { delta }), claimOf(participations(1, 3), { delta })])
      expect(PrivacyClaim.parse(JSON.parse(JSON.stringify(claim)))).toEqual(claim)
  })

  test('without sampling counts a client’s most participations, not the rounds', () => {
    expect(claimOf(participations(3, 1000), { delta }).epsilon).toBe(
      claimOf(participations(3, 3), { delta }).epsilon,
    )
    expect(claimOf(participations(3, 2), { delta }).epsilon).toBe(
      claimOf(participations(2, 2), { delta }).epsilon,
    )
  })

  test('takes the participations to be those with the least noise, in whatever order they came', () => {
    const noise = (multiplier: number, rounds: number) => ({
      noise: { kind: 'gaussian' as const, multiplier },
      rounds,
    })
    const base = {
      rule: 'participations',
      participation: { most: 2, between: 0 },
      relation: 'zero-out',
    } as const
    const mixed = claimOf({ ...base, released: [noise(5, 10), noise(1, 1), noise(3, 4)] }, { delta })
    const other = claimOf({ ...base, released: [noise(3, 4), noise(5, 10), noise(1, 1)] }, { delta })
    expect(mixed.epsilon).toBe(gaussianEpsilon({ multiplier: 1 / Math.sqrt(1 + 1 / 9), delta }))
    expect(other).toEqual(mixed)
  })

  test('of replacing a client needs twice the noise', () => {
    const replaced = claimOf({ ...participations(3, 9, 4), relation: 'replace' } as PrivacyHistory, { delta })
    expect(replaced.epsilon).toBe(claimOf(participations(3, 9, 2), { delta }).epsilon)
    expect(replaced.relation).toBe('replace')
  })

  test('is only smaller for sampling where the sampling was stated whole', () => {
    for (const wrong of [
      { secret: false },
      { enforced: false },
      { independent: false },
      { rate: 0 },
      { rate: 2 },
    ])
      expect(PoissonSampling.safeParse({ ...sampling(0.1), ...wrong }).success).toBe(false)
    const unstated = { kind: 'poisson', rate: 0.1, independent: true, secret: true, enforced: true } as const
    // @ts-expect-error a sampling that did not pass the schema has no brand
    const history: PrivacyHistory = { rule: 'poisson', sampling: unstated, released: [] }
    expect(history.rule).toBe('poisson')
  })

  test('under the exact account is never above the one by Rényi divergences; and each grows with rounds, falls with noise', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0.5, max: 50, noNaN: true }),
        fc.constantFrom<'renyi' | 'exact-gaussian'>('renyi', 'exact-gaussian'),
        (rounds, multiplier, accountant) => {
          const at = (k: number, z: number) =>
            claimOf(participations(k, k, z), { delta, accountant }).epsilon ?? 0
          const exact = claimOf(participations(rounds, rounds, multiplier), { delta }).epsilon ?? 0
          expect(exact).toBeLessThanOrEqual(at(rounds, multiplier))
          expect(at(rounds + 1, multiplier)).toBeGreaterThanOrEqual(at(rounds, multiplier))
          expect(at(rounds, multiplier * 1.1)).toBeLessThanOrEqual(at(rounds, multiplier))
        },
      ),
      { numRuns: 40 },
    )
  })

  test('by privacy losses is below that by Rényi divergences', () => {
    const history: PrivacyHistory = {
      rule: 'poisson',
      sampling: sampling(0.1),
      released: [{ multiplier: 2, rounds: 500 }],
    }
    const tight = claimOf(history, { delta: 1e-5, accountant: 'privacy-loss-distribution' })
    expect(tight.epsilon).toBeCloseTo(5.55547, 3)
    expect(tight.epsilon).toBeLessThan(claimOf(history, { delta: 1e-5 }).epsilon ?? 0)
  })

  test('of a tree is that of one Gaussian as long as the tree is sensitive', () => {
    const history: PrivacyHistory = {
      rule: 'tree',
      participation: { most: 6, between: 313 },
      relation: 'zero-out',
      multiplier: 7,
      trees: [2000],
    }
    const exact = claimOf(history, { delta: 1e-10 })
    expect(exact.epsilon).toBe(gaussianEpsilon({ multiplier: 7 / Math.sqrt(79), delta: 1e-10 }))
    expect(claimOf(history, { delta: 1e-10, accountant: 'renyi' }).epsilon).toBeCloseTo(8.9, 2)
  })

  test('of noise that clients add is by Rényi divergences, and no other accountant takes it', () => {
    const noise = {
      kind: 'skellam',
      variance: 1e4,
      clients: 100,
      l2: 1000,
      l1: 32_000,
      dimension: 1024,
    } as const
    const history = { ...participations(2, 4), released: [{ noise, rounds: 4 }] } as PrivacyHistory
    expect(claimOf(history, { delta }).accountant).toBe('renyi')
    expect(() => claimOf(history, { delta, accountant: 'exact-gaussian' })).toThrow('Gaussian noise alone')
  })

  test('of nothing is nothing', () => {
    expect(claimOf(participations(1, 0), { delta }).epsilon).toBe(0)
    const empty: PrivacyHistory = { rule: 'poisson', sampling: sampling(0.5), released: [] }
    expect(claimOf(empty, { delta }).epsilon).toBe(0)
  })
})
