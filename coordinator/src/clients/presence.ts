import type { ClientId, TaskId } from '@tributary/protocols'
import type { CoordinatorMessage } from '@tributary/protocols/messages'

/** One authenticated line. */
export type Line = {
  client: ClientId
  openedAt: number
  send(message: CoordinatorMessage): void
  close(reason: string): void
}

/**
 * Who is on the line, and checked in for what. It lives in memory alone: after a restart clients come back by
 * themselves and say what they were doing. Lines are those of this process; who waits is known of all of them.
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
  /** Clients checked in for a task, here or at another process; each once. */
  waiting(task: TaskId): readonly ClientId[]
  /** How many those are. A client on its way from one process to another may count twice. */
  count(task: TaskId): number
  online(): number
  /** Everyone on the line here, and everyone checked in at another process; each once. */
  everyone(): Set<ClientId>
  /** How many are on the line, and how many of them are checked in for anything, here or elsewhere; each once. */
  headcount(): { online: number; checkedIn: number }
  /** Where a client is: on the line, and checked in for what. Of one at another process only that is known for which it is checked in. */
  whereabouts(client: ClientId): { online: boolean; tasks: TaskId[] }
  /** Everyone who is checked in on a line of this process. */
  roll(): { client: ClientId; tasks: TaskId[] }[]
}

/** What the other processes are told of this one's lines, and what is known of theirs. */
export type PresenceNeeds = {
  joined(client: ClientId): void
  left(client: ClientId): void
  /** The client is now checked in for these tasks. */
  moved(whereabouts: { client: ClientId; tasks: TaskId[] }): void
  elsewhere: {
    waiting(task: TaskId): Iterable<ClientId>
    count(task: TaskId): number
    clients(): Iterable<ClientId>
    tasksOf(client: ClientId): TaskId[]
    /** Clients on their lines, checked in or not, as they last said. */
    lines(): number
  }
}

const NOWHERE: PresenceNeeds = {
  joined() {},
  left() {},
  moved() {},
  elsewhere: { waiting: () => [], count: () => 0, clients: () => [], tasksOf: () => [], lines: () => 0 },
}

export const createPresence = ({ joined, left, moved, elsewhere }: PresenceNeeds = NOWHERE): Presence => {
  const lines = new Map<ClientId, { line: Line; tasks: Set<TaskId> }>()
  const checkedIn = new Map<TaskId, Set<ClientId>>()

  const forget = (client: ClientId, tasks: ReadonlySet<TaskId>) => {
    for (const task of tasks) checkedIn.get(task)?.delete(client)
    if (tasks.size > 0) moved({ client, tasks: [] })
  }
  /** Where this very line is in place: one that has been replaced speaks for nobody. */
  const placed = (line: Line) => {
    const here = lines.get(line.client)
    return here?.line === line ? here : undefined
  }

  return {
    join(line) {
      const before = lines.get(line.client)
      lines.set(line.client, { line, tasks: new Set() })
      if (before) forget(line.client, before.tasks)
      joined(line.client)
      return before?.line
    },
    drop(line) {
      const here = placed(line)
      if (!here) return
      lines.delete(line.client)
      forget(line.client, here.tasks)
      left(line.client)
    },
    checkIn(line, task) {
      const here = placed(line)
      if (!here) return
      const clients = checkedIn.get(task) ?? new Set()
      checkedIn.set(task, clients.add(line.client))
      here.tasks.add(task)
      moved({ client: line.client, tasks: [...here.tasks] })
    },
    checkOut(line, task) {
      const here = placed(line)
      if (!here) return
      checkedIn.get(task)?.delete(line.client)
      if (here.tasks.delete(task)) moved({ client: line.client, tasks: [...here.tasks] })
    },
    line: (client) => lines.get(client)?.line,
    waiting: (task) => [...new Set([...(checkedIn.get(task) ?? []), ...elsewhere.waiting(task)])],
    count: (task) => (checkedIn.get(task)?.size ?? 0) + elsewhere.count(task),
    online: () => lines.size,
    everyone: () => new Set([...lines.keys(), ...elsewhere.clients()]),
    headcount() {
      let idle = 0
      for (const { tasks } of lines.values()) if (tasks.size === 0) idle++
      const others = new Set(elsewhere.clients())
      for (const client of others) {
        const here = lines.get(client)
        if (!here) continue
        others.delete(client)
        if (here.tasks.size === 0) idle-- // it is checked in there
      }
      const there = Math.max(others.size, elsewhere.lines())
      return { online: lines.size + there, checkedIn: lines.size - idle + others.size }
    },
    whereabouts(client) {
      const here = lines.get(client)
      const tasks = [...new Set([...(here?.tasks ?? []), ...elsewhere.tasksOf(client)])].toSorted()
      return { online: here !== undefined || tasks.length > 0, tasks }
    },
    roll: () =>
      Array.from(lines, ([client, { tasks }]) => ({ client, tasks: [...tasks] })).filter(
        ({ tasks }) => tasks.length > 0,
      ),
  }
}
