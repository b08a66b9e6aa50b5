/** Where to go after signing in: a path of the console's own, whatever the address bar was made to say. */
export const safeReturnPath = (asked: string | null): string =>
  asked && /^\/(?![/\\])\P{Cc}*$/u.test(asked) && !asked.startsWith('/sign-in') ? asked : '/'

/** From which the identity provider's page is reached, and which leads back to where somebody was. */
export const providerPath = (path: string, to: string): string =>
  `${path}?${new URLSearchParams({ returnTo: to })}`

export const signInPath = (from: string): string =>
  from === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(from)}`
