import { unreachable } from '@tributary/protocols'
import { ChangeTaskRequest, type TaskStatus, TaskView } from '@tributary/protocols/rest'
import type { Services, TaskChange } from '../../services.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { TaskPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { taskView } from '../views/task-view.ts'

export const changeTask = (api: Api, { tasks }: Pick<Services, 'tasks'>): void => {
  api.route({
    method: 'PATCH',
    url: '/tasks/:task',
    config: {
      access: { kind: 'operators', role: 'operator' },
      refuses: ['not-found', 'task-not-active'],
    },
    schema: {
      operationId: 'changeTask',
      tags: ['tasks'],
      summary: 'Pause, resume or finish a task, or replace its schedule or stop rule',
      params: TaskPath,
      body: ChangeTaskRequest,
      response: { 200: TaskView },
    },
    handler: async (request) =>
      taskView(granted(await tasks.change(request.params.task, changesOf(request.body), actorOf(request)))),
  })
}

const changesOf = ({ status, schedule, stop }: ChangeTaskRequest): TaskChange[] => [
  ...(schedule ? [{ kind: 'reschedule' as const, schedule }] : []),
  ...(stop ? [{ kind: 'restop' as const, stop }] : []),
  ...(status ? [statusChange(status)] : []),
]

const statusChange = (status: TaskStatus): TaskChange => {
  switch (status) {
    case 'active':
      return { kind: 'resume' }
    case 'paused':
      return { kind: 'pause' }
    case 'finished':
      return { kind: 'finish' }
    default:
      return unreachable(status)
  }
}
