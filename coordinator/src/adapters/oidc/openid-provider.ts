import * as openid from 'openid-client'
import type { Claims, IdentityProvider } from '../../ports/identity-provider.ts'
import { type Refusal, refuse } from '../../refusal.ts'
import type { OidcOptions } from '../../settings/sign-in-settings.ts'
import { saysRoles } from '../../sign-in/role-of.ts'

type Needs = {
  options: Pick<OidcOptions, 'issuer' | 'clientId' | 'clientSecret' | 'scopes' | 'name' | 'roleClaims'>
  /** Told why somebody could not sign in, in words that hold nothing of theirs. */
  failed(why: { reason: string; code: string | undefined }): void
}

const PATIENCE_SECONDS = 10
/** A provider's addresses and methods are asked for anew when they are as old as this. */
const KEPT_MS = 60 * 60_000

/**
 * OpenID Connect Core 1.0, section 3.1, with PKCE (RFC 7636), the issuer named in the answer (RFC 9207) and the signature
 * of the ID token checked. The provider is asked for its addresses when somebody first signs in: a coordinator
 * starts, and takes tokens, while it is away.
 */
export const openidProvider = ({ options, failed }: Needs): IdentityProvider => {
  let known: { at: number; configuration: openid.Configuration } | undefined

  const configuration = async (): Promise<openid.Configuration> => {
    if (known && performance.now() - known.at < KEPT_MS) return known.configuration
    const issuer = new URL(options.issuer)
    const found = await openid.discovery(
      issuer,
      options.clientId,
      undefined,
      options.clientSecret ? bySecret(options.clientSecret.reveal()) : openid.None(),
      {
        timeout: PATIENCE_SECONDS,
        execute: [
          openid.enableNonRepudiationChecks,
          ...(issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : []),
        ],
      },
    )
    known = { at: performance.now(), configuration: found }
    return found
  }

  const refusalOf = (error: unknown): Refusal => {
    failed({ reason: error instanceof Error ? error.message : 'unknown', code: codeOf(error) })
    if (error instanceof openid.AuthorizationResponseError && error.error === 'access_denied')
      return refuse(
        'unauthenticated',
        `${options.name} did not let you in, or you did not want to. Try again.`,
      )
    if (error instanceof openid.AuthorizationResponseError || error instanceof openid.ResponseBodyError)
      return refuse('unauthenticated', `${options.name} refused this attempt. Try again from the beginning.`)
    if (error instanceof openid.ClientError && !isUnreachable(error))
      return refuse(
        'unauthenticated',
        `What ${options.name} answered is not proven. Try again from the beginning.`,
      )
    return refuse(
      'unavailable',
      `${options.name} cannot be reached from the coordinator at present. Try again, or sign in by a token.`,
    )
  }

  return {
    async begin(redirectUri) {
      try {
        const attempt = {
          state: openid.randomState(),
          nonce: openid.randomNonce(),
          verifier: openid.randomPKCECodeVerifier(),
        }
        const url = openid.buildAuthorizationUrl(await configuration(), {
          redirect_uri: redirectUri,
          scope: options.scopes,
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await openid.calculatePKCECodeChallenge(attempt.verifier),
          code_challenge_method: 'S256',
        })
        return { url: url.href, attempt }
      } catch (error) {
        return refusalOf(error)
      }
    },
    async finish(callback, { state, nonce, verifier }) {
      try {
        const provider = await configuration()
        const tokens = await openid.authorizationCodeGrant(provider, callback, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        const claims: Claims | undefined = tokens.claims()
        if (!claims) return refuse('unauthenticated', `${options.name} did not say who you are.`)
        if (saysRoles(claims, options) || !provider.serverMetadata().userinfo_endpoint) return claims
        // Some say who somebody is in the token, and what they belong to only when asked.
        return { ...(await openid.fetchUserInfo(provider, tokens.access_token, claims.sub)), ...claims }
      } catch (error) {
        return refusalOf(error)
      }
    },
  }
}

/**
 * Providers that take the secret in the body say so; in the header it is escaped first (RFC 6749, section 2.3.1), which
 * some of them get wrong, but it is what all have to take that say nothing.
 */
const bySecret = (secret: string): openid.ClientAuth => {
  const [inBody, inHeader] = [openid.ClientSecretPost(secret), openid.ClientSecretBasic(secret)]
  return (server, ...request) =>
    server.token_endpoint_auth_methods_supported?.includes('client_secret_post')
      ? inBody(server, ...request)
      : inHeader(server, ...request)
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** Time ran out, or the provider answered as one that is broken. */
const isUnreachable = (error: openid.ClientError): boolean =>
  ['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM'].includes(error.code ?? '')
