/** Which pages a request comes from, as far as the browser that sends it says. */
import type { IncomingHttpHeaders } from 'node:http'

export type Whence =
  /** From a page of this coordinator's own. */
  | 'own'
  /** From another origin's page, or from one that has none. */
  | 'foreign'
  /** Nothing says so: it was typed in, or no browser sent it. */
  | 'unsaid'

/**
 * Browsers say in `Sec-Fetch-Site` how a request relates to the page that makes it, and pages cannot say otherwise
 * (Fetch Metadata, W3C). Those too old for it, and any over plain HTTP to another machine, name the page in `Origin`.
 * `Referer` is not looked at: pages can leave it out.
 * @param hosts The coordinator's own, each with its port where it is not the usual one.
 */
export const whence = (
  headers: Pick<IncomingHttpHeaders, 'origin' | 'sec-fetch-site'>,
  hosts: readonly (string | undefined)[],
): Whence => {
  const site = headers['sec-fetch-site']
  if (site === 'same-origin') return 'own'
  if (site === 'none') return 'unsaid'
  if (site !== undefined) return 'foreign'
  if (headers.origin === undefined) return 'unsaid'
  const host = URL.parse(headers.origin)?.host
  return host !== undefined && hosts.includes(host) ? 'own' : 'foreign'
}
