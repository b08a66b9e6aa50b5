import type { TaskId } from '@tributary/protocols'
import type { Cancel, Clock } from '@tributary/protocols/runtime'
import type { Change, Store } from '../ports/store.ts'

/** Which tasks' rounds this process drives. */
export type Driving = {
  /** What a save of the task's rounds has to bear; `undefined` where this process does not drive them. */
  fence(task: TaskId): readonly Change[] | undefined
  /** How many tasks are driven under a lease. */
  count(): number
  /** Tries to take the task, where nobody drives it. */
  consider(task: TaskId): Promise<void>
  /** A save was refused: another process has taken the task. */
  lost(task: TaskId): void
  start(): Promise<void>
  /** Lets go of all tasks, so that another process takes them at once. */
  stop(): Promise<void>
}

/** Alone with its tables, a process drives everything. */
export const soleDriving = (): Driving => ({
  fence: () => [],
  count: () => 0,
  async consider() {},
  lost() {},
  async start() {},
  async stop() {},
})

type Needs = {
  clock: Clock
  store: Pick<Store, 'leases' | 'tasks' | 'rounds'>
  holder: string
  /** The task is driven here now, or has been for a while: what is new about it in the tables is acted on. Throwing means: again soon. */
  look(task: TaskId): Promise<void>
  /** From now on the task is driven here; and then, not any more. */
  taken(task: TaskId): void
  lost(task: TaskId): void
  fault(error: unknown, about: Record<string, string>): void
}

/** `until`: by this process's clock. `lookAt`: the tick at which the task is looked at again. */
type Held = { token: number; until: number; lookAt: number }

/** A process that dies keeps its tasks from being driven for this long at most. */
export const LEASE_MS = 8_000
/** How often leases are prolonged, and free ones looked for. */
const TICK_MS = 1_000
/** A process that dies may have saved what it told nobody: whoever drives a task looks at it at least this often. */
const LOOK_TICKS = 60
const PAGE = 200

/**
 * Drives the tasks whose leases this process holds. By its own clock a lease ends where it would had it been granted
 * when it was asked for, which is never later than in the tables; and a save under one that has been taken over
 * is refused by the tables, whatever this process believes.
 */
export const leasedDriving = (needs: Needs): Driving => {
  const { clock, store, holder } = needs
  const held = new Map<TaskId, Held>()
  let ticks = 0
  let cancelTick: Cancel = () => {}
  let ticking: Promise<void> = Promise.resolve()
  let stopped = false

  const holds = (task: TaskId) => {
    const lease = held.get(task)
    return lease && clock.now() < lease.until ? lease : undefined
  }
  const lose = (task: TaskId) => {
    if (held.delete(task)) needs.lost(task)
  }

  const renew = async () => {
    const until = clock.now() + LEASE_MS
    const asked = [...held]
    const renewed = new Map(
      (await store.leases.renew({ holder, forMs: LEASE_MS })).map(({ task, token }) => [task, token]),
    )
    for (const [task, lease] of asked)
      if (renewed.get(task) === lease.token) lease.until = until
      else if (held.get(task) === lease) lose(task)
  }

  const take = async (task: TaskId) => {
    if (stopped || holds(task)) return
    lose(task) // by this clock it has run out
    const until = clock.now() + LEASE_MS
    const lease = await store.leases.take({ task, holder, forMs: LEASE_MS })
    if (!lease || stopped) return
    const taken = { token: lease.token, until, lookAt: ticks }
    held.set(task, taken)
    needs.taken(task)
    look(task, taken)
  }

  const look = (task: TaskId, lease: Held) => {
    lease.lookAt = ticks + LOOK_TICKS
    needs.look(task).catch((error) => {
      lease.lookAt = ticks + 1
      needs.fault(error, { task, during: 'looking at a task' })
    })
  }

  const tick = async () => {
    ticks++
    try {
      await renew()
      for (const [task, lease] of held) if (ticks >= lease.lookAt) look(task, lease)
      for (const task of await wanted()) await take(task)
    } catch (error) {
      needs.fault(error, { during: 'leases' })
      for (const task of [...held.keys()]) if (!holds(task)) lose(task)
    }
    if (stopped) return
    cancelTick = clock.wakeAt(clock.now() + TICK_MS, () => {
      ticking = tick()
    })
  }

  /** Tasks that have something to drive: that may begin a round, or have one that owes something. */
  const wanted = async (): Promise<Set<TaskId>> => {
    const tasks = new Set((await store.rounds.unsettled()).map(({ task }) => task))
    for (let after: TaskId | undefined; ; ) {
      const page = await store.tasks.list({ limit: PAGE, ...(after ? { after } : {}) })
      for (const { id, status } of page) if (status === 'active') tasks.add(id)
      after = page.at(-1)?.id
      if (page.length < PAGE || !after) return tasks
    }
  }

  return {
    fence(task) {
      const lease = holds(task)
      return lease && [{ kind: 'require-lease', task, token: lease.token }]
    },
    count: () => [...held.keys()].filter(holds).length,
    consider: take,
    lost: lose,
    async start() {
      // An earlier life of the same name may have a save under way that would land after what is read from here on.
      await store.leases.release({ holder })
      ticking = tick()
      await ticking
    },
    async stop() {
      stopped = true
      cancelTick()
      await ticking
      for (const task of [...held.keys()]) lose(task)
      // What cannot be let go of runs out by itself.
      await store.leases.release({ holder }).catch((error) => needs.fault(error, { during: 'leases' }))
    },
  }
}
