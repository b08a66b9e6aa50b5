import type { Server as HttpServer, IncomingHttpHeaders } from 'node:http'
import { Server } from 'socket.io'
import { isOwnPage } from './own-page.ts'
import { takeParticipants } from './participate.ts'
import { takeWatchers } from './watch.ts'

export type SocketServer = {
  /** Live lines. */
  lines(): { participants: number; admins: number }
  /** Takes no new lines and ends those there are; the HTTP server goes on. */
  close(): void
}

/** The longest control message; anything bulky goes over HTTP. */
const MAX_MESSAGE_BYTES = 1_000_000

/** socket.io on the HTTP server's port, websocket only: clients come in at `/participate`, whoever watches at `/admin`. */
export const serveSockets = (
  server: HttpServer,
  {
    origins,
    ownOrigin,
    participants,
    watchers,
  }: {
    /** Other origins whose pages may open lines. */
    origins: '*' | readonly string[]
    /** Where browsers reach the coordinator, where a proxy before it may name another host to it. */
    ownOrigin?: string | undefined
    participants: Parameters<typeof takeParticipants>[1]
    watchers: Omit<Parameters<typeof takeWatchers>[1], 'ownOrigin'>
  },
): SocketServer => {
  const io = new Server(server, {
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    allowRequest: (request, decide) =>
      decide(null, isOwnPage(request.headers, ownOrigin) || isWelcome(request.headers, origins)),
  })
  // A socket that joined this one would never be asked who it is, and kept for as long as it answers pings.
  io.use((_socket, next) => next(new Error('lines are taken in at /participate, and at /admin')))
  const participating = takeParticipants(io, participants)
  const watching = takeWatchers(io, { ...watchers, ownOrigin })
  return {
    lines: () => ({ participants: participating(), admins: watching.lines() }),
    // Not `io.close()`, which closes the HTTP server as well and waits for the last of its connections.
    close() {
      watching.stop()
      io.engine.close()
    },
  }
}

/**
 * RFC 6455, section 10.2: CORS does not hold for web sockets, so the origin of a page is looked at here. The
 * coordinator's own pages are welcome, and clients that are no pages, which name no origin.
 */
const isWelcome = ({ origin }: IncomingHttpHeaders, origins: '*' | readonly string[]): boolean =>
  origin === undefined || origins === '*' || origins.includes(origin)
