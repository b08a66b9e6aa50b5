/** How much the stages make of an update, without doing their work. */
import { rotatedLength } from '../../privacy/mechanisms/rotated-length.ts'
import type { Compression } from '../../task/compression.ts'
import type { CompressedForm } from './compressed-form.ts'

/** Those that are linear. */
export type Stages = Pick<Compression, 'rotation' | 'sparsify'>

export const UPDATE_HEADER_BYTES = 8
export const LEVELS_HEADER_BYTES = 8
export const FLOAT_BYTES = 4

/** How many values of a delta of `length` travel. */
export const sentValues = (length: number, { rotation, sparsify }: Stages = {}): number => {
  const rotated = rotation ? rotatedLength(length) : length
  return sparsify ? Math.max(1, Math.round(sparsify.share * rotated)) : rotated
}

/** Bytes of `length` values in levels: a quarter of float32. */
export const levelBytes = (length: number): number => LEVELS_HEADER_BYTES + length

/** The most bytes that `k` of `length` coordinates take: a gap of 128 or more costs a byte for each 128 at most. */
export const mostCoordinateBytes = ({ length, k }: { length: number; k: number }): number =>
  k + Math.min(4 * k, Math.floor((length - k) / 128))

/** The most bytes that `compressUpdate` gives. */
export const mostCompressedBytes = ({ compression, length, beside }: CompressedForm): number => {
  const k = sentValues(length, compression)
  return (
    UPDATE_HEADER_BYTES +
    FLOAT_BYTES * beside +
    (compression.bits ? levelBytes(k) : FLOAT_BYTES * k) +
    (compression.sparsify?.kind === 'top-k' ? mostCoordinateBytes({ length, k }) : 0)
  )
}
