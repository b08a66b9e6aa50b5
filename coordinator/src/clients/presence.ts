import type { ClientId, TaskId } from '@tributary/protocols'
import type { CoordinatorMessage } from '@tributary/protocols/messages'

/** One authenticated line. */
export type Line = {
  client: ClientId
  send(message: CoordinatorMessage): void
  close(reason: string): void
}

/**
 * Who is on the line, and checked in for what. It lives in memory alone: after a restart clients come back by
 * themselves and say what they were doing.
 */
export type Presence = {
  /** Puts a line in place; one that the same client had before is returned, for the caller to close. */
  join(line: Line): Line | undefined
  /** Takes the line away, unless a newer one has replaced it. */
  drop(line: Line): void
  /** As long as the line is in place: one that has been replaced speaks for nobody. */
  checkIn(line: Line, task: TaskId): void
  checkOut(line: Line, task: TaskId): void
  /** The line of a client, if it is here. */
  line(client: ClientId): Line | undefined
  /** Clients checked in for a task. */
  waiting(task: TaskId): readonly ClientId[]
  count(task: TaskId): number
  online(): number
}

export const createPresence = (): Presence => {
  const lines = new Map<ClientId, Line>()
  const checkedIn = new Map<TaskId, Set<ClientId>>()
  const forget = (client: ClientId) => {
    for (const clients of checkedIn.values()) clients.delete(client)
  }
  return {
    join(line) {
      const before = lines.get(line.client)
      lines.set(line.client, line)
      if (before) forget(line.client)
      return before
    },
    drop(line) {
      if (lines.get(line.client) !== line) return
      lines.delete(line.client)
      forget(line.client)
    },
    checkIn(line, task) {
      if (lines.get(line.client) !== line) return
      const clients = checkedIn.get(task) ?? new Set()
      checkedIn.set(task, clients.add(line.client))
    },
    checkOut(line, task) {
      if (lines.get(line.client) === line) checkedIn.get(task)?.delete(line.client)
    },
    line: (client) => lines.get(client),
    waiting: (task) => [...(checkedIn.get(task) ?? [])],
    count: (task) => checkedIn.get(task)?.size ?? 0,
    online: () => lines.size,
  }
}
