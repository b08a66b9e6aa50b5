import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Digest, RoundId } from '../../ids.ts'
import { normal, seededRandom } from '../../runtime/index.ts'
import type { Compression } from '../../task/compression.ts'
import { compressUpdate, decompressUpdate } from './compressed-update.ts'
import { CompressionFormatError } from './format-error.ts'
import { mostCompressedBytes, sentValues } from './sizes.ts'
import { compressionSeed } from './stages.ts'

const LENGTH = 96
const seed = compressionSeed({
  round: RoundId.parse('digits.3'),
  model: Digest.parse(`sha256:${'5c'.repeat(32)}`),
})

const random = { kind: 'random-k', rescale: true } as const
const top = { kind: 'top-k', errorFeedback: true } as const
const LINEAR: Compression[] = [
  { bits: 8 },
  { rotation: 'hadamard', bits: 8 },
  { sparsify: { ...random, share: 0.25 } },
  { sparsify: { ...random, share: 0.25 }, bits: 8 },
  { rotation: 'hadamard', sparsify: { ...random, share: 0.25 } },
  { rotation: 'hadamard', sparsify: { ...random, share: 0.25 }, bits: 8 },
]
const ALL: Compression[] = [
  ...LINEAR,
  { sparsify: { ...random, share: 1 } },
  { sparsify: { ...random, share: 0.25, rescale: false } },
  { sparsify: { ...top, share: 0.1 } },
  { sparsify: { ...top, share: 0.1, errorFeedback: false }, bits: 8 },
  { sparsify: { ...top, share: 0.1 }, bits: 8 },
]

const aDelta = (name: string | number, length = LENGTH) => {
  const chance = seededRandom(name)
  return Float32Array.from({ length }, () => normal(chance))
}
const formOf = (compression: Compression, length = LENGTH, beside = 0) => ({ compression, length, beside })
const squared = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value * value, 0)

describe('[T13] a compressed update', () => {
  test('of any stages is read as values of the same number, from no more bytes than are known beforehand, and what goes beside it as it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ALL),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 0, max: 2 }),
        fc.nat(),
        (compression, length, beside, chance) => {
          const form = formOf(compression, length, beside)
          const values = Float32Array.of(...aDelta(chance, length), ...[1, 0].slice(0, beside))
          const { bytes } = compressUpdate(values, form, { seed, random: seededRandom(chance) })
          expect(bytes.length).toBeLessThanOrEqual(mostCompressedBytes(form))
          if (compression.sparsify?.kind !== 'top-k') expect(bytes.length).toBe(mostCompressedBytes(form))
          const read = decompressUpdate(bytes, form, seed)
          expect(read.length).toBe(length + beside)
          expect(read.subarray(length)).toEqual(values.subarray(length))
        },
      ),
    )
  })

  test('without levels and of all values is the delta itself', () => {
    const delta = aDelta('whole')
    const form = formOf({ sparsify: { ...random, share: 1 } })
    const { bytes } = compressUpdate(delta, form, { seed, random: seededRandom(1) })
    expect(decompressUpdate(bytes, form, seed)).toEqual(delta)
  })

  test.each(LINEAR)('of %j is the delta in expectation, over rounds and roundings', (compression) => {
    const form = formOf(compression)
    const delta = aDelta('expected')
    const times = 3_000
    const [sums, squares] = [new Float64Array(LENGTH), new Float64Array(LENGTH)]
    for (let i = 0; i < times; i++) {
      const round = `${seed} ${i}`
      const { bytes } = compressUpdate(delta, form, { seed: round, random: seededRandom(i) })
      decompressUpdate(bytes, form, round).forEach((value, at) => {
        sums[at] = (sums[at] ?? 0) + value
        squares[at] = (squares[at] ?? 0) + value * value
      })
    }
    for (const [at, value] of delta.entries()) {
      const mean = (sums[at] ?? 0) / times
      const error = Math.sqrt(Math.max(0, (squares[at] ?? 0) / times - mean ** 2) / times)
      expect(Math.abs(mean - value)).toBeLessThan(5 * error + 1e-6)
    }
  })

  test('that is rotated first loses less of an outlier to levels', () => {
    const delta = aDelta('outlier', 1_000)
    delta[3] = 500
    const lost = (compression: Compression) => {
      const form = formOf(compression, 1_000)
      const { bytes } = compressUpdate(delta, form, { seed, random: seededRandom(1) })
      return squared(decompressUpdate(bytes, form, seed).map((value, at) => value - (delta[at] ?? 0)))
    }
    expect(lost({ rotation: 'hadamard', bits: 8 })).toBeLessThan(lost({ bits: 8 }) / 50)
  })

  test('of random-k that is not rescaled is never longer than the delta', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(undefined, 'hadamard' as const), (chance, rotation) => {
        const delta = aDelta(chance)
        const form = formOf({
          ...(rotation && { rotation }),
          sparsify: { ...random, rescale: false, share: 0.3 },
        })
        const { bytes } = compressUpdate(delta, form, { seed, random: seededRandom(chance) })
        expect(squared(decompressUpdate(bytes, form, seed))).toBeLessThanOrEqual(squared(delta) * (1 + 1e-5))
      }),
    )
  })
})

