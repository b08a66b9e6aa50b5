import { expect, test } from 'vitest'
import { medianOf, outliersOf, robustScores } from './norm-outliers.ts'

const updates = (...norms: number[]) => norms.map((norm, i) => ({ client: `c-${i}`, norm }))

test('a norm that stands out is named with how far, in either direction', () => {
  const found = outliersOf(updates(1, 1.1, 0.9, 1.05, 0.95, 1, 9, -4))
  expect(found.map(({ client }) => client)).toEqual(['c-6', 'c-7'])
  // median 1, MAD 0.075: 0.6745 · 8 / 0.075
  expect(found[0]?.score).toBeCloseTo(71.95, 1)
})

test('where most are the same, the mean deviation is the measure; where all are, none stands out', () => {
  expect(outliersOf(updates(...Array(20).fill(1), 50)).map(({ norm }) => norm)).toEqual([50])
  expect(outliersOf(updates(2, 2, 2, 2))).toEqual([])
  expect(robustScores([])).toEqual([])
})

test('a plain spread names nobody', () => {
  expect(outliersOf(updates(1, 2, 3, 4, 5, 6, 7, 8, 9))).toEqual([])
})

test('the median of an even count lies between the two in the middle', () => {
  expect([medianOf([4, 1, 3, 2]), medianOf([3, 1, 2])]).toEqual([2.5, 2])
})
