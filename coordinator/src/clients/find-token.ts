import { timingSafeEqual } from 'node:crypto'
import type { Token } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { isTokenText, tokenHash } from './token-text.ts'

/**
 * The token of this kind with this text. It is read from the store every time: a token that was revoked a moment ago is
 * revoked. An index finds by the hash, whose timing tells nothing of a secret; the hashes are then compared in constant time.
 */
export const findToken = async <Kind extends Token['kind']>(
  store: Pick<Store, 'tokens'>,
  kind: Kind,
  text: string,
): Promise<Extract<Token, { kind: Kind }> | undefined> => {
  if (!isTokenText(kind, text)) return undefined
  const hash = tokenHash(text)
  const token = await store.tokens.find(hash)
  if (!token || !isOfKind(token, kind)) return undefined
  return timingSafeEqual(Buffer.from(token.hash), Buffer.from(hash)) ? token : undefined
}

const isOfKind = <Kind extends Token['kind']>(
  token: Token,
  kind: Kind,
): token is Extract<Token, { kind: Kind }> => token.kind === kind