describe('[R34] top-k with error feedback', () => {
  test.each([{ sparsify: { ...top, share: 0.05 } }, { sparsify: { ...top, share: 0.05 }, bits: 8 as const }])(
    'of %j: what the coordinator has read and what is kept are all that there was',
    (compression) => {
      const form = formOf(compression)
      let residual: Float32Array | undefined
      const [had, sent] = [new Float64Array(LENGTH), new Float64Array(LENGTH)]
      for (let round = 1; round <= 30; round++) {
        const delta = aDelta(round)
        const made = compressUpdate(delta, form, { seed, random: seededRandom(round), residual })
        residual = made.residual
        delta.forEach((value, at) => {
          had[at] = (had[at] ?? 0) + value
        })
        decompressUpdate(made.bytes, form, seed).forEach((value, at) => {
          sent[at] = (sent[at] ?? 0) + value
        })
      }
      expect(residual?.length).toBe(LENGTH)
      for (const [at, value] of had.entries())
        expect((sent[at] ?? 0) + (residual?.[at] ?? 0)).toBeCloseTo(value, 3)
    },
  )

  test('keeps nothing where it is not asked to', () => {
    const form = formOf({ sparsify: { ...top, share: 0.05, errorFeedback: false } })
    expect(compressUpdate(aDelta(1), form, { seed, random: seededRandom(1) })).not.toHaveProperty('residual')
  })
})

describe('[T13] bytes that no stage makes are refused', () => {
  const made = (compression: Compression) =>
    compressUpdate(aDelta('made'), formOf(compression), { seed, random: seededRandom('made') }).bytes
  const refused = (bytes: Uint8Array, compression: Compression, reason: string) => {
    const read = () => decompressUpdate(bytes, formOf(compression), seed)
    expect(read).toThrow(CompressionFormatError)
    expect(read).toThrow(expect.objectContaining({ reason }))
  }
  const altered = (bytes: Uint8Array, at: number, value: number) => {
    const other = bytes.slice()
    other[at] = value
    return other
  }

  test.each(ALL)('of %j: cut anywhere, or with a byte more', (compression) => {
    const bytes = made(compression)
    for (let length = 0; length < bytes.length; length += 1 + (length > 20 ? 7 : 0))
      refused(bytes.subarray(0, length), compression, 'wrong-length')
    refused(Uint8Array.of(...bytes, 0), compression, 'wrong-length')
  })

  test.each(ALL)('of %j: another version, other stages, another number of values', (compression) => {
    const bytes = made(compression)
    refused(altered(bytes, 0, 2), compression, 'other-stages')
    refused(altered(bytes, 1, (bytes[1] ?? 0) ^ 8), compression, 'other-stages')
    refused(altered(bytes, 2, 1), compression, 'other-stages')
    for (const at of [4, 5, 6, 7]) refused(altered(bytes, at, 255), compression, 'other-stages')
  })

  test('levels that are no finite range', () => {
    const compression: Compression = { bits: 8 }
    const bytes = made(compression)
    for (const [low, step] of [
      [Number.NaN, 1],
      [0, Number.POSITIVE_INFINITY],
      [0, -1],
      [3e38, 1e38],
    ] as const) {
      const other = bytes.slice()
      new DataView(other.buffer).setFloat32(8, low, true)
      new DataView(other.buffer).setFloat32(12, step, true)
      refused(other, compression, 'bad-levels')
    }
  })

  test('places that are beyond the vector, or written at length', () => {
    const compression: Compression = { sparsify: { ...top, share: 0.02 } }
    const bytes = made(compression)
    expect(sentValues(LENGTH, compression)).toBe(2)
    const upTo = bytes.length - 2
    refused(altered(bytes, upTo + 1, 127), compression, 'bad-coordinates')
    refused(Uint8Array.of(...bytes.subarray(0, upTo), 128, 0, 1), compression, 'bad-coordinates')
    refused(
      Uint8Array.of(...bytes.subarray(0, upTo), 255, 255, 255, 255, 255, 255, 1),
      compression,
      'bad-coordinates',
    )
  })

  test('whatever they are, nothing else is thrown and nothing more than the values is made of them', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALL), fc.uint8Array({ maxLength: 200 }), (compression, tail) => {
        const form = formOf(compression)
        const bytes = Uint8Array.of(...made(compression).subarray(0, 8), ...tail)
        try {
          expect(decompressUpdate(bytes, form, seed).length).toBe(LENGTH)
        } catch (error) {
          expect(error).toBeInstanceOf(CompressionFormatError)
        }
      }),
    )
  })
})

test('values that are not finite, or of another number, are not compressed', () => {
  for (const compression of ALL.filter(({ bits, sparsify }) => bits || sparsify?.kind === 'top-k')) {
    const delta = aDelta('broken')
    delta[5] = Number.NaN
    const given = { seed, random: seededRandom(1) }
    const form = formOf({
      ...compression,
      ...(compression.sparsify?.kind !== 'top-k' && { sparsify: undefined }),
    })
    expect(() => compressUpdate(delta, form, given)).toThrow(RangeError)
    expect(() => compressUpdate(delta.subarray(1), form, given)).toThrow('96 values, not 95')
  }
})
