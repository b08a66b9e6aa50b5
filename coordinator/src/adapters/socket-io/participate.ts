import { ClientMessage, type CoordinatorMessage } from '@tributary/protocols/messages'
import type { Channel, ChannelListener } from '@tributary/protocols/runtime'
import type { Server } from 'socket.io'
import * as z from 'zod'

/**
 * Control messages of clients: one event named `message`, every message checked on the way in. Rates and mistakes are the
 * gateway's concern. Answers how many lines there are.
 */
export const takeParticipants = (
  io: Server,
  { accept }: { accept(line: Channel<CoordinatorMessage, ClientMessage>): void },
): (() => number) => {
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
    accept({
      send: (message) => void socket.emit('message', message),
      listen(next) {
        listener = next
      },
      close: () => void socket.disconnect(true),
    })
  })
  return () => participants.sockets.size
}
