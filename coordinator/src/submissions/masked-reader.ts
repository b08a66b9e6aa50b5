import { type EnvelopeContext, EnvelopeError, type Opener } from '@tributary/protocols/crypto'
import { isMaskedVector, type MaskedMessage, type VectorLayout } from '@tributary/protocols/secagg'
import { digestOfHash } from '@tributary/protocols/tensors'
import { nodeSha256 } from '../crypto/native-primitives.ts'
import { type Refusal, refuse } from '../refusal.ts'

/**
 * Opens one sealed masked vector and checks all of it that can be: that it is of the round's layout, and the one that its
 * client signed for in the session. Where `scratch` is given and large enough the bytes are a view of it.
 */
export const readMasked = ({
  envelope,
  opener,
  context,
  layout,
  masked,
  scratch,
}: {
  envelope: Uint8Array
  opener: Opener
  context: EnvelopeContext
  layout: VectorLayout
  masked: Pick<MaskedMessage, 'vector' | 'bytes'>
  scratch?: Uint8Array
}): Uint8Array | Refusal => {
  try {
    const packed = opener.open(envelope, context, scratch)
    if (packed.length !== masked.bytes || digestOfHash(nodeSha256(packed)) !== masked.vector)
      return refuse('bad-vector', 'the envelope holds another masked vector than the one that was signed for')
    return isMaskedVector(layout, packed)
      ? packed
      : refuse('bad-vector', 'the masked vector is not of the layout in the round’s manifest')
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error
    return refuse('not-openable', `the envelope does not open: ${error.message}`, {
      about: { reason: error.reason },
    })
  }
}
