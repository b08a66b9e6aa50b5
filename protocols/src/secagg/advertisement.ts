import * as z from 'zod/mini'
import { EncodedNonce, EncodedPublicKey, EncodedSignature } from '../crypto/encoded.ts'
import { ClientId } from '../ids.ts'

/** A client's keys for one session, signed with its lasting identity. */
export const Advertisement = z.strictObject({
  client: ClientId,
  /** Ed25519; the client's id is its hash. */
  identity: EncodedPublicKey,
  /** X25519, for share bundles. */
  channelKey: EncodedPublicKey,
  /** X25519, for masks. */
  maskKey: EncodedPublicKey,
  /** The client's part of the graph's seed. */
  nonce: EncodedNonce,
  signature: EncodedSignature,
})
export type Advertisement = z.infer<typeof Advertisement>
