import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rotatedLength } from '../../privacy/mechanisms/rotated-length.ts'
import { rotate, rotateBack } from '../../privacy/mechanisms/rotation.ts'
import { normal, seededRandom } from '../../runtime/index.ts'
import { CompressionFormatError } from './format-error.ts'
import { fromRandomK, randomK } from './random-k.ts'
import { levelBytes, mostCoordinateBytes } from './sizes.ts'
import { decodeCoordinates, encodeCoordinates } from './sparse-bytes.ts'
import { fromSparse, topK } from './top-k.ts'
import { fromLevels, toLevels } from './uniform-levels.ts'

const aVector = (length: number, seed: string | number = 'vector') => {
  const random = seededRandom(seed)
  return Float32Array.from({ length }, () => normal(random))
}

const squared = (vector: Iterable<number>) => {
  let sum = 0
  for (const value of vector) sum += value * value
  return sum
}
const difference = (a: Float32Array, b: Float32Array) =>
  Float64Array.from(a, (value, i) => value - (b[i] ?? 0))

/** The mean of `draw(0)`, `draw(1)`, … and the standard error of each coordinate's mean. */
const meanOf = (times: number, length: number, draw: (i: number) => Float32Array) => {
  const [sums, squares] = [new Float64Array(length), new Float64Array(length)]
  for (let i = 0; i < times; i++)
    draw(i).forEach((value, at) => {
      sums[at] = (sums[at] ?? 0) + value
      squares[at] = (squares[at] ?? 0) + value * value
    })
  const mean = sums.map((sum) => sum / times)
  const error = squares.map((square, at) =>
    Math.sqrt(Math.max(0, square / times - (mean[at] ?? 0) ** 2) / times),
  )
  return { mean, error }
}

const vectors = fc.float32Array({
  minLength: 1,
  maxLength: 64,
  noNaN: true,
  noDefaultInfinity: true,
  min: -1e6,
  max: 1e6,
})

