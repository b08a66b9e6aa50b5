/**
 * Session tokens: what a client shows for its downloads and uploads. They are signed and not stored, so checking one
 * looks nothing up, and ending one early means revoking the client.
 *
 *   trs_<client: 32 hex digits>_<expiry: ms since 1970, base 36>_<tag: base64url of 32 bytes>
 *   tag = HMAC-SHA256(key, "trs_<client>_<expiry>"), key derived from the coordinator's own for this purpose alone
 */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { ClientId } from '@tributary/protocols'
import { deriveKey } from '../crypto/own-key.ts'

export type SessionTokens = {
  /** A token that holds until `expiresAt`, rounded up to a millisecond. */
  write(client: ClientId, expiresAt: number): { token: string; expiresAt: number }
  /** Whose it is and until when, or `undefined` for anything but a token of this coordinator. */
  read(token: string): { client: ClientId; expiresAt: number } | undefined
}

export const sessionTokens = (ownKey: Uint8Array): SessionTokens => {
  // As raw bytes it would be made ready anew for every token, which takes longer than the rest of it.
  const key = createSecretKey(deriveKey(ownKey, 'session tokens'))
  const tagOf = (signed: string) => createHmac('sha256', key).update(signed).digest()
  return {
    write(client, until) {
      const expiresAt = Math.ceil(until)
      const signed = `trs_${client.slice(CLIENT_PREFIX.length)}_${expiresAt.toString(36)}`
      return { token: `${signed}_${tagOf(signed).toString('base64url')}`, expiresAt }
    },
    read(token) {
      const match = SHAPE.exec(token)
      if (!match) return undefined
      const [, signed = '', client = '', expiry = '', tag = ''] = match
      if (!timingSafeEqual(Buffer.from(tag, 'base64url'), tagOf(signed))) return undefined
      return { client: ClientId.parse(`${CLIENT_PREFIX}${client}`), expiresAt: Number.parseInt(expiry, 36) }
    },
  }
}

const CLIENT_PREFIX = 'c-'
// The last of 43 digits carries four bits: one text for every tag.
const SHAPE = /^(trs_([0-9a-f]{32})_([0-9a-z]{1,11}))_([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])$/
