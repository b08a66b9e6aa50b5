import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadKernels, plainKernels } from './index.ts'
import { awkwardVectors, recipes, sameBits, weights } from './kernels.arbitraries.ts'

const simd = await loadKernels()

// fast-check prints the seed and the shrunken counterexample of every failing property.
describe('SIMD and plain kernels agree bit for bit', () => {
  test('this machine runs the SIMD module', () => {
    expect(simd.name).toBe('simd')
  })

  test('axpy', () => {
    fc.assert(
      fc.property(recipes(), weights(), (recipe, weight) => {
        const [acc, x] = awkwardVectors(recipe)
        const [a, b] = [acc.slice(), acc.slice()]
        simd.axpy(a, x, weight)
        plainKernels.axpy(b, x, weight)
        expect(sameBits(a, b)).toBe(true)
      }),
    )
  })

  test('axpy is one rounded product and one rounded sum', () => {
    fc.assert(
      fc.property(recipes(), weights(), (recipe, weight) => {
        const [acc, x] = awkwardVectors(recipe)
        const want = acc.map((a, i) => Math.fround(a + Math.fround(Math.fround(weight) * (x[i] ?? 0))))
        simd.axpy(acc, x, weight)
        expect(sameBits(acc, want)).toBe(true)
      }),
    )
  })

  test('scale', () => {
    fc.assert(
      fc.property(recipes(), weights(), (recipe, factor) => {
        const [x] = awkwardVectors(recipe)
        const [a, b] = [x.slice(), x.slice()]
        simd.scale(a, factor)
        plainKernels.scale(b, factor)
        expect(sameBits(a, b)).toBe(true)
      }),
    )
  })

  test('norm, in eight lanes that are then added pairwise', () => {
    fc.assert(
      fc.property(recipes(), (recipe) => {
        const [x] = awkwardVectors(recipe)
        const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = Array.from(
          { length: 8 },
          (_, lane) => x.reduce((sum, value, i) => (i % 8 === lane ? sum + value * value : sum), 0),
        )
        const want = Math.sqrt(a + b + (c + d) + (e + f + (g + h)))
        expect(simd.norm(x)).toBe(want)
        expect(plainKernels.norm(x)).toBe(want)
      }),
    )
  })

  test('firstNonFinite', () => {
    fc.assert(
      fc.property(
        recipes(),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -Infinity)), {
          maxLength: 3,
        }),
        (recipe, strikes) => {
          const [x] = awkwardVectors(recipe)
          for (const [at, value] of strikes) if (x.length > 0) x[at % x.length] = value
          const want = x.findIndex((value) => !Number.isFinite(value))
          expect(simd.firstNonFinite(x)).toBe(want)
          expect(plainKernels.firstNonFinite(x)).toBe(want)
        },
      ),
    )
  })

  test('an accumulator through a whole fold', () => {
    fc.assert(
      fc.property(recipes(), fc.array(weights(), { minLength: 4, maxLength: 4 }), (recipe, ws) => {
        const xs = awkwardVectors(recipe)
        const [a, b] = [simd, plainKernels].map((kernels) => {
          const sum = kernels.accumulator(xs[0].length)
          sum.assign(xs[0])
          xs.forEach((x, i) => {
            sum.addScaled(x, ws[i] ?? 1)
          })
          sum.scale(ws[0] ?? 1)
          const seen = { values: sum.read(), norm: sum.norm(), bad: sum.firstNonFinite() }
          sum.release()
          return seen
        })
        if (!a || !b) throw new Error('two implementations, two results')
        expect(sameBits(a.values, b.values)).toBe(true)
        expect({ ...a, values: [] }).toEqual({ ...b, values: [] })
      }),
    )
  })
})
