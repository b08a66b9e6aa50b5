import { seededRandom } from '@tributary/protocols/runtime'
import { expect, test } from 'vitest'
import { backoffMs, MOST_ATTEMPTS } from './backoff.ts'

const HOUR = 3_600_000
const random = seededRandom('backoff')

test('waits grow from seconds to hours, differ each time, and add up to about a day', () => {
  const means = [5_000, 30_000, 180_000, 1_080_000, 6_480_000, 6 * HOUR, 6 * HOUR, 6 * HOUR]
  expect(means).toHaveLength(MOST_ATTEMPTS - 1)
  let longest = 0
  means.forEach((mean, i) => {
    const waits = Array.from({ length: 100 }, () => backoffMs(i + 1, undefined, random))
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0.8 * mean)
    expect(Math.max(...waits)).toBeLessThanOrEqual(1.2 * mean)
    expect(new Set(waits).size).toBe(100)
    longest += 1.2 * mean
  })
  expect(longest).toBeLessThan(25 * HOUR)
})

test('what the receiver asks for counts where it is longer, up to six hours', () => {
  expect(backoffMs(1, 60_000, random)).toBe(60_000)
  expect(backoffMs(1, 400 * HOUR, random)).toBe(6 * HOUR)
  expect(backoffMs(1, Number.POSITIVE_INFINITY, random)).toBe(6 * HOUR)
  expect(backoffMs(3, 1_000, random)).toBeGreaterThan(100_000)
})