describe('256 levels', () => {
  it('a vector takes a byte a value and eight, and comes back within a step', () => {
    fc.assert(
      fc.property(vectors, fc.nat(), (vector, seed) => {
        const bytes = toLevels(vector, { random: seededRandom(seed) })
        expect(bytes.length).toBe(levelBytes(vector.length))
        const step = new DataView(bytes.buffer).getFloat32(4, true)
        const range = Math.max(...vector) - Math.min(...vector)
        expect(step).toBeLessThanOrEqual((range / 255) * (1 + 2 ** -22) + 2 ** -149)
        const rounding = 2 ** -23 * Math.max(...vector.map(Math.abs))
        for (const error of difference(fromLevels(bytes, vector.length), vector))
          expect(Math.abs(error)).toBeLessThanOrEqual(step + rounding)
      }),
    )
  })

  it('is the vector in expectation, with a variance of at most step²/4', () => {
    const vector = aVector(40)
    const random = seededRandom('levels')
    const step = new DataView(toLevels(vector, { random }).buffer).getFloat32(4, true)
    const times = 4_000
    const { mean, error } = meanOf(times, 40, () => fromLevels(toLevels(vector, { random }), 40))
    for (const [at, value] of vector.entries()) {
      expect(Math.abs((mean[at] ?? 0) - value)).toBeLessThan(5 * (error[at] ?? 0) + 1e-6)
      expect((error[at] ?? 0) ** 2 * times).toBeLessThan((step * step * 1.01) / 4)
    }
  })

  it('equal values come back exactly, and no values are eight bytes', () => {
    const random = seededRandom(1)
    expect(fromLevels(toLevels(Float32Array.of(0.1, 0.1), { random }), 2)).toEqual(Float32Array.of(0.1, 0.1))
    expect(fromLevels(toLevels(new Float32Array(0), { random }), 0)).toEqual(new Float32Array(0))
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('%s has no level', (value) => {
    expect(() => toLevels(Float32Array.of(0, value), { random: seededRandom(1) })).toThrow(RangeError)
    expect(() => toLevels(Float32Array.of(value, 0), { random: seededRandom(1) })).toThrow('only finite')
  })

  it('bytes of another length, and steps that leave float32, are refused', () => {
    const bytes = toLevels(aVector(4), { random: seededRandom(1) })
    expect(() => fromLevels(bytes, 5)).toThrow(CompressionFormatError)
    new DataView(bytes.buffer).setFloat32(4, 3e38, true)
    expect(() => fromLevels(bytes, 4)).toThrow(CompressionFormatError)
    new DataView(bytes.buffer).setFloat32(4, -1, true)
    expect(() => fromLevels(bytes, 4)).toThrow(CompressionFormatError)
  })
})

describe('random k', () => {
  it('is the vector in expectation over seeds, with squared error (d/k − 1) ‖x‖²', () => {
    const vector = aVector(16)
    const times = 6_000
    let errors = 0
    const { mean, error } = meanOf(times, 16, (seed) => {
      const choice = { k: 4, seed: `round ${seed}` }
      const back = fromRandomK(randomK(vector, choice), { ...choice, length: 16 })
      errors += squared(difference(back, vector))
      return back
    })
    for (const [at, value] of vector.entries())
      expect(Math.abs((mean[at] ?? 0) - value)).toBeLessThan(5 * (error[at] ?? 0))
    expect(errors / times / squared(vector)).toBeCloseTo(16 / 4 - 1, 1)
  })

  it('two clients with one seed keep the same coordinates: the sum of what they keep is what the sum keeps', () => {
    const [a, b] = [aVector(1_000, 'a'), aVector(1_000, 'b')]
    const choice = { k: 50, seed: 'round 7' }
    const sum = Float32Array.from(a, (value, i) => value + (b[i] ?? 0))
    const [keptA, keptB] = [randomK(a, choice), randomK(b, choice)]
    expect(randomK(sum, choice)).toEqual(keptA.map((value, i) => value + (keptB[i] ?? 0)))
    expect(randomK(a, { ...choice, seed: 'round 8' })).not.toEqual(keptA)
  })

  it('all of the coordinates are the vector itself', () => {
    const vector = aVector(9)
    const choice = { k: 9, seed: 's' }
    expect(fromRandomK(randomK(vector, choice), { ...choice, length: 9 })).toEqual(vector)
  })

  it.each([0, 10, 1.5])('%s of 9 cannot be drawn', (k) => {
    expect(() => randomK(aVector(9), { k, seed: 's' })).toThrow(RangeError)
  })

  it('values of another number are refused', () => {
    expect(() => fromRandomK(aVector(3), { k: 4, seed: 's', length: 9 })).toThrow(CompressionFormatError)
  })
})

describe('rotation before levels', () => {
  it('turns back into the vector, and a vector with one outlier loses less', () => {
    const vector = aVector(1_000)
    vector[3] = 500
    const seed = 'round 1'
    const rotated = rotate(vector, seed)
    expect(rotated.length).toBe(rotatedLength(1_000))
    expect(squared(difference(rotateBack(rotated, { length: 1_000, seed }), vector))).toBeLessThan(1e-6)

    const levels = (values: Float32Array) =>
      fromLevels(toLevels(values, { random: seededRandom(1) }), values.length)
    const plain = squared(difference(levels(vector), vector))
    const turned = squared(difference(rotateBack(levels(rotated), { length: 1_000, seed }), vector))
    expect(turned).toBeLessThan(plain / 50)
  })
})

describe('top k with memory', () => {
  it('keeps the k largest: what is left is at most (1 − k/d) of the squared length, and nothing is lost', () => {
    fc.assert(
      fc.property(vectors, fc.nat(), (vector, choose) => {
        const k = 1 + (choose % vector.length)
        const { sparse, residual } = topK(vector, { k })
        const back = fromSparse(sparse)
        expect(sparse.at.length).toBe(k)
        expect(back.map((value, i) => value + (residual[i] ?? 0))).toEqual(vector.map((value) => value + 0))
        const least = Math.min(...sparse.values.map(Math.abs))
        expect(Math.max(0, ...residual.map(Math.abs))).toBeLessThanOrEqual(least)
        expect(squared(residual)).toBeLessThanOrEqual((1 - k / vector.length) * squared(vector) * (1 + 1e-12))
      }),
    )
  })

  it('of equal magnitudes the first are kept', () => {
    const { sparse, residual } = topK(Float32Array.of(1, -2, 2, 2, 0), { k: 2 })
    expect([...sparse.at]).toEqual([1, 2])
    expect([...residual]).toEqual([1, 0, 0, 2, 0])
  })

  it('error feedback: what has been sent and what is left are all there was, so that small coordinates get through', () => {
    const vector = Float32Array.of(8, 1, 0.5, 0.25)
    let residual: Float32Array = new Float32Array(4)
    const sent = new Float64Array(4)
    for (let round = 0; round < 400; round++) {
      const kept = topK(vector, { k: 1, residual })
      residual = kept.residual
      for (const [i, value] of fromSparse(kept.sparse).entries()) sent[i] = (sent[i] ?? 0) + value
    }
    for (const [i, value] of vector.entries()) {
      expect((sent[i] ?? 0) + (residual[i] ?? 0)).toBeCloseTo(400 * value, 3)
      expect((sent[i] ?? 0) / 400).toBeCloseTo(value, 1)
    }
  })

  it('says where its values are in 1 to 5 bytes each, and no more than is known beforehand', () => {
    const coordinates = fc
      .uniqueArray(fc.integer({ min: 0, max: 2 ** 32 - 2 }), { minLength: 1, maxLength: 64 })
      .map((some) => Uint32Array.from(some).sort())
    fc.assert(
      fc.property(coordinates, fc.nat({ max: 10_000 }), (at, beyond) => {
        const length = Math.min(2 ** 32 - 1, (at.at(-1) ?? 0) + 1 + beyond)
        const bytes = encodeCoordinates(at)
        expect(bytes.length).toBeLessThanOrEqual(mostCoordinateBytes({ length, k: at.length }))
        expect(decodeCoordinates(bytes, { length, k: at.length })).toEqual(at)
      }),
    )
    const far = Uint32Array.of(127, 256, 16_640, 4_000_000_000)
    expect(encodeCoordinates(far).length).toBe(1 + 2 + 2 + 5)
    expect(mostCoordinateBytes({ length: 257, k: 1 })).toBe(3)
    expect(encodeCoordinates(Uint32Array.of(256)).length).toBe(2)
  })

  it('of 100,000 values says where 1,000 are in less than 2 KB', () => {
    const { sparse } = topK(aVector(100_000), { k: 1_000 })
    expect(encodeCoordinates(sparse.at).length).toBeLessThan(2_000)
  })

  it('coordinates that are too few, too many, beyond the vector or not written as they are to be are refused', () => {
    const bytes = encodeCoordinates(Uint32Array.of(1, 299))
    const refused = (altered: Uint8Array, reason: string, expected = { length: 300, k: 2 }) => {
      const read = () => decodeCoordinates(altered, expected)
      expect(read).toThrow(CompressionFormatError)
      expect(read).toThrow(expect.objectContaining({ reason }))
    }
    refused(bytes.subarray(0, -1), 'wrong-length')
    refused(bytes.subarray(0, 1), 'wrong-length')
    refused(Uint8Array.of(...bytes, 0), 'wrong-length')
    refused(bytes, 'bad-coordinates', { length: 299, k: 2 })
    refused(Uint8Array.of(255, 255, 255, 255, 255, 1), 'bad-coordinates', { length: 300, k: 1 })
    refused(Uint8Array.of(255, 255, 255, 255, 15), 'bad-coordinates', { length: 300, k: 1 })
    refused(Uint8Array.of(129, 0), 'bad-coordinates', { length: 300, k: 1 })
  })

  it('a residual of another length and values that are not finite are refused', () => {
    expect(() => topK(aVector(3), { k: 1, residual: aVector(2) })).toThrow(RangeError)
    expect(() => topK(Float32Array.of(1, Number.NaN), { k: 1 })).toThrow('value 1')
    expect(() => topK(aVector(3), { k: 4 })).toThrow(RangeError)
  })
})
