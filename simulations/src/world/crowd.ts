/**
 * Registered clients, of whom only those are on a line that the next round wants: what a world costs grows with the cohort. Who that is is drawn
 * before each round, by chance and evenly, of those that are there, as a coordinator would draw; of buffered rounds, places that come free are filled in
 * between. One whose time ends leaves, in a round too; one that is lost says nothing, and one that has crashed comes back to the round if it is still open.
 */
import type { Trainer } from '@tributary/client-sdk'
import type { Participant } from '@tributary/client-sdk/participant'
import { createPersonalTraining } from '@tributary/client-sdk/personal'
import { isRefusal, type Round } from '@tributary/coordinator'
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
  /**
   * Of buffered rounds, which begin by themselves: draws who is on the line from here on beside those whom the last round left at work; places that are free
   * later go to whoever is there then. Where that round came to nothing and too few are there, the task is paused until there are enough.
   */
  change(last: Ended | undefined): Promise<void>
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

type Ended = Pick<Round, 'id' | 'phase'>
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
  let fillings = 0
  /** Of buffered rounds: places on the line that come free between draws are filled. */
  let isKeptFull = false
  let isPaused = false
  let round: { number: number; cohort: readonly number[] } = { number: begun, cohort: [] }
  /** Who is to be there for the round, by index. */
  let wanted = new Map<number, ClientId | undefined>()
  let cancel: Cancel = () => {}

  const isFree = (index: number, inRound: number): boolean =>
    !down.has(index) &&
    (members[index]?.hasWork(inRound) ?? false) &&
    (members[index]?.device.isThere(world().clock.now()) ?? false)
  const enough = Math.min(least, members.length)
  /** Who is to be there for the next round; fewer where fewer are. */
  const draw = (): number[] => {
    draws += 1
    return drawThere({
      of: members.length,
      count: size,
      always,
      isThere: (index) => isFree(index, round.number + 1),
      random: random.fork(`cohort ${draws}`),
    })
  }

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
    if (isKeptFull) fill()
  }

  const lose = (index: number, { downMs }: Loss) => {
    leave(index)
    if (downMs !== undefined) comeBackAfter(index, downMs)
    if (isKeptFull) fill()
  }

  const comeBackAfter = (index: number, downMs: number) => {
    crashed.add(index)
    memories.delete(index)
    const { clock } = world()
    const { number } = round
    const back = clock.wakeAt(clock.now() + downMs, () => {
      down.delete(index)
      if (round.number === number && wanted.has(index) && isFree(index, number)) arrive(index)
    })
    down.set(index, back)
  }

  const gather = () => {
    const drawn = draw()
    if (drawn.length < enough) return waitForOthers(gather)
    bring(drawn)
    beginWhenThere(new Set(wanted.values()))
  }

  /** These are wanted from here on, and those who are there come; all others leave. */
  const bring = (drawn: readonly number[], staying: readonly number[] = []) => {
    wanted = new Map([...staying, ...drawn].map((index) => [index, ids[index]]))
    for (const index of [...present.keys()]) if (!wanted.has(index)) leave(index)
    for (const index of drawn) arrive(index)
  }

  const change: Crowd['change'] = async (last) => {
    cancel()
    isKeptFull = false
    const drawn = draw()
    const working = new Set(last ? await atWork(last) : [])
    const staying = ids.flatMap((id, index) => (working.has(id) ? [index] : []))
    if (last?.phase === 'abandoned' && drawn.length < enough) {
      // Of a task that is paused clients that come are sent away for long.
      bring([], staying)
      if (!isPaused) await tellTask('pause')
      return waitForOthers(() => void world().computing.now(change(last)).catch(refused))
    }
    if (isPaused) {
      await tellTask('resume')
      bring([], staying)
    }
    round = { number: round.number + 1, cohort: [...new Set([...staying, ...drawn])] }
    crashed.clear()
    bring(drawn, staying)
    isKeptFull = true
    fill()
  }

  const fill = () => {
    cancel()
    const count = size - present.size
    if (count <= 0) return
    fillings += 1
    const more = drawThere({
      of: members.length,
      count,
      isThere: (index) => !wanted.has(index) && isFree(index, round.number),
      random: random.fork(`filling ${fillings}`),
    })
    for (const index of more) {
      wanted.set(index, ids[index])
      arrive(index)
    }
    const next = nextChange()
    if (present.size < size && next < Number.POSITIVE_INFINITY) cancel = world().clock.wakeAt(next, fill)
  }

  const atWork = async ({ id }: Ended): Promise<ClientId[]> =>
    (await world().store.members.ofRound(id))
      .filter(({ status }) => status === 'invited' || status === 'accepted')
      .map(({ client }) => client)

  const tellTask = async (kind: 'pause' | 'resume') => {
    const told = await world().coordinator.services.tasks.change(task, [{ kind }], OPERATOR)
    if (isRefusal(told)) throw new Error(`the coordinator refuses to ${kind} the task: ${told.detail}`)
    isPaused = kind === 'pause'
  }

  const goOn = () => {
    wanted = new Map([...wanted].filter(([index]) => present.has(index)))
    beginWhenThere(new Set(wanted.values()))
  }

  const waitForOthers = (then: () => void) => {
    const next = nextChange()
    if (next === Number.POSITIVE_INFINITY)
      return refused(new Error(`fewer than ${least} clients are there, and no more will come`))
    cancel = world().clock.wakeAt(next, then)
  }

  /** When it is worth looking who is there again; Infinity: never. */
  const nextChange = (): number => {
    const now = world().clock.now()
    const soonest = members.reduce(
      (soonest, { device }) => Math.min(soonest, device.nextChange(now)),
      down.size > 0 ? now : Number.POSITIVE_INFINITY,
    )
    return Math.max(soonest, now + LEAST_WAIT_MS)
  }

  const beginWhenThere = (expected: ReadonlySet<ClientId | undefined>) => {
    const { clock, coordinator } = world()
    cancel = clock.wakeAt(clock.now() + LOOK_AGAIN_MS, () => {
      if (wanted.size < enough) return gather()
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
      isKeptFull = false
      cancel()
      for (const back of down.values()) back()
      for (const { timeIsUp } of present.values()) timeIsUp()
    },
    memberOf: (client) => byId.get(client),
    round: () => round,
  }
}
