import { CoordinatorMessage } from '@tributary/protocols/messages'
import { io } from 'socket.io-client'
import { createInbox, type Inbox } from './inbox.ts'

/** A line over which anything can be said, and that answers nothing by itself. */
export type BareLine = {
  /** Emits an event of socket.io as it stands. */
  say(event: string, ...parts: unknown[]): void
  next: Inbox<CoordinatorMessage>['next']
  isOpen(): boolean
  /** Resolves when the coordinator has cut it, or `close` has. */
  ended: Promise<void>
  close(): void
}

export const openBareLine = (url: string, options: { origin?: string } = {}): BareLine => {
  const socket = io(`${url}/participate`, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    ...(options.origin ? { extraHeaders: { origin: options.origin } } : {}),
  })
  const inbox = createInbox<CoordinatorMessage>()
  socket.on('message', (received: unknown) => inbox.put(CoordinatorMessage.parse(received)))
  const ended = new Promise<void>((resolve) => {
    socket.once('disconnect', () => resolve())
    socket.once('connect_error', () => resolve())
  })
  return {
    say: (event, ...parts) => void socket.emit(event, ...parts),
    next: inbox.next,
    isOpen: () => socket.connected,
    ended,
    close: () => void socket.disconnect(),
  }
}
