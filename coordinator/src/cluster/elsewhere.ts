import type { ClientId, TaskId } from '@tributary/protocols'
import type { ReplicaId, Whereabouts } from './signal.ts'

/** Clients on the lines of other processes, as those have told. */
export type Elsewhere = {
  /** Clients checked in for a task at some other process; each once. */
  waiting(task: TaskId): Iterable<ClientId>
  count(task: TaskId): number
  /** Everyone who is checked in at some other process; one at two of them may come twice. */
  clients(): Iterable<ClientId>
  /** What a client is checked in for at other processes. */
  tasksOf(client: ClientId): TaskId[]
  /** A client's tasks at a peer; none takes it away. Answers the tasks that it was not checked in for before. */
  place(peer: ReplicaId, whereabouts: Whereabouts): TaskId[]
  /** Everyone at a peer, instead of whoever was known there. */
  replace(peer: ReplicaId, clients: readonly Whereabouts[]): TaskId[]
  forget(peer: ReplicaId): void
}

export const createElsewhere = (): Elsewhere => {
  const peers = new Map<ReplicaId, Map<ClientId, readonly TaskId[]>>()
  /** At how many peers a client is checked in for a task: two, for a moment, when it moves from one to the other. */
  const places = new Map<TaskId, Map<ClientId, number>>()

  const count = (task: TaskId, client: ClientId, change: 1 | -1) => {
    const clients = places.get(task) ?? new Map<ClientId, number>()
    places.set(task, clients)
    const next = (clients.get(client) ?? 0) + change
    if (next > 0) clients.set(client, next)
    else clients.delete(client)
  }

  const place = (peer: ReplicaId, { client, tasks }: Whereabouts): TaskId[] => {
    const clients = peers.get(peer) ?? new Map<ClientId, readonly TaskId[]>()
    peers.set(peer, clients)
    const before = clients.get(client) ?? []
    for (const task of before) count(task, client, -1)
    for (const task of tasks) count(task, client, 1)
    if (tasks.length > 0) clients.set(client, tasks)
    else clients.delete(client)
    return tasks.filter((task) => !before.includes(task))
  }

  const forget = (peer: ReplicaId) => {
    for (const client of [...(peers.get(peer)?.keys() ?? [])]) place(peer, { client, tasks: [] })
    peers.delete(peer)
  }

  return {
    waiting: (task) => places.get(task)?.keys() ?? [],
    count: (task) => places.get(task)?.size ?? 0,
    clients: () => [...peers.values()].flatMap((clients) => [...clients.keys()]),
    tasksOf: (client) => [...peers.values()].flatMap((clients) => clients.get(client) ?? []),
    place,
    replace(peer, clients) {
      forget(peer)
      return [...new Set(clients.flatMap((whereabouts) => place(peer, whereabouts)))]
    },
    forget,
  }
}
