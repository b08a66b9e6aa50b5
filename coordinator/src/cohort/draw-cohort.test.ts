import { seededRandom, shuffle } from '@tributary/protocols/runtime'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clientOf } from '../round/round.builders.ts'
import { drawCohort } from './draw-cohort.ts'

const fleet = (size: number) => Array.from({ length: size }, (_, i) => clientOf(i))

describe('[R4] a cohort', () => {
  test('is distinct clients of those that wait, as many as wanted or all there are, in the order of their ids', () => {
    fc.assert(
      fc.property(fc.nat({ max: 30 }), fc.nat({ max: 40 }), fc.nat(), (size, count, seed) => {
        const waiting = fleet(size)
        const cohort = drawCohort(waiting, count, seededRandom(seed))
        expect(cohort.length).toBe(Math.min(size, count))
        expect(cohort).toEqual([...new Set(cohort)].sort())
        expect(cohort.every((client) => waiting.includes(client))).toBe(true)
      }),
    )
  })

  test('depends on who waits and on chance, not on who came first', () => {
    fc.assert(
      fc.property(fc.nat({ max: 20 }), fc.nat(), (size, seed) => {
        const inOrder = fleet(size)
        const shuffled = shuffle(seededRandom(seed).fork('arrival'), inOrder)
        const before = shuffled.slice()
        expect(drawCohort(shuffled, 5, seededRandom(seed))).toEqual(
          drawCohort(inOrder, 5, seededRandom(seed)),
        )
        expect(shuffled).toEqual(before)
      }),
    )
  })

  test('gives every client, and every pair of clients, the same chance', () => {
    const waiting = fleet(10)
    const draws = 9_000
    const random = seededRandom('cohort')
    const alone = new Map<string, number>()
    const paired = new Map<string, number>()
    for (let i = 0; i < draws; i++) {
      const cohort = drawCohort(waiting, 3, random)
      for (const [at, a] of cohort.entries()) {
        alone.set(a, (alone.get(a) ?? 0) + 1)
        for (const b of cohort.slice(at + 1)) paired.set(a + b, (paired.get(a + b) ?? 0) + 1)
      }
    }
    expect([alone.size, paired.size]).toEqual([10, 45])
    // A draw takes 3 of 10 at once, so the ten counts vary less than independent ones: the statistic is a chi-square
    // of 9 degrees times (10 - 3) / (10 - 1). For pairs the plain bound of 44 degrees is on the safe side.
    const inverse = (10 - 1) / (10 - 3)
    expect(chiSquare([...alone.values()], (3 * draws) / 10) * inverse).toBeLessThan(33.7)
    expect(chiSquare([...paired.values()], (3 * draws) / 45)).toBeLessThan(86)
  })
})

const chiSquare = (found: readonly number[], expected: number): number =>
  found.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
