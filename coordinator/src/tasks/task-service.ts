import { ModelVersion, type TaskId, unreachable } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import { assignmentOf, encodeAssignment, manifestOf, type TaskFile } from '@tributary/protocols/task'
import { encodeSafetensors } from '@tributary/protocols/tensors'
import { ConflictError } from '../faults/storage.ts'
import { earlierResource, rememberReply } from '../idempotency.ts'
import { initialWeights } from '../models/initial-weights.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { AuditEntry, Task } from '../ports/records.ts'
import type { Change, Store } from '../ports/store.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { isOpen } from '../round/round.ts'
import type { RoundService, TaskChange, TaskService, TaskView } from '../services.ts'
import { checkTaskFile, idAskedFor } from './checked-file.ts'
import { frozenPartMistakes } from './frozen-mistakes.ts'
import { modeScheduleMistakes } from './mode-mistakes.ts'
import { scheduleMistakes } from './schedule.ts'
import type { Scheduler } from './scheduler.ts'
import { taskMistakes } from './task-mistakes.ts'
import { sizeOfTask } from './task-size.ts'

type Needs = {
  clock: Clock
  store: Store
  models: Blobs
  dueAt: Scheduler['dueAt']
  /** A task was made or changed: whoever drives it is to look. */
  changed(task: TaskId): Promise<void>
  rounds: Pick<RoundService, 'abandon'>
}

/** The life of a task: made, changed, finished. */
export const createTaskService = ({
  clock,
  store,
  models,
  dueAt,
  changed: told,
  rounds,
}: Needs): TaskService => {
  const view = async (task: Task): Promise<TaskView> => {
    const latestRound = await store.rounds.latest(task.id)
    return {
      task,
      openRound: latestRound && isOpen(latestRound) ? latestRound : undefined,
      latestRound,
      latestModel: await store.models.latest(task.id),
      completedRounds: await store.rounds.completed(task.id),
      nextRoundAt: await dueAt(task),
    }
  }
  const get = async (id: TaskId): Promise<TaskView | Refusal> => {
    const task = await store.tasks.get(id)
    return task ? view(task) : refuse('not-found', `there is no task ${id}`)
  }

  return {
    get,
    list: async (page) => Promise.all((await store.tasks.list(page)).map(view)),

    async check(json) {
      const { file, mistakes } = checkTaskFile(json)
      const id = idAskedFor(json)
      const taken = id && (await store.tasks.get(id)) ? [{ path: 'id', message: idTaken(id) }] : []
      const frozen = file ? await frozenPartMistakes(file, models) : []
      const all = [...mistakes, ...taken, ...frozen]
      return { mistakes: all, size: file && all.length === 0 ? sizeOfTask(file) : null }
    },

    async create(file, actor, idempotency) {
      const earlier = await earlierResource(store, idempotency)
      if (earlier) return isRefusal(earlier) ? earlier : get(file.id)
      const mistakes = [...taskMistakes(file), ...(await frozenPartMistakes(file, models))]
      if (mistakes.length > 0) return refuse('invalid', 'the task file has mistakes', { mistakes })
      const at = clock.now()
      const task: Task = {
        id: file.id,
        file,
        assignment: await models.put(encodeAssignment(assignmentOf(file))),
        status: 'active',
        createdAt: at,
      }
      try {
        await store.commit([
          { kind: 'insert-task', task },
          ...(await firstVersion(task, models)),
          ...rememberReply(idempotency, task.id, at),
          {
            kind: 'append-audit',
            entry: {
              at,
              actor: actor.id,
              action: 'task.created',
              subject: task.id,
              detail: { plan: task.assignment.digest },
            },
          },
        ])
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error
        // Two requests under one key may race; the one that lost is answered with what the other made.
        const winner = await earlierResource(store, idempotency)
        if (winner) return isRefusal(winner) ? winner : get(file.id)
        return refuse('already-exists', idTaken(file.id), { about: { task: file.id } })
      }
      await told(task.id)
      return view(task)
    },

    async change(id, changes, actor) {
      const task = await store.tasks.get(id)
      if (!task) return refuse('not-found', `there is no task ${id}`)
      const changed = changes.reduce<Task | Refusal>(applyChange, task)
      if (isRefusal(changed)) return changed
      await store.commit([
        { kind: 'save-task', task: changed },
        ...changes.map(
          (change): Change => ({
            kind: 'append-audit',
            entry: {
              at: clock.now(),
              actor: actor.id,
              action: `task.${change.kind}`,
              subject: id,
              detail: changedTo(change),
            },
          }),
        ),
      ])
      if (changed.status === 'finished') await abandonOpenRound(id)
      await told(id)
      return get(id)
    },
  }

  async function abandonOpenRound(id: TaskId) {
    const latest = await store.rounds.latest(id)
    if (latest && isOpen(latest))
      await rounds.abandon(id, latest.id, 'the task is finished', {
        id: 'coordinator',
        name: 'coordinator',
        role: 'admin',
      })
  }
}

const idTaken = (id: TaskId) => `there is a task ${id} already: choose another id`

/** The new values, as text: the log holds no structure. */
const changedTo = (change: TaskChange): AuditEntry['detail'] => {
  switch (change.kind) {
    case 'pause':
    case 'resume':
    case 'finish':
      return {}
    case 'reschedule':
      return { schedule: JSON.stringify(change.schedule) }
    case 'restop':
      return { stop: JSON.stringify(change.stop) }
    default:
      return unreachable(change)
  }
}

const applyChange = (task: Task | Refusal, change: TaskChange): Task | Refusal => {
  if (isRefusal(task)) return task
  if (task.status === 'finished')
    return refuse('task-not-active', `task ${task.id} is finished: make a new task to train on`, {
      about: { status: task.status },
    })
  switch (change.kind) {
    case 'pause':
      return { ...task, status: 'paused' }
    case 'resume':
      return { ...task, status: 'active' }
    case 'finish':
      return { ...task, status: 'finished' }
    case 'reschedule': {
      const { schedule } = change
      const mistakes = [...scheduleMistakes(schedule), ...modeScheduleMistakes({ ...task.file, schedule })]
      if (mistakes.length > 0) return refuse('invalid', 'the schedule has mistakes', { mistakes })
      return { ...task, file: { ...task.file, schedule } }
    }
    case 'restop':
      return { ...task, file: { ...task.file, stop: change.stop } }
    default:
      return unreachable(change)
  }
}

/** Version 1 of a seeded model; none where weights are to be imported. */
const firstVersion = async (task: Task, models: Blobs): Promise<Change[]> => {
  const { model }: TaskFile = task.file
  if (model.initial.kind === 'import') return []
  const { seed } = model.initial
  const values = initialWeights(model.tensors, seed)
  const weights = await models.put(encodeSafetensors({ tensors: manifestOf(model), values }))
  return [
    {
      kind: 'insert-model',
      model: {
        task: task.id,
        version: ModelVersion.parse(1),
        parent: null,
        weights,
        assignment: task.assignment.digest,
        origin: { kind: 'initial', seed },
        createdAt: task.createdAt,
      },
    },
  ]
}
