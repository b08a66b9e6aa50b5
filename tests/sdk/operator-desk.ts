import { ClientId, RoundId } from '@tributary/protocols'
import { restPaths } from '@tributary/protocols/rest'
import type { TestCoordinator } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'

/** What cases ask of whoever runs the coordinator. Questions and answers can be sent as JSON, out of a page too. */
export type OperatorDesk = {
  /** An invitation for one client. */
  invite(): Promise<string>
  /** A further task, as the case's own is: one client a round. */
  createTask(id: string): Promise<void>
  /** Begins a round and gives its id. */
  begin(task: string): Promise<string>
  /** How the round ended, once it has, and what became of its members. */
  ended(round: string): Promise<{ phase: string; received: string[]; versions: number[] }>
  /** What this client is to the round, by the coordinator's word. */
  statusOf(round: string, client: string): Promise<string | undefined>
  abandon(round: string): Promise<void>
  revoke(client: string): Promise<void>
}

export const operatorDesk = ({ operator, settled }: TestCoordinator): OperatorDesk => {
  const done = async (answer: ReturnType<typeof operator.call>) => {
    const { status, body } = await answer
    if (status >= 300) throw new Error(`answered ${status}: ${JSON.stringify(body)}`)
  }
  return {
    invite: () => operator.invite(1),
    async createTask(id) {
      await operator.createTask(lineTask({ id, clients: 1 }))
    },
    begin: async (task) => (await operator.trigger(task)).id,
    async ended(id) {
      await settled(id)
      const { phase, members, task } = await operator.round(id)
      const received = members.filter(({ status }) => status === 'received').map(({ client }) => client)
      const made = (await operator.models(task)).filter(
        ({ origin }) => origin.kind === 'round' && origin.round === id,
      )
      return { phase, received, versions: made.map(({ version }) => version) }
    },
    statusOf: async (id, client) =>
      (await operator.round(id)).members.find((member) => member.client === client)?.status,
    abandon: (id) =>
      done(operator.call('POST', restPaths.abandon(RoundId.parse(id)), { reason: 'the case is over' })),
    revoke: (client) => done(operator.call('DELETE', restPaths.client(ClientId.parse(client)))),
  }
}
