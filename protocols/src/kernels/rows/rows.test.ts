import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { awkwardVector, lengths, sameBits } from '../kernels.arbitraries.ts'
import { loadCohortKernels, plainCohortKernels } from './index.ts'

const simd = await loadCohortKernels()

/** Up to `most` rows of one length, at their own offsets; many small-integer rows, so that values tie. */
function rowSets(most: number): fc.Arbitrary<{ count: number; length: number; seed: number; ties: boolean }> {
  return fc.record({
    count: fc.integer({ min: 1, max: most }),
    length: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 70 }) }, lengths()),
    seed: fc.integer(),
    ties: fc.boolean(),
  })
}

type RowSet = { count: number; length: number; seed: number; ties: boolean }

function rowsOf({ count, length, seed, ties }: RowSet): Float32Array[] {
  return Array.from({ length: count }, (_, r) => {
    const row = awkwardVector(length, seed + r, r % 4)
    return ties ? row.map((value) => Math.sign(value) * (Math.abs(value) > 1 ? 1 : 0)) : row
  })
}

describe.each([simd, plainCohortKernels])('rows by the $name kernels', (kernels) => {
  test('the median is the middle of the sorted column, to the bit', () => {
    fc.assert(
      fc.property(rowSets(20), (set) => {
        const rows = rowsOf(set)
        const out = new Float32Array(set.length)
        kernels.coordinateMedian(rows, out)
        const want = out.map((_, c) => {
          const column = Float32Array.from(rows, (row) => row[c] ?? 0).sort()
          const [low = 0, high = 0] = [column[(set.count - 1) >> 1], column[set.count >> 1]]
          return set.count % 2 === 1 ? low : (low + high) / 2
        })
        expect(sameBits(out, want)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('the trimmed mean is the mean of the sorted column without its ends', () => {
    fc.assert(
      fc.property(rowSets(20), fc.double({ min: 0, max: 0.49, noNaN: true }), (set, share) => {
        const rows = rowsOf(set)
        const trim = Math.floor(share * set.count)
        const out = new Float32Array(set.length)
        kernels.trimmedMean(rows, trim, out)
        const want = out.map((_, c) => {
          const kept = Float32Array.from(rows, (row) => row[c] ?? 0)
            .sort()
            .subarray(trim, set.count - trim)
          return kept.reduce((sum, value) => sum + value, -0) / kept.length
        })
        expect(sameBits(out, want)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('the median of 101 rows', () => {
    const rows = Array.from({ length: 101 }, (_, r) => new Float32Array(5000).fill((r * 37) % 101))
    const out = new Float32Array(5000)
    kernels.coordinateMedian(rows, out)
    expect(sameBits(out, new Float32Array(5000).fill(50))).toBe(true)
  })

  test('NaN lies beyond infinity by its sign, in the median of five', () => {
    const nan = Float32Array.of(Number.NaN)
    const out = new Float32Array(1)
    kernels.coordinateMedian(
      [nan, nan, Float32Array.of(1), Float32Array.of(Infinity), Float32Array.of(2)],
      out,
    )
    expect(out).toEqual(Float32Array.of(Infinity))
  })

  test('the Gram matrix is that of float64 within float32 rounding', () => {
    fc.assert(
      fc.property(rowSets(10), ({ count, length, seed }) => {
        const rows = Array.from({ length: count }, (_, r) => ordinaryRow(length, seed + r))
        const gram = kernels.gram(rows)
        expect(gram).toHaveLength(count * count)
        rows.forEach((x, i) => {
          rows.forEach((y, j) => {
            const exact = x.reduce((sum, value, k) => sum + value * (y[k] ?? 0), 0)
            const size = x.reduce((sum, value, k) => sum + Math.abs(value * (y[k] ?? 0)), 0)
            // 256 additions in float32, and products too small for float32 become zero.
            const bound = 256 * 2 ** -23 * size + length * 2 ** -149
            expect(Math.abs((gram[i * count + j] ?? 0) - exact)).toBeLessThanOrEqual(bound)
            expect(gram[i * count + j]).toBe(gram[j * count + i])
          })
        })
      }),
      { numRuns: 60 },
    )
  })

  test('misuse is refused', () => {
    const [two, three] = [new Float32Array(2), new Float32Array(3)]
    expect(() => kernels.coordinateMedian([], two)).toThrow('coordinateMedian: needs at least one row')
    expect(() => kernels.coordinateMedian([two, three], two)).toThrow('lengths differ, 2 and 3')
    expect(() => kernels.trimmedMean([two], 0, three)).toThrow('trimmedMean: lengths differ')
    for (const trim of [1, -1, 0.5, Number.NaN])
      expect(() => kernels.trimmedMean([two, two], trim, two)).toThrow('trim must be a whole number')
    expect(() => kernels.gram([])).toThrow('gram: needs at least one row')
    expect(() => kernels.gram([two, three])).toThrow('gram: lengths differ')
  })
})

describe('rows by both kernels', () => {
  test('medians, trimmed means and Gram matrices agree bit for bit', () => {
    fc.assert(
      fc.property(rowSets(20), (set) => {
        const rows = rowsOf(set)
        const outs = [simd, plainCohortKernels].map((kernels) => {
          const median = new Float32Array(set.length)
          const trimmed = new Float32Array(set.length)
          kernels.coordinateMedian(rows, median)
          kernels.trimmedMean(rows, (set.count - 1) >> 2, trimmed)
          return { median, trimmed, gram: kernels.gram(rows) }
        })
        const [a, b] = outs
        if (!a || !b) throw new Error('two implementations, two results')
        expect(sameBits(a.median, b.median)).toBe(true)
        expect(sameBits(a.trimmed, b.trimmed)).toBe(true)
        expect(a.gram).toEqual(b.gram)
      }),
      { numRuns: 60 },
    )
  })
})

function ordinaryRow(length: number, seed: number): Float32Array {
  return awkwardVector(length, seed).map((value) => Math.sign(value) * Math.min(Math.abs(value), 10))
}
