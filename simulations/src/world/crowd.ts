/**
 * Registered clients, of whom only those are on a line that the next round wants: what a world costs grows with the cohort. Who that is is drawn
 * before each round, by chance and evenly, as a coordinator would draw from all of them.
 */
import type { Participant, Trainer } from '@tributary/client-sdk'
import { isRefusal } from '@tributary/coordinator'
import type { ClientId, TaskId } from '@tributary/protocols'
import { encodePublicKey } from '@tributary/protocols/crypto'
import { type Cancel, integerBelow, type SeededRandom } from '@tributary/protocols/runtime'
import { type ClientMemory, participationsIn, variatesIn } from './client-memory.ts'
import type { World } from './world.ts'

export type CrowdMember = { name: string; trainer: Trainer; trainMs: number }

export type Crowd = {
  /** Puts all of them into the tables, unless they are there from an earlier leg. */
  register(): Promise<void>
  /** Begins a round as soon as those who take part are there and the others gone: drawn anew, or those of the round before. */
  begin(who: 'drawn' | 'same'): void
  /** Begins no more, and waits for nobody. */
  end(): void
  /** Whose id this is. */
  memberOf(client: ClientId): CrowdMember | undefined
}

/** Rows put into the tables at a time. */
const BATCH = 1_000
/** Virtual milliseconds after which it is looked again whether all are there. */
const LOOK_AGAIN_MS = 10
const OPERATOR = { id: 'simulate', name: 'simulate', role: 'admin' } as const

export const createCrowd = ({
  world,
  task,
  members,
  size,
  random,
  ids,
  memories,
  begun: begunBefore,
  refused,
}: {
  world: () => World
  task: TaskId
  members: readonly CrowdMember[]
  /** How many a round is to have. */
  size: number
  random: SeededRandom
  /** Of the members, in their order; filled where it is empty. Making them costs more than most rounds, so who runs several legs keeps them. */
  ids: ClientId[]
  /** What each keeps, by index: they read and write it. */
  memories: Map<number, ClientMemory>
  /** How many rounds were begun before. */
  begun: number
  /** A round could not be begun. */
  refused(why: unknown): void
}): Crowd => {
  const present = new Map<number, Participant>()
  const byId = new Map<ClientId, CrowdMember>()
  let begun = begunBefore
  let wanted: readonly number[] = []
  let cancel: Cancel = () => {}

  const gather = (wanted: readonly number[]) => {
    const { startClient } = world()
    const staying = new Set(wanted)
    for (const [index, participant] of present) {
      if (staying.has(index)) continue
      participant.leave()
      present.delete(index)
    }
    for (const index of wanted) {
      const member = members[index]
      if (!member || present.has(index)) continue
      const memory = memories.get(index) ?? new Map()
      memories.set(index, memory)
      const kept = { participations: participationsIn(memory), variates: variatesIn(memory) }
      present.set(index, startClient({ ...member, task, ...kept }))
    }
  }

  const beginWhenThere = (wanted: ReadonlySet<ClientId>) => {
    const { clock, coordinator } = world()
    cancel = clock.wakeAt(clock.now() + LOOK_AGAIN_MS, () => {
      const waiting = coordinator.presence.waiting(task)
      if (waiting.length !== wanted.size || !waiting.every((client) => wanted.has(client)))
        return beginWhenThere(wanted)
      void coordinator.services.rounds.trigger(task, OPERATOR).then((begun) => {
        if (isRefusal(begun)) refused(`the coordinator begins no round: ${begun.detail}`)
      }, refused)
    })
  }

  return {
    async register() {
      const { clock, identityOf, store } = world()
      const areThere = (await store.clients.active()) > 0
      for (let from = ids.length; from < members.length; from += BATCH) {
        const changes = members.slice(from, from + BATCH).map((member) => {
          const { clientId: id, publicKey } = identityOf(member.name)
          ids.push(id)
          const client = {
            id,
            publicKey: encodePublicKey(publicKey),
            status: 'active' as const,
            enrolledAt: clock.now(),
            enrolledBy: 'simulated',
          }
          return { kind: 'insert-client' as const, client }
        })
        if (!areThere) await store.commit(changes)
      }
      for (const [index, member] of members.entries()) {
        const id = ids[index]
        if (id) byId.set(id, member)
      }
    },
    begin(who) {
      begun += 1
      if (who === 'drawn') wanted = sample(members.length, size, random.fork(`cohort ${begun}`))
      gather(wanted)
      beginWhenThere(new Set(wanted.flatMap((index) => ids[index] ?? [])))
    },
    end: () => cancel(),
    memberOf: (client) => byId.get(client),
  }
}

/** So many different ones of 0 … `of` − 1, each as likely (Floyd's algorithm: Bentley and Floyd 1987). */
export const sample = (of: number, count: number, random: SeededRandom): number[] => {
  const drawn = new Set<number>()
  for (let last = Math.max(0, of - count); last < of; last++) {
    const next = integerBelow(random, last + 1)
    drawn.add(drawn.has(next) ? last : next)
  }
  return [...drawn].sort((a, b) => a - b)
}
