/** Signatures of Standard Webhooks 1.0 (https://www.standardwebhooks.com), symmetric: HMAC-SHA256. */
import { createHmac } from 'node:crypto'
import type { Random } from '@tributary/protocols/runtime'

const SECRET_BYTES = 32
const PREFIX = 'whsec_'

export const newSecret = (random: Random): Uint8Array => random.bytes(SECRET_BYTES)

/** As receivers are given it: `whsec_` and base64. */
export const secretText = (secret: Uint8Array): string => `${PREFIX}${Buffer.from(secret).toString('base64')}`

/** `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, the timestamp in whole seconds. */
export const signatureOf = (
  secret: Uint8Array,
  { id, timestamp, body }: { id: string; timestamp: number; body: string },
): string => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`
