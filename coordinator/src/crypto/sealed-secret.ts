import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Random } from '@tributary/protocols/runtime'

const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * A secret as it rests: AES-256-GCM under a 32-byte key, `whose` as associated data, so that it opens as nobody else's.
 * 28 bytes longer than the secret.
 */
export const sealSecret = (
  key: Uint8Array,
  whose: string,
  secret: Uint8Array,
  random: Random,
): Uint8Array => {
  const nonce = random.bytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(whose))
  return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()])
}

/** Throws where the key is another, the secret is somebody else's, or the bytes are cut short or altered. */
export const unsealSecret = (key: Uint8Array, whose: string, sealed: Uint8Array): Uint8Array => {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(whose))
    .setAuthTag(sealed.subarray(-TAG_BYTES))
  return new Uint8Array(
    Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]),
  )
}
