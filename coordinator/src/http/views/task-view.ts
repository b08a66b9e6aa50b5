import { type TaskView as TaskAnswer, type TaskSummary, timestampOf } from '@tributary/protocols/rest'
import type { TaskView } from '../../services.ts'
import { modelView } from './model-view.ts'
import { roundView } from './round-view.ts'

export const taskSummary = (view: TaskView): TaskSummary => ({
  id: view.task.id,
  title: view.task.file.title ?? null,
  status: view.task.status,
  schedule: view.task.file.schedule,
  assignment: view.task.assignment.digest,
  createdAt: timestampOf(view.task.createdAt),
  completedRounds: view.completedRounds,
  openRound: view.openRound ? roundView(view.openRound) : null,
  latestRound: view.latestRound ? roundView(view.latestRound) : null,
  latestModel: view.latestModel ? modelView(view.latestModel) : null,
  nextRoundAt: view.nextRoundAt === undefined ? null : timestampOf(view.nextRoundAt),
})

export const taskView = (view: TaskView): TaskAnswer => ({ ...taskSummary(view), file: view.task.file })
