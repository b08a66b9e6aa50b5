import type { RoundDetail } from '@tributary/protocols/rest'
import type { LineClient } from './line-clients.ts'
import type { Operator } from './operator.ts'
import { type PlainUpdate, referenceFedavg } from './reference-fedavg.ts'

/** What the clients whose updates a round counted made for it, by their own arithmetic. */
export const updatesOf = (clients: readonly LineClient[], round: RoundDetail): PlainUpdate[] =>
  round.members
    .filter(({ status }) => status === 'received')
    .map(({ client: id }) => {
      const update = clients.find((client) => client.id === id)?.updateFor(round.id)
      if (!update) throw new Error(`${round.id} counted an update of ${id}, who trained nothing for it`)
      return update
    })

/** The weights that a completed round should have made of its base and its members' updates. */
export const expectedWeights = async (
  operator: Operator,
  clients: readonly LineClient[],
  round: RoundDetail,
): Promise<Float32Array> =>
  referenceFedavg(await operator.weights(round.task, round.base.version), updatesOf(clients, round))
