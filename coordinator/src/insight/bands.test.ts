import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aMember, aReceipt, clientOf, digits3 } from '../round/round.builders.ts'
import { bandOf, bandsOf } from './bands.ts'

describe('a band', () => {
  test('interpolates between the numbers beside a percentile, as NumPy does', () => {
    // numpy.percentile([3, 1, 4, 1, 5, 9, 2, 6], [10, 50, 90]) = [1.0, 3.5, 6.9]
    expect(bandOf([3, 1, 4, 1, 5, 9, 2, 6])).toEqual({
      clients: 8,
      min: 1,
      p10: 1,
      median: 3.5,
      p90: expect.closeTo(6.9, 12),
      max: 9,
    })
    expect(bandOf([0.1, 0.2])).toMatchObject({ p10: expect.closeTo(0.11, 12), p90: expect.closeTo(0.19, 12) })
  })

  test('of one number is that number, and of none there is no band', () => {
    expect(bandOf([-2])).toEqual({ clients: 1, min: -2, p10: -2, median: -2, p90: -2, max: -2 })
    expect(() => bandOf([])).toThrow(RangeError)
  })

  test('is in order, within its numbers, and does not depend on theirs', () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), {
      minLength: 1,
    })
    fc.assert(
      fc.property(numbers, (values) => {
        const { min, p10, median, p90, max, clients } = bandOf(values)
        expect(clients).toBe(values.length)
        expect([min, p10, median, p90, max]).toEqual([min, p10, median, p90, max].toSorted((a, b) => a - b))
        expect(bandOf(values.toReversed())).toEqual(bandOf(values))
      }),
    )
  })
})

describe('the bands of a cohort', () => {
  const received = (n: number, metrics: Record<string, number>) => ({
    status: 'received' as const,
    round: digits3,
    client: clientOf(n),
    receipt: aReceipt({ metrics }),
  })

  test('count of each metric those who sent it, and nobody whose update never came', () => {
    const members = [
      received(1, { loss: 1, accuracy: 0.5 }),
      received(2, { loss: 3 }),
      aMember('failed', { client: clientOf(3) }),
      aMember('accepted', { client: clientOf(4) }),
    ]
    expect(bandsOf(members)).toEqual({
      loss: { clients: 2, min: 1, p10: expect.closeTo(1.2), median: 2, p90: expect.closeTo(2.8), max: 3 },
      accuracy: { clients: 1, min: 0.5, p10: 0.5, median: 0.5, p90: 0.5, max: 0.5 },
    })
    expect(bandsOf([])).toEqual({})
  })

  test('do not grow with the names that clients make up, and a name is only a name', () => {
    const hostile = Array.from({ length: 500 }, (_, n) => received(n, { [`m${n}`]: n, ['__proto__']: 1 }))
    const bands = bandsOf([received(0, JSON.parse('{"__proto__":1,"constructor":2}')), ...hostile])
    expect(Object.keys(bands)).toHaveLength(64)
    expect(Object.keys(bands)).toEqual(expect.arrayContaining(['__proto__', 'constructor']))
    expect(Object.getPrototypeOf(bands)).toBe(Object.prototype)
  })
})
