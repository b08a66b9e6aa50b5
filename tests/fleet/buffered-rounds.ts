/** Rounds that count updates which earlier ones have asked for. */
import type { RoundDetail } from '@tributary/protocols/rest'
import type { LineClient } from './line-clients.ts'
import type { Operator } from './operator.ts'
import { referenceFedavg } from './reference-fedavg.ts'

export const receivedIn = (round: RoundDetail) => round.members.filter(({ status }) => status === 'received')

/** What FedBuff makes of an update that is so many versions behind. */
export const byThePaper = (behind: number): number => 1 / Math.sqrt(1 + behind)

/** The weights that a completed round should have made: each delta by how far behind its client was. */
export const expectedByAge = async (
  operator: Operator,
  clients: readonly LineClient[],
  round: RoundDetail,
  weightOf: (behind: number) => number = byThePaper,
): Promise<Float32Array> =>
  referenceFedavg(
    await operator.weights(round.task, round.base.version),
    receivedIn(round).map(({ client: id, invitation }) => {
      const update = clients.find((client) => client.id === id)?.updateFor(invitation?.round ?? '')
      if (!update || !invitation)
        throw new Error(`${round.id} counted an update of ${id}, who trained nothing`)
      const weight = Math.fround(weightOf(round.base.version - invitation.version))
      return { ...update, delta: update.delta.map((value) => Math.fround(weight * value)) }
    }),
  )
