import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aRound } from './results.builders.ts'
import { bandOverSeeds, binsOf, quantile, spreadOf, thinned, totalsOverSeeds } from './statistics.ts'

describe('the spread of a number over seeds', () => {
  it('has the mean, the deviation of a sample, and the ends', () => {
    expect(spreadOf([2, 4, 9])).toEqual({ mean: 5, deviation: Math.sqrt(13), low: 2, high: 9, count: 3 })
  })

  it('of one value is no spread; of none there is none', () => {
    expect(spreadOf([0.5])).toEqual({ mean: 0.5, deviation: 0, low: 0.5, high: 0.5, count: 1 })
    expect(spreadOf([undefined, null, Number.NaN])).toBeUndefined()
  })

  it('of the tiniest numbers is one of them', () => {
    expect(spreadOf([5e-324, 5e-324, 5e-324])).toMatchObject({ mean: 5e-324, low: 5e-324, high: 5e-324 })
  })

  it('holds its mean between its ends, for numbers of any size', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }),
        (values) => {
          const spread = spreadOf(values)
          if (!spread) throw new Error('there is a spread')
          const slack = 1e-9 * Math.max(Math.abs(spread.low), Math.abs(spread.high))
          expect(spread.mean).toBeGreaterThanOrEqual(spread.low - slack)
          expect(spread.mean).toBeLessThanOrEqual(spread.high + slack)
        },
      ),
    )
  })
})

const abandoned = {
  round: 2,
  outcome: 'abandoned',
  reason: 'no-quorum',
  cohort: 10,
  received: 3,
  virtualSeconds: 60,
  seconds: 0.1,
} as const

describe('a band over seeds', () => {
  const seeds = [
    { rounds: [aRound(1, { accuracy: 0.5, bytesUp: 10 }), aRound(2, { accuracy: 0.7, bytesUp: 10 })] },
    {
      rounds: [
        aRound(1, { accuracy: 0.3, bytesUp: 20 }),
        abandoned,
        aRound(3, { accuracy: 0.9, bytesUp: 20 }),
      ],
    },
  ]

  it('has each round that any seed evaluated, of the seeds that did', () => {
    const band = bandOverSeeds(seeds, (round) => (round.outcome === 'completed' ? round.accuracy : undefined))
    expect(band.map(({ round, mean, low, high, count }) => [round, mean, low, high, count])).toEqual([
      [1, 0.4, 0.3, 0.5, 2],
      [2, 0.7, 0.7, 0.7, 1],
      [3, 0.9, 0.9, 0.9, 1],
    ])
  })

  it('of sums goes on over a round that adds nothing', () => {
    const totals = totalsOverSeeds(seeds, (round) => round.bytesUp)
    expect(totals.map(({ round, low, high }) => [round, low, high])).toEqual([
      [1, 10, 20],
      [2, 20, 20],
      [3, 40, 40],
    ])
  })
})

describe('bins', () => {
  it('hold each value once, within their edges, whatever the values', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(share), fc.integer({ min: 1, max: 50 }), (values, bins) => {
        const made = binsOf(values, { from: 0, to: 1, bins })
        expect(made.flatMap((bin) => bin.values).length).toBe(values.length)
        for (const [at, { from, to, values: own }] of made.entries())
          for (const value of own) {
            expect(value).toBeGreaterThanOrEqual(from)
            if (at < bins - 1) expect(value).toBeLessThan(to)
          }
      }),
    )
  })

  it('leave out what lies outside', () => {
    expect(binsOf([-1, 0, 2, 3], { from: 0, to: 2, bins: 2 }).map(({ values }) => values)).toEqual([[0], [2]])
  })
})

it('a quantile lies between neighbours by proportion', () => {
  expect([0, 0.1, 0.5, 1].map((share) => quantile([40, 10, 20, 30], share))).toEqual([10, 13, 25, 40])
  expect(quantile([], 0.5)).toBeUndefined()
})

it('thinned points keep the first and the last, and few are kept whole', () => {
  const points = Array.from({ length: 1_001 }, (_, at) => at)
  const few = thinned(points, 11)
  expect([few.length, few[0], few.at(-1)]).toEqual([11, 0, 1_000])
  expect(thinned([1, 2], 5)).toEqual([1, 2])
})
