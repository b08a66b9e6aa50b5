import type { IncomingHttpHeaders } from 'node:http'

/** Whether a page of the coordinator's own opens a web socket. `ownOrigin`: where browsers reach it, if a proxy may say another host. */
export const isOwnPage = (
  { origin, host }: Pick<IncomingHttpHeaders, 'origin' | 'host'>,
  ownOrigin: string | undefined,
): boolean => {
  if (origin === undefined) return false
  return origin === ownOrigin || (host !== undefined && URL.parse(origin)?.host === host)
}
