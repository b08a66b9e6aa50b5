/**
 * Control messages over socket.io, by the platform's own WebSocket: one event named `message`, checked in both directions. When to
 * connect again is the machine's to decide, so a lost socket stays lost.
 */
import { unreachable } from '@tributary/protocols'
import type { CoordinatorMessage } from '@tributary/protocols/messages'
import { PlainClientMessage } from '@tributary/protocols/plain-round'
import { type Cancel, type ChannelListener, type Clock, deviceClock } from '@tributary/protocols/platform'
import type { ClientLine } from '../participation/index.ts'
import { messageOf, TributaryError } from '../tributary-error.ts'
import type { Endpoints } from './endpoints.ts'
import { createMessageReader } from './message-reader.ts'
import { connectPacket, eventPacket, PONG, packetOf } from './socket-packet.ts'

const NAMESPACE = '/participate'
/** From the first attempt to the namespace's welcome. */
const CONNECT_MS = 20_000

/**
 * Opens lines to this coordinator.
 * @throws TributaryError `bad-options` at once, where the platform has no WebSocket.
 */
export const socketLines = (endpoints: Endpoints): (() => ClientLine) => {
  if (typeof WebSocket === 'undefined')
    throw new TributaryError({
      code: 'bad-options',
      problem: 'this platform has no WebSocket, which a line to the coordinator is made of',
      remedy: 'Use Node 22 or newer, or give `surroundings.connect` a line of your own',
    })
  return () => openSocketLine(endpoints)
}

export type SocketLineOptions = {
  clock?: Clock | undefined
  /** Opens the socket: for apps that look at what passes. May throw, where there is to be none. Left out, the platform's own. */
  open?(address: string): WebSocket
}

export const openSocketLine = (
  endpoints: Endpoints,
  { clock = deviceClock(), open = (address) => new WebSocket(address) }: SocketLineOptions = {},
): ClientLine => {
  let socket: WebSocket | undefined
  let listener: ChannelListener<CoordinatorMessage> | undefined
  let connected = false
  let over = false
  let silenceMs = CONNECT_MS
  let stopWaiting: Cancel = () => undefined
  /** Begins the wait anew for what must come from the other side. */
  const wait = (reason: string) => {
    stopWaiting()
    stopWaiting = clock.wakeAt(clock.now() + silenceMs, () => end(reason))
  }
  const wentOffline = () => end('network connection lost')
  const end = (reason: string) => {
    if (over) return
    over = true
    connected = false
    stopWaiting()
    platform.removeEventListener?.('offline', wentOffline)
    // What was sent is in the socket's buffer, which it empties before it closes.
    socket?.close()
    listener?.closed(reason)
  }
  const hear = (frame: unknown) => {
    const packet = packetOf(frame, NAMESPACE)
    switch (packet.kind) {
      case 'open':
        silenceMs = packet.pingInterval + packet.pingTimeout
        socket?.send(connectPacket(NAMESPACE))
        break
      case 'connected':
        connected = true
        wait('ping timeout')
        break
      case 'ping':
        socket?.send(PONG)
        if (connected) wait('ping timeout')
        break
      case 'event':
        if (packet.name === 'message') hearMessage(packet.parts[0])
        break
      case 'close':
        end('transport close')
        break
      case 'disconnected':
        end('io server disconnect')
        break
      case 'not-connected':
        end(packet.problem)
        break
      case 'malformed':
        end('parse error')
        break
      case 'other':
        break
      default:
        unreachable(packet)
    }
  }
  const hearMessage = createMessageReader({
    message: (message) => {
      if (!over) listener?.message(message)
    },
    malformed: (detail) => {
      if (!over) listener?.malformed?.(detail)
    },
    failed: end,
  })
  const connect = () => {
    try {
      socket = open(addressOf(endpoints))
    } catch (error) {
      // A page over https may not open a socket without TLS.
      stopWaiting = clock.wakeAt(clock.now(), () => end(messageOf(error)))
      return
    }
    socket.addEventListener('message', ({ data }) => {
      if (!over) hear(data)
    })
    socket.addEventListener('error', () => end('websocket error'))
    socket.addEventListener('close', () => end('transport close'))
    // A browser that loses its network does not tell its sockets, who would wait for a ping.
    if (!isLocal(endpoints)) platform.addEventListener?.('offline', wentOffline)
    wait('timeout')
  }
  return {
    listen(heard) {
      if (listener) throw new Error('this line has a listener already')
      listener = heard
      if (!over) connect()
    },
    send(message) {
      if (!connected) return
      // What the schema refuses is a mistake of ours, and is seen before it travels; of a secure session, where it is said.
      const checked = message.type.startsWith('secagg-') ? message : PlainClientMessage.parse(message)
      socket?.send(eventPacket(NAMESPACE, 'message', checked))
    },
    close: (reason = 'closed by this client') => end(reason),
  }
}

const addressOf = ({ participate, socketPath }: Endpoints): string => {
  const { origin } = new URL(participate)
  return `${origin.replace(/^http/, 'ws')}${socketPath}/?EIO=4&transport=websocket`
}

/** A coordinator on this very device needs no network. */
const isLocal = ({ participate }: Endpoints): boolean => new URL(participate).hostname === 'localhost'

/** Pages and workers hear of their network by events; Node does not. */
const platform = globalThis as Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>>
