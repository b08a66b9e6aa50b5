import type { ClientId } from '@tributary/protocols'
import type { Standings } from '../engine/standing.ts'
import type { Store } from '../ports/store.ts'
import { isAwaited } from '../round/member.ts'
import { isOpen } from '../round/round.ts'

type Needs = {
  store: { rounds: Pick<Store['rounds'], 'unsettled'> }
  standings: Pick<Standings, 'of' | 'decide'>
  fault(error: unknown, about: { during: string }): void
}

/** A client will not come any more: every round that waits for it goes on as if it had said so. What it has handed in stays in its round. */
export const createDropOut =
  ({ store, standings, fault }: Needs) =>
  (client: ClientId): void => {
    const dropOut = async () => {
      for (const round of await store.rounds.unsettled()) {
        if (!isOpen(round)) continue
        const { member } = (await standings.of(round.id, client)) ?? {}
        if (member && isAwaited(member))
          await standings.decide(round.id, client, { type: 'failed', client, reason: 'aborted' })
      }
    }
    void dropOut().catch((error) => fault(error, { during: 'a withdrawal' }))
  }
