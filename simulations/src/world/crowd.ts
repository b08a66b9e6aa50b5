/**
 * Registered clients, of whom only those are on a line that the next round wants: what a world costs grows with the cohort. Who that is is drawn
 * before each round, by chance and evenly, of those that are there, as a coordinator would draw. One whose time ends leaves, in a round too; one that is
 * lost says nothing, and one that has crashed comes back to the round if it is still open.
 */
import type { Participant, Trainer } from '@tributary/client-sdk'
import { createPersonalTraining } from '@tributary/client-sdk/personal'
import { isRefusal } from '@tributary/coordinator'
import type { ClientId, TaskId } from '@tributary/protocols'
import { encodePublicKey } from '@tributary/protocols/crypto'
import type { Cancel, SeededRandom } from '@tributary/protocols/runtime'
import { type ClientMemory, participationsIn, personalIn, variatesIn } from './client-memory.ts'
import { drawThere } from './draw-there.ts'
import type { Tamper } from './virtual-client.ts'
import type { Loss, VirtualDevice } from './virtual-device.ts'
import type { World } from './world.ts'

export type CrowdMember = {
  name: string
  trainer: Trainer
  device: VirtualDevice
  /** Whether it has anything to train on in that round. */
  hasWork(round: number): boolean
  /** Of a client that lies. */
  tamper?: Tamper
}

export type Crowd = {
  /** Puts all of them into the tables, unless they are there from an earlier leg. */
  register(): Promise<void>
  /** Begins a round as soon as those who take part are there and the others gone: drawn anew, or those of the round before who are there yet. */
  begin(who: 'drawn' | 'same'): void
  /** Of rounds that begin by themselves: draws who else is on the line from here on, beside those who are at work. */
  change(atWork: readonly ClientId[]): void
  /** Begins no more, and waits for nobody. */
  end(): void
  /** Whose id this is. */
  memberOf(client: ClientId): CrowdMember | undefined
  /** The number of the round that was begun last, from 1, and who was there for it: indexes of members, ascending. */
  round(): { number: number; cohort: readonly number[] }
}

/** Rows put into the tables at a time. */
const BATCH = 1_000
/** Virtual milliseconds after which it is looked again whether all are there. */
const LOOK_AGAIN_MS = 10
/** Where too few are there, it is looked again after this long at the earliest. */
const LEAST_WAIT_MS = 1_000
const OPERATOR = { id: 'simulate', name: 'simulate', role: 'admin' } as const

type Present = { participant: Participant; timeIsUp: Cancel }

