/** `/api/v1/tasks` and `/api/v1/tasks/{task}`. */
import * as z from 'zod'
import { Digest, TaskId } from '../ids.ts'
import { Schedule, StopRule, TaskFile } from '../task/task-file.ts'
import { ModelView } from './models.ts'
import { pageOf } from './paging.ts'
import { RoundView } from './rounds.ts'
import { Timestamp } from './time.ts'

/** `POST /api/v1/tasks`: a task file's JSON. */
export const CreateTaskRequest = TaskFile
export type CreateTaskRequest = z.infer<typeof CreateTaskRequest>

export const TaskStatus = z.enum(['active', 'paused', 'finished'])
export type TaskStatus = z.infer<typeof TaskStatus>

/** A task as lists show it: all but its file, which can be large. */
export const TaskSummary = z.object({
  id: TaskId,
  title: z.string().nullable(),
  status: TaskStatus,
  schedule: Schedule,
  /** Digest of the `Assignment` that clients train by: the plan digest of the versions made under it. */
  assignment: Digest,
  createdAt: Timestamp,
  completedRounds: z.int().min(0),
  openRound: RoundView.nullable(),
  latestRound: RoundView.nullable(),
  latestModel: ModelView.nullable(),
  /** When the schedule begins the next round; null where it will not by itself. */
  nextRoundAt: z.nullable(Timestamp),
})
export type TaskSummary = z.infer<typeof TaskSummary>

export const TaskView = TaskSummary.extend({ file: TaskFile })
export type TaskView = z.infer<typeof TaskView>

export const TaskPage = pageOf(TaskSummary)
export type TaskPage = z.infer<typeof TaskPage>

/**
 * `PATCH /api/v1/tasks/{task}`: what is named is changed, all of it or nothing. `status` pauses, resumes
 * (`active`) or finishes the task; a schedule or stop rule replaces the one there was.
 */
export const ChangeTaskRequest = z
  .strictObject({
    status: TaskStatus.optional(),
    schedule: z.optional(Schedule),
    stop: z.optional(StopRule),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    message: 'name at least one of status, schedule and stop',
  })
export type ChangeTaskRequest = z.infer<typeof ChangeTaskRequest>
