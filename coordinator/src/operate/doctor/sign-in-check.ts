/** How people sign in: whether their cookies can be read on the way, and whether the identity provider is there. */
import * as z from 'zod'
import type { Config } from '../../config.ts'
import { isLoopback, type OidcOptions } from '../../settings/sign-in-settings.ts'
import { type Check, type Finding, fail, ok, warn } from './finding.ts'

const ASK_MS = 5_000

export const signInCheck = ({
  host,
  publicUrl,
  oidc,
}: Pick<Config, 'host' | 'publicUrl' | 'oidc'>): Check => ({
  name: 'sign-in',
  async run() {
    const inTheOpen = !isLoopback(host) && !publicUrl?.startsWith('https:')
    const provider = oidc ? await providerFinding(oidc) : ok('sign-in', 'by operator tokens')
    return inTheOpen
      ? [
          provider,
          warn(
            'sign-in',
            `it listens on ${host}, and no https address is public: tokens and cookies could be read on the way`,
            'put a proxy before it that speaks https, and name that address with --public-url',
          ),
        ]
      : [provider]
  },
})

const Discovery = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
})

/** OpenID Connect Discovery 1.0, section 4. */
const providerFinding = async ({ issuer, name }: OidcOptions): Promise<Finding> => {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const advice = 'see that --oidc-issuer is right and can be reached from here; until then tokens sign in'
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ASK_MS) })
    if (!response.ok) return fail('sign-in', `${url} answers ${response.status}`, advice)
    const discovery = Discovery.safeParse(await response.json())
    if (!discovery.success)
      return fail('sign-in', `${url} is no discovery document of OpenID Connect`, advice)
    if (discovery.data.issuer !== issuer)
      return fail(
        'sign-in',
        `${url} is the document of another issuer`,
        `set --oidc-issuer ${discovery.data.issuer}`,
      )
    return ok('sign-in', `by operator tokens, and by ${name} at ${issuer}`)
  } catch {
    return fail('sign-in', `${url} does not answer`, advice)
  }
}
