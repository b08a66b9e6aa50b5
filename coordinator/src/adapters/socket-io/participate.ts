import type { Server as HttpServer } from 'node:http'
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
    origins: '*' | readonly string[]
    accept(line: Channel<CoordinatorMessage, ClientMessage>): void
  },
): SocketServer => {
  const io = new Server(server, {
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    cors: { origin: options.origins === '*' ? '*' : [...options.origins] },
  })
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
    socket.once('disconnect', (reason) => listener?.closed(reason))
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
