/** Proof that whoever enrols with a token also holds the key it enrols. */
import type { Digest } from '../ids.ts'
import { digestOf } from '../tensors/digest.ts'
import { tweetnaclVerify, type VerifySignature, verify } from './ed25519.ts'
import { toUtf8 } from './encoding.ts'
import type { Identity } from './identity.ts'
import { signingDigest } from './signing-bytes.ts'

/** SHA-256 of an enrolment token's UTF-8 text: all that a coordinator keeps of it. Tokens are random, so this suffices. */
export const enrolmentTokenHash = (token: string): Digest => digestOf(toUtf8(token))

/** The 32 bytes that are signed: SHA-256 over domain `tributary enrolment v1`, the token's hash as text and the public key, each behind its length. */
export const enrolmentDigest = (tokenHash: Digest, publicKey: Uint8Array): Uint8Array =>
  signingDigest('tributary enrolment v1', tokenHash, publicKey)

/** The proof that goes with a request to enrol: 64 bytes. */
export const proveEnrolment = (identity: Identity, token: string): Uint8Array =>
  identity.sign(enrolmentDigest(enrolmentTokenHash(token), identity.publicKey))

/** Whether the proof was made for this token by the holder of this key. */
export const verifyEnrolment = (
  proof: { tokenHash: Digest; publicKey: Uint8Array; signature: Uint8Array },
  verifySignature: VerifySignature = tweetnaclVerify,
): boolean =>
  verify(proof.publicKey, enrolmentDigest(proof.tokenHash, proof.publicKey), proof.signature, verifySignature)
