/** Signing in by an identity provider: there with `/auth/oidc/login`, back with `/auth/oidc/callback`. */
import type { Clock } from '@tributary/protocols/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { Claims, IdentityProvider } from '../../ports/identity-provider.ts'
import { isRefusal, type Refusal } from '../../refusal.ts'
import type { Services } from '../../services.ts'
import type { OidcOptions } from '../../settings/sign-in-settings.ts'
import { nameOf, roleOf, termsOf } from '../../sign-in/role-of.ts'
import type { Api } from '../api.ts'
import { DeniedError, denialOf } from '../problem.ts'
import { PROBLEMS } from '../problem-table.ts'
import { isSecure, type PublicUrl, setSessionCookie } from '../session-cookie.ts'
import { replyWithPage, wantsPage } from '../small-page.ts'
import { ATTEMPT_MS, openAttempt, sealAttempt } from './attempt-cookie.ts'
import { returnPath } from './return-to.ts'

export type OidcSignIn = {
  options: Pick<OidcOptions, 'issuer' | 'clientId' | 'name' | 'roleClaims' | 'roles'>
  provider: IdentityProvider
  /** 32 bytes of this purpose, the same in every process of the coordinator. */
  attemptKey: Uint8Array
}

type Needs = OidcSignIn & Pick<Services, 'sessions'> & { clock: Pick<Clock, 'now'>; publicUrl: PublicUrl }

export const LOGIN_PATH = '/auth/oidc/login'
const CALLBACK_PATH = '/auth/oidc/callback'

const LoginQuery = z.object({ returnTo: z.string().max(2_000).optional() })

export const signInByOidc = (api: Api, needs: Needs): void => {
  const { options, provider, attemptKey, sessions, clock, publicUrl } = needs
  const terms = termsOf(options)

  const originOf = (request: FastifyRequest) => publicUrl ?? `${request.protocol}://${request.host}`
  const cookieOf = (request: FastifyRequest) => {
    const secure = isSecure(request, publicUrl)
    return {
      name: secure ? '__Host-tributary-oidc' : 'tributary-oidc',
      // The provider's page leads back here, which is a step from another site: `Strict` would leave the cookie out.
      attributes: { httpOnly: true, sameSite: 'lax', path: '/', secure } as const,
    }
  }

  api.route({
    method: 'GET',
    url: LOGIN_PATH,
    exposeHeadRoute: false,
    config: { access: { kind: 'public' }, limit: 'sign-in' },
    schema: { hide: true, querystring: LoginQuery },
    handler: async (request, reply) => {
      const begun = await provider.begin(`${originOf(request)}${CALLBACK_PATH}`)
      if (isRefusal(begun)) return turnAway(request, reply, begun)
      const until = clock.now() + ATTEMPT_MS
      const kept = { ...begun.attempt, returnTo: returnPath(request.query.returnTo), until }
      const { name, attributes } = cookieOf(request)
      return reply
        .setCookie(name, sealAttempt(attemptKey, kept), { ...attributes, maxAge: ATTEMPT_MS / 1_000 })
        .redirect(begun.url, 303)
    },
  })

  api.route({
    method: 'GET',
    url: CALLBACK_PATH,
    exposeHeadRoute: false,
    config: { access: { kind: 'public' }, limit: 'sign-in' },
    schema: { hide: true },
    handler: async (request, reply) => {
      const { name, attributes } = cookieOf(request)
      const kept = openAttempt(attemptKey, request.cookies[name] ?? '', clock.now())
      reply.clearCookie(name, attributes)
      const callback = URL.parse(`${originOf(request)}${request.url}`)
      if (!kept || !callback) return turnAway(request, reply, NO_ATTEMPT)
      const claims = await provider.finish(callback, kept)
      if (isRefusal(claims)) return turnAway(request, reply, claims)
      const person = { subject: claims.sub, name: nameOf(claims), role: roleOf(claims, options), terms }
      if (!isSubject(claims)) return turnAway(request, reply, NO_SUBJECT)
      if (person.role === undefined) {
        await sessions.turnAway(person, 'no role')
        return turnAway(request, reply, {
          refused: 'forbidden',
          detail: `${options.name} knows you as ${person.name}, who has no role here. Ask whoever runs this coordinator for one.`,
        })
      }
      const { cookie, session } = await sessions.openFor({ ...person, role: person.role })
      setSessionCookie(reply, cookie, { secure: isSecure(request, publicUrl), expiresAt: session.expiresAt })
      return reply.redirect(returnPath(kept.returnTo), 303)
    },
  })
}

const NO_ATTEMPT: Refusal = {
  refused: 'unauthenticated',
  detail: 'This browser did not begin to sign in, or more than ten minutes ago. Begin again.',
}

const NO_SUBJECT: Refusal = {
  refused: 'unauthenticated',
  detail: 'The identity provider names you in a way that OpenID Connect does not allow.',
}

/** OpenID Connect Core 1.0, section 2: at most 255 characters of ASCII. Those that show nothing would make the log hard to read. */
const isSubject = ({ sub }: Claims): boolean => /^[\x21-\x7e]{1,255}$/.test(sub)

/** Who came here sees a page, and a program a problem. */
const turnAway = (request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply => {
  const { word, detail } = denialOf(refusal)
  if (!wantsPage(request)) throw new DeniedError(denialOf(refusal))
  return replyWithPage(reply.code(PROBLEMS[word].status), {
    title: 'You are not signed in',
    detail,
    back: { path: '/', text: 'Back to the console' },
  })
}
