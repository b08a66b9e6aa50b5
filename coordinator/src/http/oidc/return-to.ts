/** An address that no answer names: what leads away from it leads away from the console. */
const HERE = 'http://console.invalid'

/**
 * Where in this console a browser goes when it has signed in: what it asked for, where that is a path here, else the
 * beginning. Read as browsers read it, for whom `/\evil.example` and `//evil.example` are other hosts.
 */
export const returnPath = (asked: string | undefined): string => {
  const url = asked?.startsWith('/') ? URL.parse(asked, HERE) : null
  if (url?.origin !== HERE || url.username !== '' || url.password !== '') return '/'
  // `/.//evil.example` is a path here until it is written out.
  if (url.pathname.startsWith('//') || /^\/(api|auth)(\/|$)/.test(url.pathname)) return '/'
  return `${url.pathname}${url.search}${url.hash}`
}
