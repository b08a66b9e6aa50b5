/** `/api/v1/session` and `/api/v1/sign-in`: how a person at a browser becomes an operator. */
import * as z from 'zod'
import { pageOf } from './paging.ts'
import { Timestamp } from './time.ts'
import { RoleName } from './tokens.ts'

/** `GET /api/v1/sign-in`: the ways there are. Public. */
export const SignInView = z.object({
  /** Signing in through an identity provider: show `name`, go to `path`, with `returnTo` in its query where it is to lead back to a page. Null where none is set up. */
  oidc: z.object({ name: z.string(), path: z.string() }).nullable(),
})
export type SignInView = z.infer<typeof SignInView>

/** `POST /api/v1/session`: an operator token for a session's cookie. */
export const SignInRequest = z.strictObject({ token: z.string().min(1).max(200) })
export type SignInRequest = z.infer<typeof SignInRequest>

/**
 * `GET /api/v1/session`, and the answer to signing in. Requests that come with the cookie and change anything
 * carry `csrf` in the header `x-csrf-token`.
 */
export const SessionView = z.object({
  /** The id of the token, or `oidc:` and the identity provider's subject: who the audit log says it was. */
  id: z.string(),
  name: z.string(),
  role: RoleName,
  csrf: z.string(),
  expiresAt: Timestamp,
})
export type SessionView = z.infer<typeof SessionView>

/** One browser that is signed in, as admins see it. `DELETE /api/v1/sessions/{session}` signs it out. */
export const SessionSummary = z.object({
  /** The session's own id, which is not its secret. */
  id: z.string(),
  /** Whose it is: the id of a token, or `oidc:` and the identity provider's subject. */
  owner: z.string(),
  name: z.string(),
  role: RoleName,
  createdAt: Timestamp,
  /** When it was used last, to the minute. */
  seenAt: Timestamp,
  expiresAt: Timestamp,
})
export type SessionSummary = z.infer<typeof SessionSummary>

/** `GET /api/v1/sessions`: those that have not ended, newest first. */
export const SessionPage = pageOf(SessionSummary)
export type SessionPage = z.infer<typeof SessionPage>
