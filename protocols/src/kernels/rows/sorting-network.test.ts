import { expect, test } from 'vitest'
import { middleRanks, rankNetwork } from './sorting-network.ts'

/** The 0-1 principle (Knuth, TAOCP 5.3.4): a network that sorts all zeros and ones sorts everything. */
function sortsZerosAndOnes(count: number, first: number, last: number): boolean {
  const network = rankNetwork(count, first, last)
  for (let input = 0; input < 2 ** count; input++) {
    const values = Array.from({ length: count }, (_, i) => (input >> i) & 1)
    const zeros = values.filter((value) => value === 0).length
    for (const [low, high] of network) {
      const [a = 0, b = 0] = [values[low], values[high]]
      values[low] = Math.min(a, b)
      values[high] = Math.max(a, b)
    }
    for (let rank = first; rank <= last; rank++) if (values[rank] !== (rank < zeros ? 0 : 1)) return false
  }
  return true
}

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13])(
  '%i values are sorted, and pruned networks get their ranks',
  (count) => {
    expect(sortsZerosAndOnes(count, 0, count - 1)).toBe(true)
    expect(sortsZerosAndOnes(count, ...middleRanks(count))).toBe(true)
    for (let trim = 0; 2 * trim < count; trim++)
      expect(sortsZerosAndOnes(count, trim, count - 1 - trim)).toBe(true)
  },
)

test('the check above would notice a network that does not sort', () => {
  // Ranks 0 and 1 of three values need more than the comparators that rank 0 alone needs.
  const network = rankNetwork(3, 0, 0)
  const values = [2, 1, 0]
  for (const [low, high] of network) values.splice(0, 3, ...exchanged(values, low, high))
  expect(values[0]).toBe(0)
  expect(network.length).toBeLessThan(rankNetwork(3, 0, 2).length)
})

test('the median of 50 needs 330 of 403 comparators', () => {
  expect(rankNetwork(50, 0, 49)).toHaveLength(403)
  expect(rankNetwork(50, ...middleRanks(50))).toHaveLength(330)
})

function exchanged(values: number[], low: number, high: number): number[] {
  const [a = 0, b = 0] = [values[low], values[high]]
  return values.with(low, Math.min(a, b)).with(high, Math.max(a, b))
}
