/**
 * What travels in the text frames of a line: Engine.IO 4 (its first digit) and, in its messages, Socket.IO 5 (its second), as far as a line speaks
 * them: one namespace, events of plain JSON, no acknowledgements, nothing binary.
 * https://socket.io/docs/v4/engine-io-protocol/ and https://socket.io/docs/v4/socket-io-protocol/
 */
import * as z from 'zod/mini'

export type Packet =
  /** The first: a ping comes this often, and the line is lost when one is so late. */
  | { kind: 'open'; pingInterval: number; pingTimeout: number }
  | { kind: 'ping' }
  /** The other side ends the connection, or this namespace of it. */
  | { kind: 'close' }
  | { kind: 'connected' }
  | { kind: 'disconnected' }
  | { kind: 'not-connected'; problem: string }
  | { kind: 'event'; name: string; parts: readonly unknown[] }
  /** Nothing that this side need know of. */
  | { kind: 'other' }
  /** What is no packet, or one that a line has no use for: anything binary. */
  | { kind: 'malformed' }

export const PONG = '3'

export const connectPacket = (namespace: string): string => `40${namespace},`

export const eventPacket = (namespace: string, name: string, part: unknown): string =>
  `42${namespace},${JSON.stringify([name, part])}`

/** What a frame says to this namespace. */
export const packetOf = (frame: unknown, namespace: string): Packet => {
  if (typeof frame !== 'string') return MALFORMED
  switch (frame[0]) {
    case '0': {
      const handshake = Handshake.safeParse(jsonOf(frame.slice(1)))
      return handshake.success ? { kind: 'open', ...handshake.data } : MALFORMED
    }
    case '1':
      return { kind: 'close' }
    case '2':
      return { kind: 'ping' }
    case '4':
      return messageOf(frame, namespace)
    case '6':
      return { kind: 'other' }
    default:
      return MALFORMED
  }
}

const MALFORMED: Packet = { kind: 'malformed' }

const messageOf = (frame: string, namespace: string): Packet => {
  const [, type, of = '/', payload = ''] = MESSAGE.exec(frame) ?? []
  if (type !== undefined && of !== namespace) return { kind: 'other' }
  switch (type) {
    case '0':
      return { kind: 'connected' }
    case '1':
      return { kind: 'disconnected' }
    case '2': {
      const event = Event.safeParse(jsonOf(payload))
      if (!event.success) return MALFORMED
      const [name, ...parts] = event.data
      return { kind: 'event', name, parts }
    }
    case '4': {
      const refusal = Refusal.safeParse(jsonOf(payload))
      return refusal.success ? { kind: 'not-connected', problem: refusal.data.message } : MALFORMED
    }
    default:
      return MALFORMED
  }
}

/** Type; namespace, where it is not `/`; the number by which an event wants to be acknowledged, which is passed over; JSON. */
const MESSAGE = /^4([0124])(?:(\/[^,]*),)?\d*(.*)$/s

/** Timers hold no more than 31 bits of milliseconds. */
const Milliseconds = z.int().check(z.positive(), z.maximum(1_000_000_000))
const Handshake = z.object({ pingInterval: Milliseconds, pingTimeout: Milliseconds })
const Event = z.tuple([z.string()], z.unknown())
const Refusal = z.object({ message: z.string() })

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
