import { describe, expect, test } from 'vitest'
import { charge, openLedger } from './ledger/ledger.ts'
import { DifferentialPrivacySpec, type DifferentialPrivacySpecInput } from './privacy-spec.ts'
import { type PromisedPrivacy, ruleOfSpec } from './rule-of-spec.ts'

const common = {
  budget: { epsilon: 8, delta: 1e-6 },
  participation: { most: 5 },
  noiseMultiplier: 2,
}
const fixed = { kind: 'fixed', clipNorm: 1 } as const
const poisson = { kind: 'poisson', rate: 0.01, independent: true, secret: true, enforced: true } as const

const central = { mechanism: 'central', ...common, clipping: fixed } as const

const mistakesIn = (spec: unknown): string[] =>
  (DifferentialPrivacySpec.safeParse(spec).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  )

/** A specification that promises something, with its defaults. */
const promised = (spec: DifferentialPrivacySpecInput): PromisedPrivacy => {
  const parsed = DifferentialPrivacySpec.parse(spec)
  if (parsed.mechanism === 'none') throw new Error('this one promises nothing')
  return parsed
}

describe('the privacy of a task file', () => {
  test('defaults to what assumes the least', () => {
    expect(DifferentialPrivacySpec.parse(central)).toEqual({
      ...central,
      participation: { most: 5, between: 0 },
      sampling: { kind: 'none' },
      relation: 'zero-out',
    })
    expect(DifferentialPrivacySpec.parse({ mechanism: 'none' })).toEqual({ mechanism: 'none' })
  })

  test.each<[string, DifferentialPrivacySpecInput, string]>([
    ['central', central, 'participations zero-out'],
    ['distributed', { mechanism: 'distributed', ...common, clipping: fixed }, 'participations zero-out'],
    ['local', { mechanism: 'local', ...common, clipping: fixed }, 'participations replace'],
    ['dp-ftrl', { mechanism: 'dp-ftrl', ...common, clipping: fixed, roundsOfTree: 64 }, 'tree zero-out'],
  ])('%s opens a ledger that charges its rounds', (_, spec, rule) => {
    const opened = ruleOfSpec(promised(spec))
    expect(`${opened.rule} ${'relation' in opened ? opened.relation : ''}`).toBe(rule)
    const ledger = openLedger({ epsilon: 100, delta: 1e-6 }, opened)
    expect(charge(ledger, { round: 1, noise: { kind: 'gaussian', multiplier: 2 } }).kind).toBe('charged')
  })

  test('has Poisson sampling only where all of it is stated', () => {
    // The brand of a sampling comes of parsing it, so a file's own text is the input here.
    const sampled = (sampling: unknown): unknown => ({ ...central, sampling })
    const parsed = DifferentialPrivacySpec.parse(sampled(poisson))
    expect(parsed.mechanism === 'central' && ruleOfSpec(parsed).rule).toBe('poisson')
    expect(mistakesIn(sampled({ ...poisson, secret: false }))).not.toEqual([])
    expect(mistakesIn(sampled({ kind: 'poisson', rate: 0.01 }))).not.toEqual([])
  })

  test('tells each mistake in words', () => {
    expect(mistakesIn({ ...central, noiseMultiplier: 0 })).toEqual([
      'noiseMultiplier: noiseMultiplier is at least 0.01: standard deviation of the noise in units of clipNorm, on the sum',
    ])
    expect(mistakesIn({ ...central, budget: { epsilon: 1, delta: 0.5 } })).toEqual([
      'budget.delta: a delta above 0.01 protects nobody',
    ])
    expect(mistakesIn({ ...central, participation: { most: 0 } })).toEqual([
      'participation.most: a client takes part at least once',
    ])
    expect(mistakesIn({ ...central, clipping: { kind: 'adaptive', countNoise: 1 } })[0]).toContain(
      'countNoise must be above half of noiseMultiplier (2)',
    )
    expect(mistakesIn({ ...central, sampling: poisson, relation: 'replace' })[0]).toContain(
      'not for replacing one',
    )
  })
})
