import { describe, expect, it } from 'vitest'
import { attackSuccess, groupGap, spreadOf, tallyBy, tallyByLabel, tallyOf, worstTenth } from './index.ts'

const judged = { predicted: [0, 1, 1, 2, 0, 0], expected: [0, 1, 2, 2, 2, 0] }
const withAccuracies = (accuracies: readonly (number | undefined)[]) =>
  accuracies.map((accuracy) => ({
    rows: accuracy === undefined ? 0 : 100,
    right: 100 * (accuracy ?? 0),
    accuracy,
  }))

describe('tallies', () => {
  it('of all rows, by label, and by whose they are', () => {
    expect(tallyOf(judged)).toEqual({ rows: 6, right: 4, accuracy: 4 / 6 })
    expect(tallyByLabel(judged, 4)).toEqual([
      { rows: 2, right: 2, accuracy: 1 },
      { rows: 1, right: 1, accuracy: 1 },
      { rows: 3, right: 1, accuracy: 1 / 3 },
      { rows: 0, right: 0, accuracy: undefined },
    ])
    expect(tallyBy(judged, { count: 2, of: [0, 0, 0, 1, 1, 1] })).toEqual([
      { rows: 3, right: 2, accuracy: 2 / 3 },
      { rows: 3, right: 2, accuracy: 2 / 3 },
    ])
  })

  it('no rows have no accuracy; arrays that do not match, and rows of nobody, are refused', () => {
    expect(tallyOf({ predicted: [], expected: [] })).toEqual({ rows: 0, right: 0, accuracy: undefined })
    expect(() => tallyOf({ predicted: [1], expected: [1, 2] })).toThrow('2 rows')
    expect(() => tallyBy(judged, { count: 1, of: [0, 0, 0, 0, 0, 1] })).toThrow('row 5')
    expect(() => tallyByLabel(judged, 2)).toThrow('row 2')
  })
})

describe('spread', () => {
  it('the worst tenth is the mean of the lowest, rounded up to a whole client, each counting once', () => {
    const clients = withAccuracies([0.9, 0.2, 0.8, undefined, 0.4, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7])
    expect(worstTenth(clients)).toBeCloseTo(0.3, 12)
    expect(worstTenth(clients.slice(0, 3))).toBe(0.2)
    expect(worstTenth([])).toBeUndefined()
  })

  it('the gap is between the best group and the worst', () => {
    expect(groupGap(withAccuracies([0.9, 0.6, undefined, 0.7]))).toBeCloseTo(0.3, 12)
    expect(groupGap(withAccuracies([undefined]))).toBeUndefined()
  })

  it('mean and variance over clients', () => {
    const spread = spreadOf(withAccuracies([0.5, 1, undefined]))
    expect(spread).toEqual({ mean: 0.75, variance: 0.0625, worstTenth: 0.5 })
    expect(spreadOf([])).toBeUndefined()
  })
})

describe('attack success', () => {
  it('is the share of marked rows of other labels that are taken for the target', () => {
    expect(attackSuccess({ predicted: [7, 7, 1, 0], expected: [0, 1, 1, 0] }, 7)).toBe(0.5)
    expect(attackSuccess({ predicted: [], expected: [] }, 7)).toBeUndefined()
  })

  it('rows of the target itself are refused', () => {
    expect(() => attackSuccess({ predicted: [7], expected: [7] }, 7)).toThrow('leave it out')
  })
})
