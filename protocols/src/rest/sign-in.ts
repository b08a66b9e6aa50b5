/** `/api/v1/session` and `/api/v1/sign-in`: how a person at a browser becomes an operator. */
import * as z from 'zod'
import { Timestamp } from './time.ts'
import { RoleName } from './tokens.ts'

/** `GET /api/v1/sign-in`: the ways there are. Public. */
export const SignInView = z.object({
  /** Signing in through an identity provider: show `name`, go to `path`. Null where none is set up. */
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
  /** The id of the token, or of the identity provider's subject. */
  id: z.string(),
  name: z.string(),
  role: RoleName,
  csrf: z.string(),
  expiresAt: Timestamp,
})
export type SessionView = z.infer<typeof SessionView>
