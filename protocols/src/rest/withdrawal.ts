/** `POST /api/v1/clients/{client}/withdrawal`: the client's own statement that it wants no part any more. There is no other authentication. */
import * as z from 'zod'
import { EncodedSignature } from '../crypto/encoded.ts'

export const WithdrawRequest = z.strictObject({
  /** Over `withdrawalDigest`, by the key that enrolled. */
  signature: EncodedSignature,
})
export type WithdrawRequest = z.infer<typeof WithdrawRequest>
