import type { FastifyInstance } from 'fastify'
import { isRefusal, type Refusal } from '../refusal.ts'
import type { Actor, SessionService } from '../services.ts'
import { type PublicUrl, sessionCookieOf } from './session-cookie.ts'

/**
 * Whose session a page's line comes with, by the `Cookie` header of the request that opened it, and when it ends. Browsers
 * send cookies with sockets that any page opens (RFC 6455, section 10.2): the caller hands over those of the coordinator's
 * own pages alone. May be asked again while the line is open, which is no use of the session: a page that was left open
 * is signed out like one that was closed.
 * @param app Has been made ready, with `@fastify/cookie` on it.
 */
export const lineSession =
  (
    app: Pick<FastifyInstance, 'parseCookie'>,
    { sessions, publicUrl }: { sessions: Pick<SessionService, 'look'>; publicUrl: PublicUrl },
  ): ((cookieHeader: string) => Promise<{ actor: Actor; expiresAt: number } | Refusal>) =>
  async (cookieHeader) => {
    const cookies = app.parseCookie(cookieHeader)
    const overHttps = sessionCookieOf(cookies, { secure: true })
    const plain = publicUrl?.startsWith('https:') ? undefined : sessionCookieOf(cookies, { secure: false })
    const session = await sessions.look(overHttps ?? plain ?? '')
    return isRefusal(session) ? session : { actor: session.actor, expiresAt: session.expiresAt }
  }
