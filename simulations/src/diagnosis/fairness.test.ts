import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { areaUnderCurve, fairnessOf, groupRates } from './fairness.ts'

/** Groups by how often truth and answer were which. */
const judgedOf = (groups: readonly { tp: number; fp: number; fn: number; tn: number }[]) => {
  const predicted: number[] = []
  const expected: number[] = []
  const of: number[] = []
  const add = (times: number, said: number, isTrue: number, group: number) => {
    for (let i = 0; i < times; i++) {
      predicted.push(said)
      expected.push(isTrue)
      of.push(group)
    }
  }
  for (const [group, { tp, fp, fn, tn }] of groups.entries()) {
    add(tp, 1, 1, group)
    add(fp, 1, 0, group)
    add(fn, 0, 1, group)
    add(tn, 0, 0, group)
  }
  return { judged: { predicted, expected }, owners: { count: groups.length, of } }
}

describe('fairness', () => {
  // What Fairlearn says of these three groups.
  it('agrees with Fairlearn', () => {
    const { judged, owners } = judgedOf([
      { tp: 31, fp: 14, fn: 16, tn: 43 },
      { tp: 23, fp: 17, fn: 7, tn: 45 },
      { tp: 16, fp: 7, fn: 7, tn: 74 },
    ])
    const rates = groupRates(judged, owners)
    expect(rates[0]).toEqual({
      rows: 104,
      accuracy: expect.closeTo(0.7115384615384616, 14),
      selectionRate: expect.closeTo(0.4326923076923077, 14),
      truePositiveRate: expect.closeTo(0.6595744680851063, 14),
      falsePositiveRate: expect.closeTo(0.24561403508771928, 14),
    })
    expect(fairnessOf(rates)).toEqual({
      demographicParityDifference: expect.closeTo(0.21362876254180602, 14),
      demographicParityRatio: expect.closeTo(0.5086538461538461, 14),
      equalOpportunityDifference: expect.closeTo(0.10709219858156038, 14),
      falsePositiveDifference: expect.closeTo(0.187773795300677, 14),
      equalizedOddsDifference: expect.closeTo(0.187773795300677, 14),
      accuracyDifference: expect.closeTo(0.15384615384615385, 14),
    })
  })

  it('of one group, and of rates over no rows, nothing is said', () => {
    const { judged, owners } = judgedOf([{ tp: 1, fp: 0, fn: 0, tn: 0 }])
    const rates = groupRates(judged, owners)
    expect(rates[0]?.falsePositiveRate).toBeUndefined()
    expect(Object.values(fairnessOf(rates)).every((measure) => measure === undefined)).toBe(true)
  })

  it('where nobody is selected all are selected alike', () => {
    const { judged, owners } = judgedOf([
      { tp: 0, fp: 0, fn: 3, tn: 1 },
      { tp: 0, fp: 0, fn: 1, tn: 2 },
    ])
    expect(fairnessOf(groupRates(judged, owners))).toMatchObject({
      demographicParityDifference: 0,
      demographicParityRatio: 1,
    })
  })

  it('a third class, rows of nobody and arrays that do not match are refused', () => {
    const one = { count: 1, of: [0] }
    expect(() => groupRates({ predicted: [2], expected: [1] }, one)).toThrow('classes 0 and 1')
    expect(() => groupRates({ predicted: [1], expected: [1] }, { count: 1, of: [1] })).toThrow('row 0')
    expect(() => groupRates({ predicted: [1, 1], expected: [1] }, one)).toThrow('2 predictions')
  })
})

describe('area under the curve', () => {
  it('is the share of pairs in the right order, ties half', () => {
    const row = fc.record({ score: fc.integer({ min: 0, max: 5 }), positive: fc.boolean() })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
        const pairs = rows.flatMap((a) =>
          rows.flatMap((b) =>
            a.positive && !b.positive ? [a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0] : [],
          ),
        )
        const area = areaUnderCurve(
          rows.map(({ score }) => score),
          rows.map(({ positive }) => Number(positive)),
        )
        if (pairs.length === 0) expect(area).toBeUndefined()
        else expect(area).toBeCloseTo(pairs.reduce((sum, one) => sum + one, 0) / pairs.length, 12)
      }),
    )
  })
})
