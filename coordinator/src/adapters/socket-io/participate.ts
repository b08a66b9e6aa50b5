import type { Server as HttpServer, IncomingHttpHeaders } from 'node:http'
import { ClientMessage, type CoordinatorMessage } from '@tributary/protocols/messages'
import type { Channel, ChannelListener } from '@tributary/protocols/runtime'
import { Server } from 'socket.io'
import * as z from 'zod'

export type SocketServer = {
  /** Live lines. */
  connections(): number
  /** Takes no new lines and ends those there are; the HTTP server goes on. */
  close(): void
}

/** The longest control message; anything bulky goes over HTTP. */
const MAX_MESSAGE_BYTES = 1_000_000

/**
 * Control messages over socket.io: websocket only, one event named `message`, every message checked on the way in.
 * Rates and mistakes are the gateway's concern.
 */
export const serveParticipants = (
  server: HttpServer,
  options: {
    /** Other origins whose pages may open lines. */
    origins: '*' | readonly string[]
    accept(line: Channel<CoordinatorMessage, ClientMessage>): void
  },
): SocketServer => {
  const io = new Server(server, {
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    allowRequest: (request, decide) => decide(null, isWelcome(request.headers, options.origins)),
  })
  // A socket that joined this one would never be asked who it is, and kept for as long as it answers pings.
  io.use((_socket, next) => next(new Error('lines are taken in at /participate')))
  const participants = io.of('/participate')
  participants.on('connection', (socket) => {
    let listener: ChannelListener<ClientMessage> | undefined
    socket.on('message', (...parts: unknown[]) => {
      const parsed = ClientMessage.safeParse(parts[0])
      if (parsed.success) listener?.message(parsed.data)
      else listener?.malformed?.(z.prettifyError(parsed.error))
    })
    socket.onAny((event: string) => {
      if (event !== 'message') listener?.malformed?.('messages travel in the event named message')
    })
    socket.once('disconnect', (reason) => {
      listener?.closed(reason)
      // socket.io keeps a connection that has left every namespace; here it has nothing left to say.
      socket.conn.close()
    })
    options.accept({
      send: (message) => void socket.emit('message', message),
      listen(next) {
        listener = next
      },
      close: () => void socket.disconnect(true),
    })
  })
  return {
    connections: () => participants.sockets.size,
    // Not `io.close()`, which closes the HTTP server as well and waits for the last of its connections.
    close: () => void io.engine.close(),
  }
}

/**
 * RFC 6455, section 10.2: CORS does not hold for web sockets, so the origin of a page is looked at here. The
 * coordinator's own pages are welcome, and clients that are no pages, which name no origin.
 */
const isWelcome = ({ origin, host }: IncomingHttpHeaders, origins: '*' | readonly string[]): boolean =>
  origin === undefined || origins === '*' || origins.includes(origin) || URL.parse(origin)?.host === host
