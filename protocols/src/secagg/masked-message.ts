import * as z from 'zod/mini'
import { EncodedNonce, EncodedSignature } from '../crypto/encoded.ts'
import { Digest, RoundId } from '../ids.ts'

/** The masked vector itself is uploaded; this says which bytes it is. */
export const MaskedMessage = z.strictObject({
  type: z.literal('secagg-masked'),
  round: RoundId,
  session: EncodedNonce,
  vector: Digest,
  bytes: z.int().check(z.minimum(1), z.maximum(2 ** 40)),
  signature: EncodedSignature,
})
export type MaskedMessage = z.infer<typeof MaskedMessage>
