/** The cookie of a browser that is signed in (RFC 6265bis). */
import '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Where browsers reach the coordinator; none where that is as they ask for it. */
export type PublicUrl = string | undefined

/** Whether browsers come by https: as the public address says, or as the request or a trusted proxy does. */
export const isSecure = (request: Pick<FastifyRequest, 'protocol'>, publicUrl: PublicUrl): boolean =>
  publicUrl?.startsWith('https:') === true || request.protocol === 'https'

/**
 * Over https no other site and no plain-http page can set a cookie of the first name, and it is sent to this host alone.
 * Browsers take that name over https only; without, as on this machine, there is the second.
 */
export const cookieName = (secure: boolean): string => (secure ? '__Host-tributary' : 'tributary-session')

type Cookies = Readonly<Record<string, string | undefined>>

export const sessionCookieOf = (cookies: Cookies, { secure }: { secure: boolean }): string | undefined =>
  cookies[cookieName(secure)]

/**
 * Scripts cannot read it, and it comes with requests of this console's own pages alone. `Strict` costs nothing: a visitor
 * whom a link or an identity provider brings here loads a page that is the same for everybody, and that page asks who it is.
 */
export const setSessionCookie = (
  reply: FastifyReply,
  cookie: string,
  { secure, expiresAt }: { secure: boolean; expiresAt: number },
): void => {
  reply.setCookie(cookieName(secure), cookie, { ...attributes(secure), expires: new Date(expiresAt) })
}

export const clearSessionCookie = (reply: FastifyReply, { secure }: { secure: boolean }): void => {
  reply.clearCookie(cookieName(secure), attributes(secure))
}

const attributes = (secure: boolean) => ({ httpOnly: true, sameSite: 'strict', path: '/', secure }) as const
