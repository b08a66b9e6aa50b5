/** Clients of the task `line` and the coordinator that they join, which go together when a test is over. */
import { type LineClient, type LineClientOptions, lineClient, rowsOf } from './line-clients.ts'
import { startCoordinator, type TestCoordinator } from './test-coordinator.ts'

/** What a client of the fleet does in a way of its own. */
export type Habits = Omit<Partial<LineClientOptions>, 'url' | 'task'>

export type LineFleet = {
  coordinator: TestCoordinator
  /** All that have joined. */
  joined: readonly LineClient[]
  /** Enrols and joins clients, with habits of their own. */
  join(...habits: Habits[]): Promise<LineClient[]>
  [Symbol.asyncDispose](): Promise<void>
}

export const startLineFleet = async (): Promise<LineFleet> => {
  const coordinator = await startCoordinator()
  const joined: LineClient[] = []
  return {
    coordinator,
    joined,
    async join(...habits) {
      const token = await coordinator.operator.invite(habits.length)
      const clients = await Promise.all(
        habits.map((habit, i) => lineClient(token, { url: coordinator.url, rows: rowsOf(i), ...habit })),
      )
      joined.push(...clients)
      await Promise.all(clients.map(({ client }) => client.join()))
      return clients
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(joined.map(({ client }) => client.leave()))
      await coordinator[Symbol.asyncDispose]()
    },
  }
}
