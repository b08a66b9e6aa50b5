/** Who opens a line for live views: a web socket comes with the headers of one request, and is asked once. */
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { type Refusal, refuse } from '../refusal.ts'
import type { AccessService, Actor, SessionService } from '../services.ts'
import { type PublicUrl, sessionCookieOf } from './session-cookie.ts'
import { whence } from './whence.ts'

export type LiveAccess = (line: {
  /** An operator's token, where one was said; it goes before the cookie. */
  token?: string | undefined
  /** Of the request that opened the line. */
  headers: IncomingHttpHeaders
}) => Promise<Actor | Refusal>

type Needs = {
  access: Pick<AccessService, 'operator'>
  sessions: Pick<SessionService, 'find'>
  publicUrl: PublicUrl
}

/**
 * A cookie counts only on a line from one of the coordinator's own pages: browsers send it with sockets that any page
 * opens (RFC 6455, section 10.2). Nothing is changed over these lines, so no further word is asked for.
 */
export const createLiveAccess =
  (app: FastifyInstance, { access, sessions, publicUrl }: Needs): LiveAccess =>
  async ({ token, headers }) => {
    if (token !== undefined) return access.operator(token)
    const cookies = app.parseCookie(headers.cookie ?? '')
    const cookie =
      sessionCookieOf(cookies, { secure: true }) ??
      (publicUrl?.startsWith('https:') ? undefined : sessionCookieOf(cookies, { secure: false }))
    if (
      cookie === undefined ||
      whence(headers, [headers.host, publicUrl && new URL(publicUrl).host]) !== 'own'
    )
      return refuse(
        'unauthenticated',
        'this line is for operators: open it with auth: { token }, or from a page of the console that is signed in',
      )
    return sessions.find(cookie).then((session) => ('refused' in session ? session : session.actor))
  }
