/**
 * What a browser's cookie holds: `trc_`, the session's id as 24 hex digits, `_`, and 256 bits in base64url. As of other
 * tokens, only its SHA-256 is kept.
 */
import { createHmac } from 'node:crypto'
import { toBase64url } from '@tributary/protocols/crypto'

export const cookieText = (id: string, secret: Uint8Array): string => `trc_${id}_${toBase64url(secret)}`

/** Whether text could be a session's cookie: worth looking up. */
export const isCookieText = (text: string): boolean => /^trc_[0-9a-f]{24}_[A-Za-z0-9_-]{43}$/.test(text)

/**
 * The word that requests with this cookie carry in a header. It follows from the cookie, which pages cannot read, and
 * not from what the tables hold; nothing of the cookie follows from it.
 */
export const csrfOf = (cookie: string): string =>
  createHmac('sha256', cookie).update('tributary console csrf v1').digest('base64url')
