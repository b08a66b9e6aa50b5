import { TributaryError } from '../tributary-error.ts'

/** Where a coordinator answers. A path in its address is a prefix that all of its own come under. */
export type Endpoints = {
  /** The address of a REST path such as `/api/v1/clients`. */
  rest(path: string): string
  /** Origin and namespace, as socket.io wants them. */
  participate: string
  /** The path of the socket.io endpoint itself. */
  socketPath: string
}

/** @throws TributaryError `bad-options` unless this is an http or https address. */
export const endpointsOf = (coordinator: string | URL): Endpoints => {
  const url = urlOf(coordinator)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new TributaryError({
      code: 'bad-options',
      problem: `${JSON.stringify(String(coordinator))} is not the address of a coordinator`,
      remedy: 'Give its http or https address, such as https://learn.example.org',
    })
  const prefix = url.pathname.replace(/\/+$/, '')
  return {
    rest: (path) => `${url.origin}${prefix}${path}`,
    participate: `${url.origin}/participate`,
    socketPath: `${prefix}/socket.io`,
  }
}

const urlOf = (text: string | URL): URL | undefined => {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
