/** Requests that a foreign page makes a browser send with its cookie: cross-site request forgery. */
import { timingSafeEqual } from 'node:crypto'
import { CSRF_HEADER } from '@tributary/protocols/rest'
import type { SignedIn } from '../services.ts'
import { deny } from './problem.ts'
import type { Whence } from './whence.ts'

/**
 * What comes by a session's cookie and is more than a look has to come from a page of this console, and to carry the
 * word that only such a page can read. @throws DeniedError
 */
export const refuseForged = (
  { method, from, csrf }: { method: string; from: Whence; csrf: string | string[] | undefined },
  session: Pick<SignedIn, 'csrf'>,
): void => {
  if (LOOKS.has(method)) return
  if (from !== 'own')
    throw deny(
      'csrf',
      'The browser does not say that a page of this console sent this. Use the console, or a token as Authorization: Bearer.',
    )
  if (typeof csrf !== 'string' || !isSame(csrf, session.csrf))
    throw deny(
      'csrf',
      `The header ${CSRF_HEADER} is not the csrf that GET /api/v1/session answers: ask for it again, and send it.`,
    )
}

const LOOKS = new Set(['GET', 'HEAD', 'OPTIONS'])

const isSame = (a: string, b: string): boolean => {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}
