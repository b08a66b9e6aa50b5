/** Where to go after signing in: a path of the console's own, whatever the address bar was made to say. */
export const safeReturnPath = (asked: string | null): string =>
  asked && /^\/(?![/\\])/.test(asked) && !asked.startsWith('/sign-in') ? asked : '/'

export const signInPath = (from: string): string =>
  from === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(from)}`
