/** The stages that are linear, the same for all clients of a round: what they make of a sum is the sum of what they make. */
import type { Digest, RoundId } from '../../ids.ts'
import { rotatedLength } from '../../privacy/mechanisms/rotated-length.ts'
import { rotate, rotateBack } from '../../privacy/mechanisms/rotation.ts'
import { fromRandomK, randomK } from './random-k.ts'
import { type Stages, sentValues } from './sizes.ts'

/** What a round's rotation and its choice of coordinates are drawn from: public, and nobody's choice once the model is made. */
export const compressionSeed = ({ round, model }: { round: RoundId; model: Digest }): string =>
  `tributary compression v1 ${round} ${model}`

/**
 * Rotated, then those of the round's coordinates: a vector no longer (L2) than the delta, but for rounding.
 * @throws RangeError for top-k, which is not the same for all clients.
 */
export const throughStages = (
  delta: Float32Array,
  { rotation, sparsify }: Stages,
  seed: string,
): Float32Array => {
  const turned = rotation ? rotate(delta, seed) : delta
  requireShared(sparsify)
  return sparsify ? randomK(turned, { k: sentValues(turned.length, { sparsify }), seed }) : turned
}

/**
 * The inverse of `throughStages`, in expectation where random-k rescales.
 * @param delta.length Of the delta.
 * @throws CompressionFormatError for another number of values, RangeError as `throughStages`.
 */
export const backThroughStages = (
  values: Float32Array,
  { rotation, sparsify }: Stages,
  { length, seed }: { length: number; seed: string },
): Float32Array => {
  requireShared(sparsify)
  const turnedLength = rotation ? rotatedLength(length) : length
  const turned = sparsify
    ? fromRandomK(values, {
        k: sentValues(turnedLength, { sparsify }),
        seed,
        length: turnedLength,
        rescale: sparsify.rescale,
      })
    : values
  return rotation ? rotateBack(turned, { length, seed }) : turned
}

function requireShared(sparsify: Stages['sparsify']): asserts sparsify is Shared | undefined {
  if (sparsify?.kind === 'top-k')
    throw new RangeError('top-k keeps coordinates of each client’s own, and no sum adds them up')
}
type Shared = Extract<NonNullable<Stages['sparsify']>, { kind: 'random-k' }>
