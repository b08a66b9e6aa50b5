import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sensitivityByLevels, type TreePlan, treeSensitivitySquared } from './tree-sensitivity.ts'
import { epsilonOfZcdp } from './zcdp.ts'

/** Every pattern, every complete node: what the dynamic programme must find. */
const byTrying = ({ trees, most, between }: TreePlan): number => {
  const nodes: (readonly [number, number])[] = []
  let start = 0
  for (const rounds of trees) {
    for (let size = 1; size <= rounds; size *= 2)
      for (let at = 0; at + size <= rounds; at += size) nodes.push([start + at, start + at + size])
    start += rounds
  }
  const lengthOf = (pattern: readonly number[]) =>
    nodes.reduce((sum, [from, to]) => sum + pattern.filter((at) => at >= from && at < to).length ** 2, 0)
  const best = (pattern: readonly number[], from: number): number => {
    let found = lengthOf(pattern)
    if (pattern.length < most)
      for (let at = from; at < start; at++) found = Math.max(found, best([...pattern, at], at + between + 1))
    return found
  }
  return best([], 0)
}

describe('sensitivity of tree aggregation', () => {
  test.each([
    // Squared sensitivities by the published accounting code of Kairouz et al. 2021; the last is Gboard’s Spanish model.
    [8, 2, 2, 12],
    [100, 3, 20, 29],
    [500, 2, 200, 20],
    [2000, 6, 313, 79],
  ])('%d rounds, %d participations, %d rounds between', (rounds, most, between, squared) => {
    expect(treeSensitivitySquared({ trees: [rounds], most, between })).toBe(squared)
  })

  test('Gboard’s published privacy: ρ = 0.81, ε = 8.90 at δ = 1e-10', () => {
    const rho = treeSensitivitySquared({ trees: [2000], most: 6, between: 313 }) / (2 * 7 ** 2)
    expect(rho).toBeCloseTo(0.8061224489795918, 15)
    expect(epsilonOfZcdp(rho, 1e-10).epsilon.toFixed(2)).toBe('8.90')
  })

  test('is what trying every pattern finds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 6 }),
        (trees, most, between) => {
          const plan = { trees, most, between }
          const exact = byTrying(plan)
          expect(treeSensitivitySquared(plan)).toBe(exact)
          expect(sensitivityByLevels(plan)).toBeGreaterThanOrEqual(exact)
        },
      ),
    )
  })

  test('one participation touches one node a level', () => {
    expect(treeSensitivitySquared({ trees: [1600], most: 1, between: 0 })).toBe(11)
  })

  test('restarts cost no more than one tree, for the same rounds', () => {
    const once = treeSensitivitySquared({ trees: [64], most: 4, between: 3 })
    expect(treeSensitivitySquared({ trees: [16, 16, 16, 16], most: 4, between: 3 })).toBeLessThan(once)
  })

  test('where patterns are too many to look through, each level by itself is little more', () => {
    // 1166 and 324 by patterns, which takes seconds.
    expect(treeSensitivitySquared({ trees: [4096], most: 16, between: 50 })).toBe(1176)
    expect(sensitivityByLevels({ trees: [4096], most: 8, between: 100 })).toBe(326)
    expect(treeSensitivitySquared({ trees: [2 ** 29], most: 1, between: 0 })).toBe(30)
  })

  test('misuse is refused', () => {
    expect(() => treeSensitivitySquared({ trees: [1.5], most: 1, between: 0 })).toThrow('whole number')
    expect(() => treeSensitivitySquared({ trees: [2 ** 31], most: 1, between: 0 })).toThrow('2^30 rounds')
  })
})
