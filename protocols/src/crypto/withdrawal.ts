/** What a client signs before it erases its key: that it wants no part any more. It can be handed in long after. */
import type { ClientId } from '../ids.ts'
import { tweetnaclVerify, type VerifySignature, verify } from './ed25519.ts'
import type { Identity } from './identity.ts'
import { signingDigest } from './signing-bytes.ts'

/**
 * The 32 bytes that are signed: SHA-256 over domain `tributary withdrawal v1`, the coordinator's id (no bytes where the client does not know it) and
 * the client's id, each behind its length.
 */
export const withdrawalDigest = (client: ClientId, coordinator = ''): Uint8Array =>
  signingDigest('tributary withdrawal v1', coordinator, client)

/** The statement: 64 bytes. */
export const stateWithdrawal = (identity: Identity, coordinator?: string): Uint8Array =>
  identity.sign(withdrawalDigest(identity.clientId, coordinator))

/** Whether this is the client's statement, for this coordinator or for one that it did not know the id of. */
export const verifyWithdrawal = (
  statement: { client: ClientId; coordinator: string; publicKey: Uint8Array; signature: Uint8Array },
  verifySignature: VerifySignature = tweetnaclVerify,
): boolean =>
  [statement.coordinator, ''].some((coordinator) =>
    verify(
      statement.publicKey,
      withdrawalDigest(statement.client, coordinator),
      statement.signature,
      verifySignature,
    ),
  )
