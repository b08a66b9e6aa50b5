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
 * delta is a view of it, good until it is used again.
 */
export type ReadUpdate = (sealed: {
  envelope: Uint8Array
  opener: Opener
  context: EnvelopeContext
  manifest: TensorManifest
  scratch?: Uint8Array
}) => Float32Array | Refusal

export const createUpdateReader =
  (scan: (values: Float32Array) => number): ReadUpdate =>
  ({ envelope, opener, context, manifest, scratch }) => {
    try {
      const file = decodeSafetensors(opener.open(envelope, context, scratch))
      const difference = checkTensors(manifest, file)
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
      if (error instanceof TensorFormatError)
        return refuse('bad-tensors', `the update cannot be read as tensors: ${error.message}`, {
          about: { ...(error.tensor === undefined ? {} : { tensor: error.tensor }), reason: error.code },
        })
      throw error
    }
  }
