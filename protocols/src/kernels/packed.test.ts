import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadKernels, plainKernels } from './index.ts'
import { lengths, xorshift } from './kernels.arbitraries.ts'

const simd = await loadKernels()
const widths = fc.integer({ min: 1, max: 32 })

/** Whole numbers of `bits` bits read from bytes by their definition, a bit at a time. */
const naive = (packed: Uint8Array, length: number, bits: number): Uint32Array =>
  Uint32Array.from({ length }, (_, i) => {
    let word = 0
    for (let bit = 0; bit < bits; bit++) {
      const at = i * bits + bit
      if (((packed[at >> 3] ?? 0) >> (at & 7)) & 1) word += 2 ** bit
    }
    return word
  })

const someBytes = (length: number, seed: number): Uint8Array => {
  const next = xorshift(seed)
  return Uint8Array.from({ length }, next)
}

describe.each([simd, plainKernels])('packed numbers added by the $name kernels', (kernels) => {
  test('of every width are the numbers that the bits say, modulo 2³²', () => {
    fc.assert(
      fc.property(lengths(), widths, fc.integer(), fc.nat(3), (length, bits, seed, offset) => {
        const packed = someBytes(offset + Math.ceil((length * bits) / 8), seed).subarray(offset)
        const start = new Uint32Array(someBytes(4 * length, seed + 1).buffer)
        const sum = kernels.modularAccumulator(length)
        sum.assign(start)
        sum.addPacked(packed, bits)
        const numbers = naive(packed, length, bits)
        expect(sum.read()).toEqual(start.map((word, i) => word + (numbers[i] ?? 0)))
        sum.release()
      }),
      { numRuns: 40 },
    )
  })

  test('all bits set, of each width, over tiles', () => {
    for (let bits = 1; bits <= 32; bits++) {
      const length = 4_099
      const sum = kernels.modularAccumulator(length)
      sum.addPacked(new Uint8Array(Math.ceil((length * bits) / 8)).fill(255), bits)
      expect(sum.read()).toEqual(new Uint32Array(length).fill(2 ** bits - 1))
      sum.release()
    }
  })

  test('of other bytes than the length takes, or of no width, are refused and change nothing', () => {
    const sum = kernels.modularAccumulator(3)
    expect(() => sum.addPacked(new Uint8Array(9).fill(1), 26)).toThrow(
      'addPacked: 3 whole numbers of 26 bits are 10 bytes, not 9',
    )
    for (const bits of [0, 33, 8.5, Number.NaN])
      expect(() => sum.addPacked(new Uint8Array(10).fill(1), bits)).toThrow('1 to 32 bits')
    expect(sum.read()).toEqual(new Uint32Array(3))
    sum.release()
    expect(() => sum.addPacked(new Uint8Array(10), 26)).toThrow('addPacked: this accumulator was released')
  })
})
