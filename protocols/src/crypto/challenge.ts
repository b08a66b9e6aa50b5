/** Proof that a client holds its identity key when it opens a connection. */
import type { ClientId } from '../ids.ts'
import { systemRandom } from '../runtime/random.ts'
import { tweetnaclVerify, type VerifySignature, verify } from './ed25519.ts'
import { clientIdOf, type Identity } from './identity.ts'
import { signingDigest } from './signing-bytes.ts'

/** What the coordinator asks a new connection to sign. The nonce serves one connection, once. */
export type Challenge = {
  /** The coordinator's own id, so that another server cannot pass its challenge on. */
  coordinator: string
  /** 32 random bytes. */
  nonce: Uint8Array
}

/** A new challenge, its nonce from the platform's cryptographic random source. */
export const createChallenge = (coordinator: string): Challenge => ({
  coordinator,
  nonce: systemRandom().bytes(32),
})

/** The 32 bytes that are signed: SHA-256 over domain `tributary challenge v1`, coordinator, nonce and client, each behind its length. */
export const challengeDigest = ({ coordinator, nonce }: Challenge, client: ClientId): Uint8Array =>
  signingDigest('tributary challenge v1', coordinator, nonce, client)

/** The client's answer: 64 bytes. */
export const answerChallenge = (identity: Identity, challenge: Challenge): Uint8Array =>
  identity.sign(challengeDigest(challenge, identity.clientId))

/** Whether the answer is that of the named client, who holds `publicKey`. */
export const verifyChallenge = (
  answer: { challenge: Challenge; client: ClientId; publicKey: Uint8Array; signature: Uint8Array },
  verifySignature: VerifySignature = tweetnaclVerify,
): boolean =>
  clientIdOf(answer.publicKey) === answer.client &&
  verify(
    answer.publicKey,
    challengeDigest(answer.challenge, answer.client),
    answer.signature,
    verifySignature,
  )
