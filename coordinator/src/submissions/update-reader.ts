import {
  type CompressedForm,
  CompressionFormatError,
  compressionSeed,
  decompressUpdate,
} from '@tributary/protocols/compression'
import { type EnvelopeContext, EnvelopeError, type Opener } from '@tributary/protocols/crypto'
import {
  checkTensors,
  decodeSafetensors,
  firstNonFinite,
  TensorFormatError,
  type TensorManifest,
} from '@tributary/protocols/tensors'
import { type Refusal, refuse } from '../refusal.ts'

/**
 * Opens and checks one sealed update: the flat delta, or why it is none. Where `scratch` is given and large enough the
 * delta is a view of it, good until it is used again; one that was compressed is in memory of its own.
 */
export type ReadUpdate = (sealed: {
  envelope: Uint8Array
  opener: Opener
  context: EnvelopeContext
  /** Tensors of the update, before any compression. */
  manifest: TensorManifest
  /** Where the task's clients compress their updates. */
  compressed?: CompressedForm | undefined
  scratch?: Uint8Array
}) => Float32Array | Refusal

export const createUpdateReader =
  (scan: (values: Float32Array) => number): ReadUpdate =>
  ({ envelope, opener, context, manifest, compressed, scratch }) => {
    try {
      const opened = opener.open(envelope, context, scratch)
      const file = compressed
        ? { tensors: manifest, values: decompressUpdate(opened, compressed, compressionSeed(context)) }
        : decodeSafetensors(opened)
      const difference = compressed ? undefined : checkTensors(manifest, file)
      if (difference)
        return refuse('bad-tensors', `${difference.problem}: send the delta of the model you were given`, {
          about: { tensor: difference.tensor, reason: difference.reason },
        })
      const bad = firstNonFinite(file, scan)
      if (bad)
        return refuse(
          'bad-tensors',
          `tensor ${bad.tensor} holds NaN or infinity at index ${bad.index}: the training diverged`,
          { about: { ...bad, reason: 'not-finite' } },
        )
      return file.values
    } catch (error) {
      if (error instanceof EnvelopeError)
        return refuse('not-openable', `the envelope does not open: ${error.message}`, {
          about: { reason: error.reason },
        })
      if (error instanceof CompressionFormatError)
        return refuse(
          'bad-compression',
          `the update is not compressed as the task says: ${error.message}: compress it as the assignment has it`,
          { about: { reason: error.reason } },
        )
      if (error instanceof TensorFormatError)
        return refuse('bad-tensors', `the update cannot be read as tensors: ${error.message}`, {
          about: { ...(error.tensor === undefined ? {} : { tensor: error.tensor }), reason: error.code },
        })
      throw error
    }
  }
