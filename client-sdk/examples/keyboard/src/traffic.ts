/**
 * Everything that the SDK sends and hears, written down on its way: every request of `fetch` and every frame of the socket, with the bytes that pass.
 * What HTTP and WebSocket put around them (their own headers, frame heads, the browser asking whether it may) is not counted.
 */
import type { Surroundings } from '@tributary/client-sdk'
import { type Endpoints, openSocketLine } from '@tributary/client-sdk'

export type Passed = {
  number: number
  at: number
  way: 'out' | 'in'
  by: 'http' | 'socket'
  bytes: number
  /** A frame's text, or `PUT /api/v1/…`. */
  said: string
  /** What stands in the clear beside an upload. */
  submission?: string
  /** Of an answer, or `failed` where there was none. */
  status?: number | 'failed'
}

export type Watched = {
  surroundings: Pick<Surroundings, 'fetch' | 'connect'>
  /** While it is off nothing passes. */
  set(network: 'on' | 'off'): void
}

export const watchTraffic = (
  endpoints: Endpoints,
  heard: (passed: Omit<Passed, 'number'>) => void,
): Watched => {
  let network: 'on' | 'off' = 'on'
  const refuseOffline = () => {
    if (network === 'off') throw new TypeError('airplane mode is on')
  }
  return {
    set: (to) => {
      network = to
    },
    surroundings: {
      async fetch(url, init) {
        refuseOffline()
        const said = `${init.method ?? 'GET'} ${new URL(url).pathname}`
        const submission = new Headers(init.headers).get('tributary-submission') ?? undefined
        const body = sizeOf(init.body) + (submission?.length ?? 0)
        heard({
          at: Date.now(),
          way: 'out',
          by: 'http',
          bytes: body,
          said,
          ...(submission && { submission }),
        })
        const answer = await globalThis.fetch(url, init).catch((cause: unknown) => {
          heard({ at: Date.now(), way: 'in', by: 'http', bytes: 0, said, status: 'failed' })
          throw cause
        })
        const bytes = Number(answer.headers.get('content-length') ?? 0)
        heard({ at: Date.now(), way: 'in', by: 'http', bytes, said, status: answer.status })
        return answer
      },
      connect: () =>
        openSocketLine(endpoints, {
          open: (address) => {
            refuseOffline()
            return watchedSocket(address, heard)
          },
        }),
    },
  }
}

const watchedSocket = (address: string, heard: (passed: Omit<Passed, 'number'>) => void): WebSocket => {
  const socket = new WebSocket(address)
  const note = (way: Passed['way'], frame: unknown) => {
    const said = String(frame)
    heard({ at: Date.now(), way, by: 'socket', bytes: utf8(said), said })
  }
  const send = socket.send.bind(socket)
  socket.send = (frame) => {
    if (socket.readyState === WebSocket.OPEN) note('out', frame)
    send(frame)
  }
  socket.addEventListener('message', ({ data }) => note('in', data))
  return socket
}

const sizeOf = (body: BodyInit | null | undefined): number => {
  if (body === null || body === undefined) return 0
  if (typeof body === 'string') return utf8(body)
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return body.byteLength
  throw new Error('the SDK sends a body whose size is not known')
}

const utf8 = (text: string): number => new TextEncoder().encode(text).length
