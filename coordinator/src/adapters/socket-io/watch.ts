import { ADMIN_NAMESPACE, type LiveEvent, timestampOf } from '@tributary/protocols/rest'
import type { Cancel, Clock } from '@tributary/protocols/runtime'
import type { Namespace, Server, Socket } from 'socket.io'
import * as z from 'zod'
import type { Admission, AdmitWatcher, Handshake } from '../../live/admit-watchers.ts'
import type { Live } from '../../live/live.ts'
import { isRefusal } from '../../refusal.ts'
import type { Actor } from '../../services.ts'
import { isOwnPage } from './own-page.ts'

/** They say nothing, and hear one event. */
type Hears = { message: (event: LiveEvent) => void }
type Watching = Socket<Record<string, never>, Hears>

type Line = {
  socket: Watching
  handshake: Handshake
  actor: Actor
  /** Packets that wait for the connection to take them. */
  waiting: number
  /** It has missed something, and hears nothing more until it has caught up. */
  behind: boolean
  cancelEnd: Cancel
}

/** Lines at a process; each costs the coding of nothing, for what all of them hear is coded once. */
const MOST_LINES = 200
/** A line that takes longer than what is told meanwhile misses the rest, and is greeted anew: its page asks for all of it again. */
const MOST_WAITING = 64
/** A token that was revoked at another process, or a session that ended, is noticed after that time at the latest. */
const LOOK_EVERY_MS = 30_000

/** Socket.io's rooms: what is said in one is coded once for all who are in it. */
const EVERYBODY = 'everybody'
const ADMINS = 'admins'

/** Views as they change, for operators: the namespace `/admin`. A line says nothing; one that does is ended. */
export const takeWatchers = (
  io: Server,
  {
    clock,
    admit,
    watch,
    fault,
    ownOrigin,
  }: {
    clock: Clock
    admit: AdmitWatcher
    watch: Live['watch']
    fault(error: unknown): void
    ownOrigin: string | undefined
  },
): { lines(): number; stop(): void } => {
  const watchers: Namespace<Record<string, never>, Hears> = io.of(ADMIN_NAMESPACE)
  const lines = new Set<Line>()
  let admitting = 0
  let unwatch = () => {}
  let cancelLook: Cancel = () => {}

  const greet = ({ socket, actor: { name, role } }: Line) =>
    socket.emit('message', { type: 'hello', at: timestampOf(clock.now()), name, role })

  /** Rooms that a line hears, as it stands. */
  const place = ({ socket, actor, behind }: Line) => {
    for (const room of [EVERYBODY, ADMINS]) void socket.leave(room)
    if (!behind) void socket.join(actor.role === 'admin' ? [EVERYBODY, ADMINS] : EVERYBODY)
  }
  const hear = (event: LiveEvent) => {
    for (const line of lines)
      if (line.waiting >= MOST_WAITING && !line.behind) {
        line.behind = true
        place(line)
      }
    watchers.to(event.type === 'audit' ? ADMINS : EVERYBODY).emit('message', event)
  }

  /** Whether whoever holds the line still may; the line is ended where not. */
  const lookAt = async (line: Line) => {
    const admission = await admit(line.handshake)
    if (!lines.has(line)) return
    if (isRefusal(admission)) return void line.socket.disconnect(true)
    settle(line, admission)
  }
  const settle = (line: Line, { actor, expiresAt }: Admission) => {
    line.cancelEnd()
    if (expiresAt !== undefined && expiresAt <= clock.now()) return void line.socket.disconnect(true)
    if (expiresAt !== undefined)
      line.cancelEnd = clock.wakeAt(expiresAt, () => void lookAt(line).catch(fault))
    const before = line.actor
    line.actor = actor
    if (before.role === actor.role) return
    place(line)
    greet(line)
  }
  const lookAtAll = async () => {
    for (const line of [...lines]) await lookAt(line).catch(fault)
  }
  const lookLater = () => {
    cancelLook = clock.wakeAt(clock.now() + LOOK_EVERY_MS, () => {
      lookLater()
      void lookAtAll()
    })
  }

  watchers.use((socket, next) => {
    const refuse = (reason: string, detail: string) => {
      next(Object.assign(new Error(detail), { data: { reason } }))
      // Once it has been told, it has nothing to do here.
      setImmediate(() => socket.conn.close())
    }
    if (lines.size + admitting >= MOST_LINES)
      return refuse('too-many-lines', `${MOST_LINES} lines watch this process: close one, or try again later`)
    const handshake = handshakeOf(socket, ownOrigin)
    if (!handshake) return refuse('invalid', 'auth is an object with a token that is text, if anything')
    admitting++
    admit(handshake)
      .then(
        (admission) => {
          if (isRefusal(admission)) return refuse(admission.refused, admission.detail)
          socket.data = { handshake, admission }
          next()
        },
        (error: unknown) => {
          fault(error)
          refuse('unavailable', 'the coordinator cannot look up who you are at present: try again')
        },
      )
      .finally(() => admitting--)
  })

  watchers.on('connection', (socket) => {
    const { handshake, admission } = socket.data as { handshake: Handshake; admission: Admission }
    const line: Line = {
      socket,
      handshake,
      actor: admission.actor,
      waiting: 0,
      behind: false,
      cancelEnd: () => {},
    }
    socket.onAny(() => socket.disconnect(true))
    socket.conn.on('packetCreate', () => line.waiting++)
    socket.conn.on('drain', () => {
      line.waiting = 0
      if (!line.behind) return
      line.behind = false
      greet(line)
      place(line)
    })
    socket.once('disconnect', () => {
      line.cancelEnd()
      lines.delete(line)
      if (lines.size === 0) rest()
      socket.conn.close()
    })
    lines.add(line)
    if (lines.size === 1) begin()
    greet(line)
    place(line)
    settle(line, admission)
  })

  const begin = () => {
    unwatch = watch({ hear, accessChanged: () => void lookAtAll() })
    lookLater()
  }
  const rest = () => {
    unwatch()
    cancelLook()
  }

  return { lines: () => lines.size, stop: rest }
}

const Auth = z.object({ token: z.string().max(1_000).optional() })

/** A cookie speaks for whoever holds the browser, whatever page it shows: only the coordinator's own pages bring one. */
const handshakeOf = (
  { handshake: { auth, headers } }: Pick<Socket, 'handshake'>,
  ownOrigin: string | undefined,
): Handshake | undefined => {
  const parsed = Auth.safeParse(auth)
  if (!parsed.success) return undefined
  return {
    token: parsed.data.token,
    cookieHeader: isOwnPage(headers, ownOrigin) ? headers.cookie : undefined,
  }
}
