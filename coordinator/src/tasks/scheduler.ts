import type { TaskId } from '@tributary/protocols'
import type { Cancel, Clock } from '@tributary/protocols/runtime'
import type { Task } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { isRefusal } from '../refusal.ts'
import { isOpen } from '../round/round.ts'
import type { BeginRound } from './begin-round.ts'
import { nextRefines } from './round-refines.ts'
import { nextRoundAt } from './schedule.ts'

export type Scheduler = {
  /** Takes up every active task. */
  start(): Promise<void>
  /** Looks at a task again: it was made or changed, or a round of it has ended. */
  consider(task: TaskId): Promise<void>
  /** When the next round of this task begins by itself. */
  dueAt(task: Task): Promise<number | undefined>
  stop(): void
}

type Needs = {
  clock: Clock
  store: Store
  /** Whether this process drives the task: another does it for those that it does not. */
  drives(task: TaskId): boolean
  begin: BeginRound
  /** Of a task that is finished: lets go of whoever its last round has left at work. */
  releaseInFlight(task: TaskId): Promise<void>
  fault(error: unknown, about: { task: TaskId; during: string }): void
}

const PAGE = 200
const RETRY_MS = 5_000

/** Decides when rounds begin. All it knows is in the tables; its timers are made anew at every start. */
export const createScheduler = ({
  clock,
  store,
  drives,
  begin,
  releaseInFlight,
  fault,
}: Needs): Scheduler => {
  const timers = new Map<TaskId, Cancel>()
  let stopped = false

  const dueAt = async (task: Task): Promise<number | undefined> => {
    if (task.status !== 'active') return undefined
    const latest = await store.rounds.latest(task.id)
    if (latest && isOpen(latest)) return undefined
    // What clients keep to be summed again waits for no pause and no hour.
    if (
      task.file.schedule.kind !== 'manual' &&
      latest?.phase === 'completed' &&
      nextRefines(task.file, latest)
    )
      return latest.endedAt
    return nextRoundAt(task.file.schedule, latest, task.createdAt)
  }

  const wakeAt = (task: TaskId, at: number) => {
    timers.get(task)?.()
    if (stopped) return
    timers.set(
      task,
      clock.wakeAt(at, () => void consider(task)),
    )
  }

  const consider = async (id: TaskId): Promise<void> => {
    timers.get(id)?.()
    timers.delete(id)
    if (stopped || !drives(id)) return
    try {
      const task = await store.tasks.get(id)
      if (!task) return
      if (await finishIfDone(task)) return await releaseInFlight(id)
      const due = await dueAt(task)
      if (due === undefined) return
      if (due > clock.now()) return wakeAt(id, due)
      const round = await begin(id, { actor: 'schedule', also: () => [] })
      // A refusal is the end of it: whatever stands in the way brings the scheduler back when it is gone.
      if (isRefusal(round) && round.refused === 'privacy-budget') await pause(id, round.detail)
    } catch (error) {
      fault(error, { task: id, during: 'schedule' })
      wakeAt(id, clock.now() + RETRY_MS)
    }
  }

  /** No round begins of itself any more, and the audit log says why. */
  const pause = async (id: TaskId, why: string) => {
    const task = await store.tasks.get(id)
    if (task?.status !== 'active') return
    await store.commit([
      { kind: 'save-task', task: { ...task, status: 'paused' } },
      {
        kind: 'append-audit',
        entry: {
          at: clock.now(),
          actor: 'schedule',
          action: 'task.paused',
          subject: id,
          detail: { reason: 'privacy-budget', detail: why },
        },
      },
    ])
  }

  const finishIfDone = async (task: Task): Promise<boolean> => {
    const { stop } = task.file
    if (task.status !== 'active' || stop.kind === 'never') return task.status === 'finished'
    const completed = await store.rounds.completed(task.id)
    if (completed < stop.rounds) return false
    await store.commit([
      { kind: 'save-task', task: { ...task, status: 'finished' } },
      {
        kind: 'append-audit',
        entry: {
          at: clock.now(),
          actor: 'schedule',
          action: 'task.finished',
          subject: task.id,
          detail: { completedRounds: completed },
        },
      },
    ])
    return true
  }

  return {
    dueAt,
    consider,
    async start() {
      for (let after: TaskId | undefined; ; ) {
        const tasks = await store.tasks.list({ limit: PAGE, ...(after ? { after } : {}) })
        for (const task of tasks) await consider(task.id)
        after = tasks.at(-1)?.id
        if (tasks.length < PAGE || !after) return
      }
    },
    stop() {
      stopped = true
      for (const cancel of timers.values()) cancel()
      timers.clear()
    },
  }
}
