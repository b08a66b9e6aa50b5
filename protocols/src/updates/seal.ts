/** The last stage of an update's way out, and the first of its way in: sealed to the round's key and signed for. */
import { type EnvelopePrimitives, type Opener, seal } from '../crypto/envelope.ts'
import { EnvelopeError } from '../crypto/envelope-error.ts'
import type { Identity } from '../crypto/identity.ts'
import type { Digest, RoundId, TaskId } from '../ids.ts'
import type { Random } from '../runtime/random.ts'
import { digestOf } from '../tensors/digest.ts'
import { type Claims, type MaskedClaims, type Submission, signSubmission } from './submission.ts'

export type SealedUpdate = {
  /** The bytes to upload. */
  envelope: Uint8Array
  /** What goes with them, signed by the client. */
  submission: Submission
}

/**
 * Seals an update's bytes (a safetensors file, or a masked vector) to the round's 32-byte X25519 public key and signs for them.
 * @throws LowOrderKeyError when that key is of low order.
 */
export const sealUpdate = (
  input: {
    identity: Identity
    task: TaskId
    round: RoundId
    /** Digest of the model that was trained from. */
    model: Digest
    roundKey: Uint8Array
    update: Uint8Array
    claims: Claims | MaskedClaims
    /** As for `seal`: left out but in simulations. */
    random?: Random
  } & EnvelopePrimitives,
): SealedUpdate => {
  const { identity, task, round, model, roundKey, update, claims, ...sealing } = input
  const client = identity.clientId
  const envelope = seal({
    ...sealing,
    plaintext: update,
    recipient: roundKey,
    context: { task, round, client, model },
  })
  const unsigned = {
    task,
    round,
    client,
    model,
    envelope: digestOf(envelope, sealing.sha256),
    envelopeBytes: envelope.length,
    claims,
  }
  return { envelope, submission: signSubmission(identity, unsigned) }
}

/**
 * The update's bytes. That the submission's signature holds (`verifySubmission`) and its digest is the envelope's
 * is checked when the envelope is received; the envelope itself opens only for what the submission names.
 * @throws EnvelopeError when it does not open.
 */
export const openUpdate = ({ envelope, submission }: SealedUpdate, opener: Opener): Uint8Array => {
  if (envelope.length < submission.envelopeBytes) throw new EnvelopeError('truncated')
  if (envelope.length > submission.envelopeBytes) throw new EnvelopeError('trailing-bytes')
  const { task, round, client, model } = submission
  return opener.open(envelope, { task, round, client, model })
}
