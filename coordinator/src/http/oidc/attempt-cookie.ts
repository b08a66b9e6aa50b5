/**
 * An attempt to sign in by an identity provider, kept by the browser that began it, which can neither read it nor make one
 * up: any process of the coordinator can take it up, and nobody can have another's browser finish theirs.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import * as z from 'zod'

const Kept = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  until: z.number(),
})
export type KeptAttempt = z.infer<typeof Kept>

/** How long somebody may take to sign in at the provider. */
export const ATTEMPT_MS = 10 * 60_000

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** AES-256-GCM under a key of this purpose: `nonce ‖ ciphertext ‖ tag` in base64url. */
export const sealAttempt = (key: Uint8Array, attempt: KeptAttempt): string => {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const sealed = Buffer.concat([cipher.update(JSON.stringify(attempt), 'utf8'), cipher.final()])
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url')
}

/** `undefined` for anything but what `sealAttempt` made under this key, and once its time is over. */
export const openAttempt = (key: Uint8Array, text: string, now: number): KeptAttempt | undefined => {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    const opened = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
    const attempt = Kept.parse(JSON.parse(opened.toString('utf8')))
    return now < attempt.until ? attempt : undefined
  } catch {
    return undefined // GCM tells only that it is not ours
  }
}
