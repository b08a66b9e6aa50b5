import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainKernels } from '../../kernels/index.ts'
import { valueMultiplier } from './adaptive-clip.ts'
import { votedNorm, withoutVotes, withVote } from './vote.ts'

const votings = fc
  .record({
    clipNorm: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    countNoise: fc.double({ min: 0.05, max: 500, noNaN: true }),
    share: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
  })
  .map(({ share, ...voting }) => ({ ...voting, noiseMultiplier: 2 * voting.countNoise * share }))

describe('a vote behind a delta', () => {
  test('is so long that noise of z for both together is that which the paper leaves for the values', () => {
    fc.assert(
      fc.property(votings, (voting) => {
        const { clipNorm, noiseMultiplier, countNoise } = voting
        const left = valueMultiplier({ multiplier: noiseMultiplier, countNoise })
        expect((noiseMultiplier * votedNorm(voting)) / (left * clipNorm)).toBeCloseTo(1, 9)
      }),
    )
  })

  test('and the delta, clipped, are never longer than that but by roundings', () => {
    fc.assert(
      fc.property(
        votings,
        fc.float32Array({
          minLength: 1,
          maxLength: 20,
          noNaN: true,
          noDefaultInfinity: true,
          max: 1e9,
          min: -1e9,
        }),
        (voting, delta) => {
          const voted = withVote(delta, voting)
          expect(plainKernels.norm(voted)).toBeLessThanOrEqual(votedNorm(voting) * (1 + 1e-6))
        },
      ),
    )
  })

  test('is counted from the sum of many, which without it is that of the clipped deltas', () => {
    const voting = { clipNorm: 2, noiseMultiplier: 1, countNoise: 3 }
    const deltas = [Float32Array.of(1, 0), Float32Array.of(0, 2), Float32Array.of(6, 8)]
    const total = new Float32Array(3)
    for (const delta of deltas) plainKernels.axpy(total, withVote(delta, voting), 1)
    const { sum, within } = withoutVotes(total, { ...voting, clients: 3 })
    expect(within).toBeCloseTo(2 / 3, 6)
    expect(Array.from(sum, (value) => Number(value.toFixed(5)))).toEqual([2.2, 3.6])
  })

  test('a norm that is met exactly is within it', () => {
    const voting = { clipNorm: 2, noiseMultiplier: 1, countNoise: 3 }
    expect(withVote(Float32Array.of(0, 2), voting)[2]).toBeGreaterThan(0)
    expect(withVote(Float32Array.of(0, 2.000001), voting)[2]).toBeLessThan(0)
  })
})
