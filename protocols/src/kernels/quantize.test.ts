import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadKernels, plainKernels } from './index.ts'
import { awkwardVectors, recipes, sameBits, xorshift } from './kernels.arbitraries.ts'

const simd = await loadKernels()

const scales = () =>
  fc.oneof(fc.constantFrom(1, 1024, 1e-9, 1e12), fc.double({ min: 1e-3, max: 1e6, noNaN: true }))
const limits = () =>
  fc.oneof(fc.constantFrom(1, 127, 2 ** 20, 2 ** 31 - 1), fc.integer({ min: 1, max: 2 ** 31 - 1 }))

function randomWords(length: number, seed: number): Uint32Array {
  const next = xorshift(seed)
  return new Uint32Array(length).map(() => next())
}

describe.each([simd, plainKernels])('quantization by the $name kernels', (kernels) => {
  test('rounds up when random / 2^32 is below the fraction, and is held to the limit', () => {
    fc.assert(
      fc.property(recipes(), scales(), limits(), (recipe, scale, limit) => {
        const [x] = awkwardVectors(recipe)
        const randoms = randomWords(x.length, recipe.seed)
        const out = new Int32Array(x.length)
        kernels.quantize(x, { scale, limit, randoms }, out)
        const wrong = out.findIndex((level, i) => {
          const exact = (x[i] ?? 0) * scale
          const want = Math.floor(exact) + ((randoms[i] ?? 0) / 2 ** 32 < exact - Math.floor(exact) ? 1 : 0)
          return level !== Math.max(-limit, Math.min(want, limit)) + 0
        })
        expect(wrong).toBe(-1)
      }),
    )
  })

  test('a value within the limit moves by less than a step, and by nothing on average', () => {
    const length = 200_000
    const [scale, limit] = [100, 1000]
    for (const value of [0.00123, -0.00123, 3.2109, -2.3456]) {
      const x = new Float32Array(length).fill(value)
      const levels = new Int32Array(length)
      kernels.quantize(x, { scale, limit, randoms: randomWords(length, 42) }, levels)
      const exact = Math.fround(value) * scale
      expect(levels.every((level) => Math.abs(level - exact) < 1)).toBe(true)
      const mean = levels.reduce((sum, level) => sum + level, 0) / length
      // Six standard errors of a coin between two neighbouring levels.
      expect(Math.abs(mean - exact)).toBeLessThan(6 * (0.5 / Math.sqrt(length)))
    }
  })

  test('whole levels survive the way there and back whatever the randomness', () => {
    const levels = Int32Array.of(0, 1, -1, 1000, -1000, 16_777_215, -16_777_215)
    const x = new Float32Array(levels.length)
    const back = new Int32Array(levels.length)
    kernels.dequantize(levels, 1 / 1024, x)
    for (const random of [0, 2 ** 31, 2 ** 32 - 1]) {
      const randoms = new Uint32Array(levels.length).fill(random)
      kernels.quantize(x, { scale: 1024, limit: 2 ** 24, randoms }, back)
      expect(back).toEqual(levels)
    }
  })

  test('infinity is held to the limit and NaN becomes zero', () => {
    const out = new Int32Array(3)
    const x = Float32Array.of(Infinity, -Infinity, Number.NaN)
    kernels.quantize(x, { scale: 1, limit: 7, randoms: new Uint32Array(3) }, out)
    expect(out).toEqual(Int32Array.of(7, -7, 0))
  })

  test('dequantize rounds level * step once', () => {
    fc.assert(
      fc.property(recipes(), fc.double({ min: -1e3, max: 1e3, noNaN: true }), (recipe, step) => {
        const levels = new Int32Array(randomWords(recipe.length, recipe.seed).buffer)
        const out = new Float32Array(levels.length)
        kernels.dequantize(levels, step, out)
        expect(
          sameBits(
            out,
            Float32Array.from(levels, (level) => level * step),
          ),
        ).toBe(true)
      }),
    )
  })

  test('misuse is refused', () => {
    const x = new Float32Array(2)
    const out = new Int32Array(2)
    const good = { scale: 1, limit: 1, randoms: new Uint32Array(2) }
    expect(() => kernels.quantize(x, { ...good, randoms: new Uint32Array(1) }, out)).toThrow('lengths differ')
    expect(() => kernels.quantize(x, good, new Int32Array(3))).toThrow('lengths differ')
    for (const scale of [0, -1, Number.NaN, Infinity])
      expect(() => kernels.quantize(x, { ...good, scale }, out)).toThrow('scale must be finite')
    for (const limit of [0, 1.5, 2 ** 31, Number.NaN])
      expect(() => kernels.quantize(x, { ...good, limit }, out)).toThrow('limit must be a whole number')
    expect(() => kernels.dequantize(out, Number.NaN, x)).toThrow('step must be finite')
    expect(() => kernels.dequantize(out, 1, new Float32Array(1))).toThrow('lengths differ')
  })
})

describe.each([simd, plainKernels])('sums mod 2^32 by the $name kernels', (kernels) => {
  test('add and subtract wrap, at any length and offset', () => {
    fc.assert(
      fc.property(recipes(), ({ length, seed, offsets }) => {
        const a = randomWords(length + 3, seed).subarray(offsets[0], offsets[0] + length)
        const b = randomWords(length + 3, seed + 1).subarray(offsets[1], offsets[1] + length)
        const [sum, difference] = [a.slice(), a.slice()]
        kernels.addMod32(sum, b)
        kernels.subtractMod32(difference, b)
        const resident = kernels.modularAccumulator(length)
        resident.add(a)
        resident.add(b)
        const residentSum = resident.read()
        resident.subtract(b)
        resident.subtract(b)
        expect(sum.findIndex((word, i) => word !== ((a[i] ?? 0) + (b[i] ?? 0)) % 2 ** 32)).toBe(-1)
        expect(
          difference.findIndex((word, i) => word !== ((a[i] ?? 0) - (b[i] ?? 0) + 2 ** 32) % 2 ** 32),
        ).toBe(-1)
        expect(residentSum.every((word, i) => word === sum[i])).toBe(true)
        expect(resident.read().every((word, i) => word === difference[i])).toBe(true)
        resident.release()
      }),
    )
  })

  test('misuse is refused', () => {
    const [one, two] = [new Uint32Array(1), new Uint32Array(2)]
    expect(() => kernels.addMod32(one, two)).toThrow('addMod32: lengths differ')
    expect(() => kernels.subtractMod32(one, two)).toThrow('subtractMod32: lengths differ')
    const sum = kernels.modularAccumulator(2)
    expect(() => sum.add(one)).toThrow('add: lengths differ')
    expect(() => sum.subtract(one)).toThrow('subtract: lengths differ')
    expect(() => sum.assign(one)).toThrow('assign: lengths differ')
    sum.release()
    sum.release()
    expect(() => sum.add(two)).toThrow('add: this accumulator was released')
    expect(() => sum.subtract(two)).toThrow('subtract: this accumulator was released')
    expect(() => sum.addMask({ key: new Uint8Array(32), sign: 1 })).toThrow(
      'addMask: this accumulator was released',
    )
    expect(() => sum.read()).toThrow('read: this accumulator was released')
    expect(() => kernels.modularAccumulator(-1)).toThrow('length must be a whole number')
  })
})
