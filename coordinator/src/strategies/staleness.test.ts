import { StalenessSpec } from '@tributary/protocols/task'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stalenessWeight } from './staleness.ts'

const specs = ['constant', 'polynomial', 'hinge'].map((kind) => StalenessSpec.parse({ kind }))

describe.each(specs)('the $kind weight of a stale update', (spec) => {
  test('is 1 when it is fresh, grows never with age, and is 0 beyond the bound alone', () => {
    fc.assert(
      fc.property(fc.nat({ max: 30 }), fc.nat({ max: 30 }), (one, other) => {
        const [younger, older] = [Math.min(one, other), Math.max(one, other)]
        expect(stalenessWeight(spec, older)).toBeLessThanOrEqual(stalenessWeight(spec, younger))
        expect(stalenessWeight(spec, older) > 0).toBe(older <= 20)
      }),
    )
    expect(stalenessWeight(spec, 0)).toBe(1)
  })

  test.each([-1, 0.5, Number.NaN])('is not to be had for %d versions', (versions) => {
    expect(() => stalenessWeight(spec, versions)).toThrow(RangeError)
  })
})

test('the polynomial is that of FedBuff, 1 / √(1 + τ), or another power', () => {
  const weight = (spec: object, versions: number) =>
    stalenessWeight(StalenessSpec.parse({ kind: 'polynomial', ...spec }), versions)
  for (const versions of [0, 1, 3, 8, 20])
    expect(weight({}, versions)).toBeCloseTo(1 / Math.sqrt(1 + versions), 12)
  expect(weight({ exponent: 1 }, 3)).toBe(0.25)
  expect(weight({ exponent: 0 }, 3)).toBe(1)
  expect(weight({ most: 2 }, 3)).toBe(0)
})

test('the hinge is that of FedAsync: whole up to four versions, then 1 / (10 (τ − 4) + 1)', () => {
  const weight = (versions: number) => stalenessWeight(StalenessSpec.parse({ kind: 'hinge' }), versions)
  expect([0, 4, 5, 8].map(weight)).toEqual([1, 1, 1 / 11, 1 / 41])
})
