import type { ClientId, RoundId } from '@tributary/protocols'
import type { FleetView } from '@tributary/protocols/rest'
import type { Presence } from '../clients/presence.ts'
import type { Engine } from '../engine/engine.ts'
import type { Store } from '../ports/store.ts'
import { isAwaited } from '../round/member.ts'
import type { Round } from '../round/round.ts'

type Needs = {
  store: { rounds: Pick<Store['rounds'], 'unsettled'>; clients: Pick<Store['clients'], 'active' | 'revoked'> }
  engine: Pick<Engine, 'members'>
  presence: Pick<Presence, 'online' | 'checkedIn'>
  /** Clients on the lines of other processes. */
  onlineElsewhere(): number
}

/** Counts of the fleet over all processes. */
export const createFleet =
  ({ store, engine, presence, onlineElsewhere }: Needs) =>
  async (): Promise<FleetView> => {
    const working = await awaited(await store.rounds.unsettled(), engine)
    let waiting = 0
    for (const client of presence.checkedIn()) if (!working.has(client)) waiting++
    return {
      enrolled: await store.clients.active(),
      revoked: await store.clients.revoked(),
      online: presence.online() + onlineElsewhere(),
      waiting,
      working: working.size,
    }
  }

const awaited = async (rounds: readonly Round[], { members }: Needs['engine']): Promise<Set<ClientId>> => {
  const ids: RoundId[] = rounds.flatMap(({ id, phase }) =>
    phase === 'training' || phase === 'secure-training' ? [id] : [],
  )
  const working = new Set<ClientId>()
  for (const id of ids)
    for (const member of await members(id)) if (isAwaited(member)) working.add(member.client)
  return working
}
