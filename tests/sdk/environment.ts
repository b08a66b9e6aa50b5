/** Where the SDK runs, as its cases see it: the same in Node, in a page and in a worker. */
import type { ClientOptions, FederatedClient, Trainer } from '@tributary/client-sdk'
import type { OperatorDesk } from './operator-desk.ts'

export type Environment = {
  coordinator: string
  /** Of a task that is there when the case begins, with one client a round, and that no other case uses. */
  task: string
  /** A client of this device, which is the case's alone, with the stores that it has here; every call is another start of the app. */
  createClient<T extends Trainer>(
    options: Omit<ClientOptions<T>, 'coordinator'> & { coordinator?: string },
  ): FederatedClient<T>
  operator: OperatorDesk
}

export type Case = { title: string; run(environment: Environment): Promise<void> }
