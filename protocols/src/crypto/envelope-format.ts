/** The layout of envelope v1 and the derivation of its key; drawn in `envelope.ts`. */
import type { ClientId, Digest, RoundId, TaskId } from '../ids.ts'
import { concatBytes } from './encoding.ts'
import { NONCE_PREFIX_BYTES } from './envelope-sizes.ts'
import { deriveKey, type Hkdf } from './key-agreement.ts'
import { lengthPrefixed } from './signing-bytes.ts'

export const ENVELOPE_VERSION = 1

/** What an envelope is sealed for. It opens for the very same four values and no others. */
export type EnvelopeContext = { task: TaskId; round: RoundId; client: ClientId; model: Digest }

/**
 * HKDF-SHA256 of the shared secret. salt = the whole header ‖ the recipient's public key, so that the key depends on
 * every header byte and on both public keys; info = the domain, task, round, client and model digest as text,
 * each behind its length.
 */
export const envelopeKey = (input: {
  secret: Uint8Array
  header: Uint8Array
  recipient: Uint8Array
  context: EnvelopeContext
  hkdf?: Hkdf | undefined
}): Uint8Array => {
  const { task, round, client, model } = input.context
  return deriveKey(
    {
      secret: input.secret,
      salt: concatBytes(input.header, input.recipient),
      info: lengthPrefixed('tributary envelope v1', task, round, client, model),
    },
    input.hkdf,
  )
}

/**
 * 24 bytes: prefix (19) ‖ frame number from 0, big-endian uint32 ‖ 1 for the last frame, else 0. The construction is
 * STREAM (Hoang, Reyhanitabar, Rogaway and Vizár 2015): frames can be neither swapped, dropped nor appended.
 */
export const frameNonce = (prefix: Uint8Array, frame: number, flag: 'last' | 'more'): Uint8Array => {
  const nonce = new Uint8Array(24)
  nonce.set(prefix)
  new DataView(nonce.buffer).setUint32(NONCE_PREFIX_BYTES, frame)
  nonce[23] = flag === 'last' ? 1 : 0
  return nonce
}
