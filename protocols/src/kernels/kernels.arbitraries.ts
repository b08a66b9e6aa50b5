import fc from 'fast-check'

/** Lengths around every boundary of the implementations: nothing, one, lanes, blocks and tiles of 16 Ki, each ± 1. */
export function lengths(): fc.Arbitrary<number> {
  const edges = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1023, 1024, 1025]
  return fc.oneof(
    fc.constantFrom(...edges),
    fc.integer({ min: 0, max: 300 }),
    fc.constantFrom(16383, 16384, 16385, 40_000),
  )
}

/** What decides a set of vectors; the vectors themselves would bury the report of a failing property. */
export type Recipe = { length: number; seed: number; offsets: [number, number, number, number] }

export function recipes(): fc.Arbitrary<Recipe> {
  const offset = fc.integer({ min: 0, max: 3 })
  return fc.record({
    length: lengths(),
    seed: fc.integer(),
    offsets: fc.tuple(offset, offset, offset, offset),
  })
}

/**
 * Four finite float32 vectors of one length, each a view at its own odd offset into a larger buffer, with zeros of both
 * signs, denormals and very large values among ordinary ones.
 */
export function awkwardVectors({ length, seed, offsets: [a, b, c, d] }: Recipe): [Row, Row, Row, Row] {
  return [
    awkwardVector(length, seed, a),
    awkwardVector(length, seed + 1, b),
    awkwardVector(length, seed + 2, c),
    awkwardVector(length, seed + 3, d),
  ]
}

type Row = Float32Array

const awkward = [0, -0, 1.4e-45, -1.4e-45, 1.17e-38, -5e-39, 3.4e38, -3.4e38, 1, -1, 16777217, 0.1]

export function awkwardVector(length: number, seed: number, offset = 0): Float32Array {
  const next = xorshift(seed)
  const values = new Float32Array(new ArrayBuffer((length + offset) * 4), offset * 4, length)
  for (let i = 0; i < length; i++) {
    const r = next()
    values[i] =
      r % 8 === 0 ? (awkward[(r >>> 8) % awkward.length] ?? 0) : (r / 2 ** 31 - 1) * 10 ** ((r % 7) - 3)
  }
  return values
}

/** Finite, and finite as float32. */
export function weights(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.constantFrom(0, -0, 1, -1, 0.1, 600, 1e-30, 1e-40, 1e20),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  )
}

/**
 * Whether two vectors are equal to the bit, so that -0 and 0 differ; every NaN counts the same, since its payload is no
 * part of the contract. (Vitest's own comparison takes seconds at 300,000 values.)
 */
export function sameBits(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]))
}

export function xorshift(seed: number): () => number {
  let state = seed >>> 0 || 0x9e3779b9
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state
  }
}