export const createCrowd = ({
  world,
  task,
  members,
  size,
  least = size,
  always = [],
  random,
  ids,
  memories,
  begun,
  refused,
}: {
  world: () => World
  task: TaskId
  members: readonly CrowdMember[]
  /** How many a round is to have. */
  size: number
  /** How many have to be there for a round to be begun. */
  least?: number
  /** Who is drawn for every round. */
  always?: readonly number[]
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
  const present = new Map<number, Present>()
  const byId = new Map<ClientId, CrowdMember>()
  /** Who has crashed and is not back: what would bring it back. */
  const down = new Map<number, Cancel>()
  /** Who has crashed in the round that is open: nobody does twice. */
  const crashed = new Set<number>()
  let draws = 0
  let round: { number: number; cohort: readonly number[] } = { number: begun, cohort: [] }
  /** Who is to be there for the round, by index. */
  let wanted = new Map<number, ClientId | undefined>()
  let cancel: Cancel = () => {}

  const isThere = (index: number): boolean =>
    !down.has(index) &&
    (members[index]?.hasWork(round.number + 1) ?? false) &&
    (members[index]?.device.isThere(world().clock.now()) ?? false)

  const leave = (index: number) => {
    const leaving = present.get(index)
    present.delete(index)
    leaving?.timeIsUp()
    leaving?.participant.leave()
  }

  const memoryOf = (index: number): ClientMemory => {
    const memory = memories.get(index) ?? new Map()
    memories.set(index, memory)
    return memory
  }

  const arrive = (index: number) => {
    const member = members[index]
    if (!member || present.has(index)) return
    const { clock, startClient } = world()
    const { device, hasWork: _, ...self } = member
    const memory = memoryOf(index)
    const participant = startClient({
      ...self,
      participations: participationsIn(memory),
      variates: variatesIn(memory),
      personal: createPersonalTraining({ store: personalIn(memory) }),
      task,
      trainMs: () => device.trainMs(round.number),
      moves: {
        downloadMs: (bytes) => device.downloadMs(bytes, round.number),
        uploadMs: (bytes) => device.uploadMs(bytes, round.number),
      },
      loss() {
        const loss = crashed.has(index) ? undefined : device.lossIn(round.number)
        return loss && { afterMs: loss.afterMs, told: () => lose(index, loss) }
      },
    })
    const until = device.nextChange(clock.now())
    const timeIsUp = until === Number.POSITIVE_INFINITY ? () => {} : clock.wakeAt(until, () => depart(index))
    present.set(index, { participant, timeIsUp })
  }

  /** Its time has ended. */
  const depart = (index: number) => {
    leave(index)
    wanted.delete(index)
  }

  const lose = (index: number, { downMs }: Loss) => {
    leave(index)
    if (downMs === undefined) return
    crashed.add(index)
    memories.delete(index)
    const { clock } = world()
    const { number } = round
    const back = clock.wakeAt(clock.now() + downMs, () => {
      down.delete(index)
      if (round.number === number && wanted.has(index) && isThere(index)) arrive(index)
    })
    down.set(index, back)
  }

  const gather = () => {
    draws += 1
    const drawn = drawThere({
      of: members.length,
      count: size,
      always,
      isThere,
      random: random.fork(`cohort ${draws}`),
    })
    if (drawn.length < Math.min(least, members.length)) return waitForOthers()
    wanted = new Map(drawn.map((index) => [index, ids[index]]))
    for (const index of [...present.keys()]) if (!wanted.has(index)) leave(index)
    for (const index of drawn) arrive(index)
    beginWhenThere(new Set(wanted.values()))
  }

  const change = (atWork: readonly ClientId[]) => {
    draws += 1
    const others = drawThere({
      of: members.length,
      count: size,
      always,
      isThere,
      random: random.fork(`cohort ${draws}`),
    })
    const working = new Set(atWork)
    const staying = ids.flatMap((id, index) => (working.has(id) ? [index] : []))
    wanted = new Map([...staying, ...others].map((index) => [index, ids[index]]))
    round = { number: round.number + 1, cohort: [...wanted.keys()] }
    crashed.clear()
    for (const index of [...present.keys()]) if (!wanted.has(index)) leave(index)
    for (const index of others) arrive(index)
  }

  const goOn = () => {
    wanted = new Map([...wanted].filter(([index]) => present.has(index)))
    beginWhenThere(new Set(wanted.values()))
  }

  const waitForOthers = () => {
    const { clock } = world()
    const now = clock.now()
    const next = members.reduce(
      (soonest, { device }) => Math.min(soonest, device.nextChange(now)),
      down.size > 0 ? now + LEAST_WAIT_MS : Number.POSITIVE_INFINITY,
    )
    if (next === Number.POSITIVE_INFINITY)
      return refused(new Error(`fewer than ${least} clients are there, and no more will come`))
    cancel = clock.wakeAt(Math.max(next, now + LEAST_WAIT_MS), gather)
  }

  const beginWhenThere = (expected: ReadonlySet<ClientId | undefined>) => {
    const { clock, coordinator } = world()
    cancel = clock.wakeAt(clock.now() + LOOK_AGAIN_MS, () => {
      if (wanted.size < Math.min(least, members.length)) return gather()
      if (wanted.size < expected.size) return beginWhenThere(new Set(wanted.values()))
      const waiting = coordinator.presence.waiting(task)
      if (waiting.length !== expected.size || !waiting.every((client) => expected.has(client)))
        return beginWhenThere(expected)
      round = { number: round.number + 1, cohort: [...wanted.keys()] }
      crashed.clear()
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
    begin: (who) => (who === 'same' ? goOn() : gather()),
    change,
    end() {
      cancel()
      for (const back of down.values()) back()
      for (const { timeIsUp } of present.values()) timeIsUp()
    },
    memberOf: (client) => byId.get(client),
    round: () => round,
  }
}
