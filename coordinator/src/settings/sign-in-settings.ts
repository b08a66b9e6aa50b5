/** How people sign in, and how much anybody may ask for. */
import * as z from 'zod'
import type { Role } from '../ports/records.ts'
import { type Secret, secretOf } from './secret.ts'

export type RequestLimits = {
  /** Requests a minute of one operator token, browser session or client, and of one address without any; or no limit. */
  perMinute: number | 'off'
  /** Secrets that do not hold, at signing in and at enrolment, a minute of one address. */
  guessesPerMinute: number
}

/** What is generous for a person's console and for scripts, and far below what hurts. */
export const USUAL_LIMITS: RequestLimits = { perMinute: 6_000, guessesPerMinute: 10 }

/** An OpenID provider, and who of its people may do what. */
export type OidcOptions = {
  issuer: string
  clientId: string
  clientSecret: Secret | undefined
  /** Separated by spaces; `openid` is among them. */
  scopes: string
  /** What people see on the button. */
  name: string
  /** The claims whose values are looked for in `roles`: a name, or a path of names with dots between them. */
  roleClaims: readonly string[]
  /** The values of those claims that make somebody this. */
  roles: Readonly<Record<Role, readonly string[]>>
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

const list = z.string().transform(listOf)

const wholeNumber = (message: string) =>
  z
    .string()
    .regex(/^[1-9]\d{0,6}$/, message)
    .transform(Number)

const issuer = z.string().refine((text) => {
  const url = URL.parse(text)
  if (url?.search !== '' || url.hash !== '' || url.username !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}, 'must be the https address of an OpenID provider, as its own discovery document has it')

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

export const signInSettings = {
  console: z.enum(['on', 'off'], 'must be on or off').default('on'),
  'rate-limit': z
    .union([z.literal('off'), wholeNumber('must be a number of requests a minute, or off')], {
      error: 'must be a number of requests a minute, or off',
    })
    .default(USUAL_LIMITS.perMinute),
  'sign-in-limit': wholeNumber('must be a number of wrong tokens a minute').default(
    USUAL_LIMITS.guessesPerMinute,
  ),
  'oidc-issuer': issuer.optional(),
  'oidc-client-id': z.string().optional(),
  'oidc-client-secret': z.string().transform(secretOf).optional(),
  'oidc-name': z.string().max(100, 'must be at most 100 characters').optional(),
  'oidc-scopes': z
    .string()
    .refine(
      (text) => text.split(' ').includes('openid'),
      'must name scopes with spaces between, openid among them',
    )
    .default('openid profile email'),
  'oidc-role-claim': list
    .refine((names) => names.length > 0, 'must name a claim')
    .default(['roles', 'groups']),
  'oidc-admins': list.default([]),
  'oidc-operators': list.default([]),
  'oidc-viewers': list.default([]),
}

const Settings = z.object(signInSettings)
type Settings = z.output<typeof Settings>

/** What does not go together, each with the flag that is to be given or left out. */
export const signInMistakes = (
  settings: Settings & { host: string; 'public-url'?: string | undefined },
): { flag: string; message: string }[] => {
  const mistakes: { flag: string; message: string }[] = []
  const known = listsOf(settings).flat().length > 0
  if (settings['oidc-issuer'] === undefined) {
    for (const flag of ['oidc-client-id', 'oidc-client-secret', 'oidc-name'] as const)
      if (settings[flag] !== undefined) mistakes.push({ flag, message: 'needs --oidc-issuer beside it' })
    if (known)
      mistakes.push({ flag: 'oidc-issuer', message: 'is needed where roles are given by a provider' })
    return mistakes
  }
  if (settings['oidc-client-id'] === undefined)
    mistakes.push({ flag: 'oidc-client-id', message: 'is needed beside --oidc-issuer' })
  if (!known)
    mistakes.push({
      flag: 'oidc-admins',
      message: 'is needed beside --oidc-issuer, or --oidc-operators or --oidc-viewers: nobody could sign in',
    })
  if (settings['public-url'] === undefined && !isLoopback(settings.host))
    mistakes.push({
      flag: 'public-url',
      message: 'is needed beside --oidc-issuer: the provider sends browsers back to it',
    })
  return mistakes
}

const listsOf = (settings: Settings) => [
  settings['oidc-admins'],
  settings['oidc-operators'],
  settings['oidc-viewers'],
]

export const signInOptions = (
  settings: Settings,
): { console: 'on' | 'off'; limits: RequestLimits; oidc: OidcOptions | undefined } => {
  const issuer = settings['oidc-issuer']
  const clientId = settings['oidc-client-id']
  return {
    console: settings.console,
    limits: { perMinute: settings['rate-limit'], guessesPerMinute: settings['sign-in-limit'] },
    oidc:
      issuer === undefined || clientId === undefined
        ? undefined
        : {
            issuer,
            clientId,
            clientSecret: settings['oidc-client-secret'],
            scopes: settings['oidc-scopes'],
            name: settings['oidc-name'] ?? new URL(issuer).host,
            roleClaims: settings['oidc-role-claim'],
            roles: {
              admin: settings['oidc-admins'],
              operator: settings['oidc-operators'],
              viewer: settings['oidc-viewers'],
            },
          },
  }
}

export const SIGN_IN_USAGE = `  --console WHETHER      on or off: whether the web console is served at / (on)
  --rate-limit N         requests a minute of one token, browser, client or address, or off (${USUAL_LIMITS.perMinute})
  --sign-in-limit N      wrong tokens a minute from one address, at signing in and enrolment (${USUAL_LIMITS.guessesPerMinute})
  --oidc-issuer URL      an OpenID provider by which people may sign in (none)
  --oidc-client-id ID    what this coordinator is called there
  --oidc-name NAME       what the button to it says (the issuer's host)
  --oidc-scopes LIST     separated by spaces ("openid profile email")
  --oidc-role-claim LIST claims that tell what somebody may do, separated by commas (roles,groups)
  --oidc-admins LIST     values of those claims that make somebody an admin, separated by commas
  --oidc-operators LIST  … an operator
  --oidc-viewers LIST    … a viewer; who has none of these may not sign in
`
