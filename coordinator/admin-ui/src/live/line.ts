/** The line to the coordinator's `/admin` namespace, and how it stands. */
import type { ADMIN_NAMESPACE as AdminNamespace, LiveEvent } from '@tributary/protocols/rest'
import { io } from 'socket.io-client'

const ADMIN_NAMESPACE: typeof AdminNamespace = '/admin'
const POLL_MS = 10_000
/** After a refusal, which a new session or a new version of the coordinator may end. */
const TRY_AGAIN_MS = 30_000

/**
 *   connecting ──hello──▶ catching-up ──all asked again──▶ live
 *       │                      ▲                            │
 *       └──refused, lost──▶ offline ⇄ polling ◀────lost─────┘
 */
export type LineState =
  | { kind: 'connecting' }
  | { kind: 'catching-up' }
  | { kind: 'live' }
  /** No line, and REST does not answer either. */
  | { kind: 'offline'; since: string }
  /** No line, but REST answers: everything is asked again every ten seconds. */
  | { kind: 'polling'; since: string }

type Needs = {
  events: (event: LiveEvent) => void
  state: (state: LineState) => void
  /** Asks again for all that is shown; rejects where nobody answers. */
  askAgain: () => Promise<void>
}

/** Opens the line and keeps it. What is said while it is down is lost, so after every `hello` everything is asked again. */
export const openLine = ({ events, state, askAgain }: Needs): { close(): void } => {
  let lostAt: string | undefined
  let closed = false
  let poll: ReturnType<typeof setTimeout> | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  const socket = io(ADMIN_NAMESPACE, { transports: ['websocket', 'polling'], withCredentials: true })

  const lost = () => {
    if (closed || lostAt !== undefined) return
    const since = new Date().toISOString()
    lostAt = since
    state({ kind: 'offline', since })
    const tick = async () => {
      const kind = await askAgain().then(
        () => 'polling' as const,
        () => 'offline' as const,
      )
      if (lostAt !== since || closed) return
      state({ kind, since })
      poll = setTimeout(() => void tick(), POLL_MS)
    }
    void tick()
  }

  const found = async () => {
    lostAt = undefined
    clearTimeout(poll)
    state({ kind: 'catching-up' })
    await askAgain().catch(() => undefined)
    if (lostAt === undefined && !closed) state({ kind: 'live' })
  }

  socket.on('message', (event: LiveEvent) => {
    if (event.type === 'hello') void found()
    else events(event)
  })
  socket.on('disconnect', (reason) => {
    lost()
    // Ended by the coordinator's own hand: socket.io does not come back by itself then.
    if (reason === 'io server disconnect') again = setTimeout(() => socket.connect(), TRY_AGAIN_MS)
  })
  socket.on('connect_error', () => {
    lost()
    if (!socket.active) again = setTimeout(() => socket.connect(), TRY_AGAIN_MS)
  })

  state({ kind: 'connecting' })
  return {
    close() {
      closed = true
      clearTimeout(poll)
      clearTimeout(again)
      socket.disconnect()
    },
  }
}
