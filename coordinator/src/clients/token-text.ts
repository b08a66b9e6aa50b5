/**
 * Tokens as text: `tro_` (operators) or `tre_` (enrolment), the token's id as 24 hex digits, `_`, and 256 bits in
 * base64url. The prefix lets scanners find a leaked token; the id tells which one to revoke.
 */
import { createHash } from 'node:crypto'
import { toBase64url, toHex } from '@tributary/protocols/crypto'
import type { Random } from '@tributary/protocols/runtime'
import type { Token } from '../ports/records.ts'

const PREFIX: Record<Token['kind'], string> = { operator: 'tro', enrolment: 'tre' }
const SECRET_BYTES = 32
const ID_BYTES = 12

export const newTokenId = (random: Random): string => toHex(random.bytes(ID_BYTES))
export const newSecret = (random: Random): Uint8Array => random.bytes(SECRET_BYTES)

export const tokenText = (kind: Token['kind'], id: string, secret: Uint8Array): string =>
  `${PREFIX[kind]}_${id}_${toBase64url(secret)}`

/** Whether text could be a token of this kind: worth looking up. */
export const isTokenText = (kind: Token['kind'], text: string): boolean => SHAPE[kind].test(text)

/** What is kept of a token: the SHA-256 of its text, in hex. Tokens are random, so a plain hash suffices. */
export const tokenHash = (text: string): string => createHash('sha256').update(text).digest('hex')

const shapeOf = (prefix: string) => new RegExp(`^${prefix}_[0-9a-f]{24}_[A-Za-z0-9_-]{43}$`)
const SHAPE: Record<Token['kind'], RegExp> = {
  operator: shapeOf(PREFIX.operator),
  enrolment: shapeOf(PREFIX.enrolment),
}
