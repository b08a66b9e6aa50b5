/**
 * Control messages over socket.io: websocket only, one event named `message`, checked in both directions. When to
 * connect again is the machine's to decide, so a lost socket stays lost.
 */
import { ClientMessage, CoordinatorMessage } from '@tributary/protocols/messages'
import type { ChannelListener } from '@tributary/protocols/runtime'
import { io } from 'socket.io-client'
import * as z from 'zod'
import type { ClientLine } from '../participation/index.ts'
import type { Endpoints } from './endpoints.ts'

export const openSocketLine = ({ participate, socketPath }: Endpoints): ClientLine => {
  const socket = io(participate, {
    path: socketPath,
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    autoConnect: false,
  })
  let listener: ChannelListener<CoordinatorMessage> | undefined
  let over = false
  const end = (reason: string) => {
    if (over) return
    over = true
    socket.off()
    // socket.io drops a message that arrives together with its own word of parting; the websocket's end comes after.
    if (socket.connected) socket.io.engine.close()
    else socket.disconnect()
    listener?.closed(reason)
  }
  socket.on('message', (received: unknown) => {
    const message = CoordinatorMessage.safeParse(received)
    if (message.success) listener?.message(message.data)
    else listener?.malformed?.(z.prettifyError(message.error))
  })
  socket.on('connect_error', (error) => end(error.message))
  socket.on('disconnect', (reason) => end(reason))
  return {
    listen(heard) {
      if (listener) throw new Error('this line has a listener already')
      listener = heard
      socket.connect()
    },
    send(message) {
      // What the schema refuses is a mistake of ours, and is seen before it travels.
      if (socket.connected) socket.emit('message', ClientMessage.parse(message))
    },
    close: (reason = 'closed by this client') => end(reason),
  }
}
