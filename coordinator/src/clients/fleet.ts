import { setImmediate } from 'node:timers/promises'
import type { ClientId, RoundId, TaskId } from '@tributary/protocols'
import type { FleetView } from '@tributary/protocols/rest'
import type { Client } from '../ports/records.ts'
import type { PageRequest, Participation, Store } from '../ports/store.ts'
import { type Refusal, refuse } from '../refusal.ts'
import type { Round } from '../round/round.ts'
import { outstandingOf } from '../round/tally.ts'
import type { Presence } from './presence.ts'

/** A client, and where it is at this moment. */
export type PresentClient = Client & { online: boolean; waitingFor: TaskId[] }

export type FleetQuery = PageRequest<ClientId> & {
  status?: Client['status'] | undefined
  online?: boolean | undefined
  /** What the id begins with, `c-` and hex digits. */
  prefix?: string | undefined
}

export type FleetService = {
  /** In the order of their ids. */
  list(query: FleetQuery): Promise<PresentClient[]>
  get(id: ClientId): Promise<PresentClient | Refusal>
  /** What a client did, newest first. `invalid` where the page begins behind a round that is none. */
  rounds(id: ClientId, page: PageRequest<RoundId>): Promise<Participation[] | Refusal>
  counts(): Promise<FleetView>
}

type Needs = {
  store: Pick<Store, 'clients' | 'members' | 'rounds'>
  presence: Pick<Presence, 'everyone' | 'headcount' | 'whereabouts'>
}

/** The fleet as it is enrolled and as it is there. */
export const createFleet = ({ store, presence }: Needs): FleetService => {
  const present = (client: Client): PresentClient => {
    const { online, tasks } = presence.whereabouts(client.id)
    return { ...client, online, waitingFor: tasks }
  }
  const unknown = (id: ClientId) => refuse('not-found', `there is no client ${id}`, { about: { client: id } })

  /** Those on the line are known by name; the tables are asked for one page of names at a time. */
  const listOnline = async ({ limit, after, status, prefix = '' }: FleetQuery): Promise<Client[]> => {
    const names = [...presence.everyone()]
      .filter((id) => (after === undefined || id > after) && id.startsWith(prefix))
      .toSorted()
    const found: Client[] = []
    for (let at = 0; at < names.length && found.length < limit; at += limit)
      found.push(...(await store.clients.list({ limit, status, among: names.slice(at, at + limit) })))
    return found.slice(0, limit)
  }

  const listOffline = async ({ limit, after, status, prefix }: FleetQuery): Promise<Client[]> => {
    const found: Client[] = []
    for (let last = after; ; ) {
      const page = await store.clients.list({ limit: AT_ONCE, status, prefix, ...(last && { after: last }) })
      found.push(...page.filter(({ id }) => !presence.whereabouts(id).online))
      last = page.at(-1)?.id
      await setImmediate() // others have their turn
      if (found.length >= limit || page.length < AT_ONCE) return found.slice(0, limit)
    }
  }

  const select = ({ online, ...query }: FleetQuery): Promise<Client[]> => {
    if (online === undefined) return store.clients.list(query)
    return online ? listOnline(query) : listOffline(query)
  }

  return {
    list: async (query) => (await select(query)).map(present),
    async get(id) {
      const client = await store.clients.get(id)
      return client ? present(client) : unknown(id)
    },
    async rounds(id, page) {
      if (!(await store.clients.get(id))) return unknown(id)
      if (page.after !== undefined && !(await store.members.get(page.after, id)))
        return refuse('invalid', `query.cursor: ${NO_CURSOR}`, {
          mistakes: [{ path: 'query.cursor', message: NO_CURSOR }],
        })
      return store.members.ofClient(id, page)
    },
    counts: async () => fleetCounts({ store, presence }, await store.rounds.unsettled()),
  }
}

const NO_CURSOR = 'this is not a cursor of this list: begin again without one'

/** Clients looked at in one read, where most of them may be left out. */
const AT_ONCE = 500

/**
 * The fleet in counts, from sums that are kept anyway: no list of clients is read. Who is awaited by a round is taken for one
 * of those checked in, as its line may be gone; so `waiting` is at times a little less than there are.
 */
export const fleetCounts = async (
  { store, presence }: { store: Pick<Store, 'clients'>; presence: Pick<Presence, 'headcount'> },
  openRounds: readonly Round[],
): Promise<FleetView> => {
  const { online, checkedIn } = presence.headcount()
  const working = openRounds.reduce((sum, round) => sum + awaitedOf(round), 0)
  return {
    enrolled: await store.clients.active(),
    revoked: await store.clients.revoked(),
    withdrawn: await store.clients.withdrawn(),
    online,
    waiting: Math.max(0, checkedIn - working),
    working,
  }
}

const awaitedOf = (round: Round): number =>
  round.phase === 'training' || round.phase === 'secure-training' ? outstandingOf(round.tally) : 0
