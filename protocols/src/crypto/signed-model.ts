/** What a coordinator signs of a model version: whoever pins its key knows the model, wherever the bytes come from. Rule K10. */
import type { Digest, ModelVersion, TaskId } from '../ids.ts'
import { tweetnaclVerify, type VerifySignature, verify } from './ed25519.ts'
import { decodeKeyText, type EncodedPublicKey, type EncodedSignature, encodeSignature } from './encoded.ts'
import type { Identity } from './identity.ts'
import { numberPart, signingDigest } from './signing-bytes.ts'

/** A version of a task's model, and what clients are to do with it, as a coordinator of this id has published them. */
export type ModelStatement = {
  coordinator: string
  task: TaskId
  version: ModelVersion
  weights: { digest: Digest; bytes: number }
  assignment: { digest: Digest; bytes: number }
}

/** The 32 bytes that are signed: SHA-256 over domain `tributary model manifest v1` and the statement's values in order, each behind its length. */
export const modelDigest = ({
  coordinator,
  task,
  version,
  weights,
  assignment,
}: ModelStatement): Uint8Array =>
  signingDigest(
    'tributary model manifest v1',
    coordinator,
    task,
    numberPart(version),
    weights.digest,
    numberPart(weights.bytes),
    assignment.digest,
    numberPart(assignment.bytes),
  )

/** The coordinator's word for it. */
export const signModel = (signer: Pick<Identity, 'sign'>, statement: ModelStatement): EncodedSignature =>
  encodeSignature(signer.sign(modelDigest(statement)))

/** Whether the holder of this Ed25519 key signed just this statement. */
export const verifyModel = (
  {
    statement,
    publicKey,
    signature,
  }: {
    statement: ModelStatement
    publicKey: EncodedPublicKey
    signature: EncodedSignature
  },
  verifySignature: VerifySignature = tweetnaclVerify,
): boolean =>
  verify(decodeKeyText(publicKey), modelDigest(statement), decodeKeyText(signature), verifySignature)
