import { expect, test } from 'vitest'
import { histogram } from './histogram.ts'

test('every finite value is in one bin, the largest in the last', () => {
  expect(histogram([0, 1, 2, 3, 4, Number.NaN, Number.POSITIVE_INFINITY], 2)).toEqual({
    edges: [0, 2, 4],
    counts: [2, 3],
  })
})

test('of no values there are no bins, of equal ones there is one', () => {
  expect(histogram([], 10)).toEqual({ edges: [], counts: [] })
  expect(histogram([2, 2, 2], 10)).toEqual({ edges: [2, 2], counts: [3] })
})
