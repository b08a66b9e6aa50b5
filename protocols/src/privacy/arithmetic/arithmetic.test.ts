import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom, uniform } from '../../runtime/index.ts'
import { leastWhere } from './bisect.ts'
import { inverseTransform, transform } from './fourier.ts'
import { logExpMinusOne, logOnePlusExp, logSumExp } from './log-space.ts'
import { logNormalTail, normalTail } from './normal-tail.ts'

const relative = (value: number, want: number) => Math.abs(value / want - 1)

describe('the tail of the normal distribution', () => {
  test.each([
    // 0.5 erfc(z/√2) by arbitrary precision.
    [0, 0.5],
    [0.5, 0.308537538725987],
    [1, 0.158655253931457],
    [2, 0.0227501319481792],
    [2.8, 0.00255513033042793],
    [2.9, 0.00186581330038404],
    [5, 2.86651571879194e-7],
    [10, 7.61985302416053e-24],
    [37, 5.72557122252458e-300],
    [-1, 0.841344746068543],
    [-9, 1],
  ])('at %d', (z, tail) => {
    expect(relative(normalTail(z), tail)).toBeLessThan(5e-13)
  })

  test('keeps its digits where the probability itself is no longer a float64', () => {
    // ln Q(100) ≈ -z²/2 - ln(z√2π) + ln(1 - 1/z² + 3/z⁴ - 15/z⁶)
    const want = -5000 - Math.log(100 * Math.sqrt(2 * Math.PI)) + Math.log1p(-1e-4 + 3e-8 - 15e-12)
    expect(relative(logNormalTail(100), want)).toBeLessThan(1e-14)
  })

  test('both sides make one', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 8, noNaN: true }), (z) => {
        expect(Math.abs(normalTail(z) + normalTail(-z) - 1)).toBeLessThan(1e-15)
      }),
    )
  })
})

describe('the Fourier transform', () => {
  test('is the sum it is defined as', () => {
    const random = seededRandom('fourier')
    const re = Float64Array.from({ length: 16 }, () => uniform(random))
    const im = Float64Array.from({ length: 16 }, () => uniform(random))
    const values = { re: re.slice(), im: im.slice() }
    transform(values)
    for (let k = 0; k < 16; k++) {
      let [wantRe, wantIm] = [0, 0]
      for (let n = 0; n < 16; n++) {
        const angle = (-2 * Math.PI * k * n) / 16
        const [x, y] = [re[n] ?? 0, im[n] ?? 0]
        wantRe += x * Math.cos(angle) - y * Math.sin(angle)
        wantIm += x * Math.sin(angle) + y * Math.cos(angle)
      }
      expect(values.re[k]).toBeCloseTo(wantRe, 12)
      expect(values.im[k]).toBeCloseTo(wantIm, 12)
    }
  })

  test('its inverse gives back what it was given', () => {
    const random = seededRandom('inverse')
    const re = Float64Array.from({ length: 1024 }, () => uniform(random))
    const values = { re: re.slice(), im: new Float64Array(1024) }
    transform(values)
    inverseTransform(values)
    expect(Math.max(...values.re.map((x, i) => Math.abs(x - (re[i] ?? 0))))).toBeLessThan(1e-14)
  })

  test('a length that is no power of two is refused', () => {
    expect(() => transform({ re: new Float64Array(6), im: new Float64Array(6) })).toThrow('power of two')
  })
})

describe('logarithms', () => {
  test('of sums, at any size', () => {
    expect(logSumExp([1000, 1000])).toBeCloseTo(1000 + Math.LN2, 12)
    expect(logSumExp([-1000, Number.NEGATIVE_INFINITY])).toBe(-1000)
    expect(logSumExp([Number.NEGATIVE_INFINITY])).toBe(Number.NEGATIVE_INFINITY)
    expect(logOnePlusExp(1e4)).toBe(1e4)
    expect(logOnePlusExp(-50)).toBe(Math.exp(-50))
    expect(logExpMinusOne(1e-20)).toBeCloseTo(Math.log(1e-20), 12)
  })
})

test('the least number where something holds is found from above, wherever the search begins', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (edge) => {
      const found = leastWhere((x) => x >= edge, { guess: 1, most: 1e12 }) ?? 0
      expect(found).toBeGreaterThanOrEqual(edge)
      expect(found).toBeLessThan(edge * (1 + 1e-12))
    }),
  )
  expect(leastWhere(() => false, { guess: 1, most: 100 })).toBeUndefined()
})
