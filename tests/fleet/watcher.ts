/** Somebody who watches: a real line of the namespace `/admin`. */
import { ADMIN_NAMESPACE, LiveEvent } from '@tributary/protocols/rest'
import { io } from 'socket.io-client'
import { until } from './until.ts'

type Told<Type extends LiveEvent['type']> = Extract<LiveEvent, { type: Type }>

export type Watcher = Disposable & {
  /** Everything that was told, in order. */
  told: LiveEvent[]
  /** Those of one kind. */
  of<Type extends LiveEvent['type']>(type: Type): Told<Type>[]
  /** The first of this kind that fits, once there is one. */
  first<Type extends LiveEvent['type']>(
    type: Type,
    fits?: (event: Told<Type>) => boolean,
  ): Promise<Told<Type>>
  /** Says something, which nobody who watches may. */
  say(event: string, ...parts: unknown[]): void
  /** Why the line ended, once it has. */
  ended: Promise<string>
  isOpen(): boolean
  /** Ends the line below socket.io, as a network does: the client comes back by itself. */
  cut(): void
}

type Opening = {
  token?: unknown
  headers?: Record<string, string>
  /** Comes back by itself where the line breaks. */
  reconnects?: boolean
}

export class NotLetIn extends Error {
  readonly reason: string
  constructor(error: Error & { data?: { reason?: string } }) {
    super(error.message, { cause: error })
    this.reason = error.data?.reason ?? 'none given'
  }
}

/** Resolves once it has been greeted. @throws NotLetIn */
export const openWatcher = async (
  url: string,
  { token, headers = {}, reconnects = false }: Opening = {},
): Promise<Watcher> => {
  const socket = io(url + ADMIN_NAMESPACE, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: reconnects,
    reconnectionDelay: 20,
    extraHeaders: headers,
    ...(token === undefined ? {} : { auth: { token } }),
  })
  const told: LiveEvent[] = []
  socket.on('message', (event: unknown) => told.push(LiveEvent.parse(event)))
  const ended = new Promise<string>((resolve) => socket.once('disconnect', resolve))
  const of = <Type extends LiveEvent['type']>(type: Type) =>
    told.filter((event): event is Told<Type> => event.type === type)
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('connect_error', (error) => reject(new NotLetIn(error)))
    })
  } catch (error) {
    socket.close()
    throw error
  }
  const watcher: Watcher = {
    told,
    of,
    first: (type, fits = () => true) => until(`a ${type} to be told`, () => of(type).find(fits)),
    say: (event, ...parts) => void socket.emit(event, ...parts),
    ended,
    isOpen: () => socket.connected,
    cut: () => void socket.io.engine.close(),
    [Symbol.dispose]: () => void socket.close(),
  }
  await watcher.first('hello')
  return watcher
}

/** Members of a round as they were told last, in the order of their ids. */
export const toldMembers = (told: readonly LiveEvent[], round: string) => {
  const events = told.filter((event) => event.type === 'members' && event.round === round)
  const latest = new Map(
    events.flatMap((event) =>
      event.type === 'members' ? event.members.map((member) => [member.client, member] as const) : [],
    ),
  )
  return [...latest.values()].toSorted((a, b) => (a.client < b.client ? -1 : 1))
}
