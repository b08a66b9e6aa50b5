import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { packedBytes } from './packed-bytes.ts'
import { packWords, unpackWords } from './packing.ts'

const words = fc.uint32Array({ maxLength: 70 })
const bits = fc.integer({ min: 1, max: 32 })

/** The definition, a bit at a time. */
const naive = (values: Uint32Array, width: number): Uint8Array => {
  const bytes = new Uint8Array(packedBytes(values.length, width))
  for (let i = 0; i < values.length; i++)
    for (let bit = 0; bit < width; bit++)
      if (((values[i] ?? 0) >>> bit) & 1) {
        const at = i * width + bit
        bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7))
      }
  return bytes
}

describe('packed words', () => {
  test('are the lowest bits of each, one after the other, and unpack to them', () => {
    fc.assert(
      fc.property(words, bits, (values, width) => {
        const packed = packWords(values, width)
        expect(packed).toEqual(naive(values, width))
        const low = values.map((value) => (width === 32 ? value : value % 2 ** width))
        expect(unpackWords(packed, values.length, width)).toEqual(low)
      }),
      { numRuns: 400 },
    )
  })

  test('unpack from any place in a larger buffer', () => {
    const packed = packWords(Uint32Array.of(1, 2, 3), 26)
    const larger = new Uint8Array(packed.length + 3)
    larger.set(packed, 3)
    expect(unpackWords(larger.subarray(3), 3, 26)).toEqual(Uint32Array.of(1, 2, 3))
  })

  test('of another length, or with bits after the last, are none', () => {
    const packed = packWords(Uint32Array.of(7, 7, 7), 26)
    expect(unpackWords(packed, 4, 26)).toBeUndefined()
    expect(unpackWords(packed.subarray(1), 3, 26)).toBeUndefined()
    expect(unpackWords(Uint8Array.from([...packed, 0]), 3, 26)).toBeUndefined()
    for (const bit of [6, 7]) {
      const longer = packed.slice()
      longer[9] = (longer[9] ?? 0) | (1 << bit)
      expect(unpackWords(longer, 3, 26)).toBeUndefined()
    }
  })

  test('have 1 to 32 bits', () => {
    for (const width of [0, 33, 8.5, Number.NaN]) {
      expect(() => packWords(new Uint32Array(1), width)).toThrow('1 to 32 bits')
      expect(() => unpackWords(new Uint8Array(4), 1, width)).toThrow('1 to 32 bits')
    }
  })
})
