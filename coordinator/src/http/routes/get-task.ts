import { TaskView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { TaskPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { taskView } from '../views/task-view.ts'

export const getTask = (api: Api, { tasks }: Pick<Services, 'tasks'>): void => {
  api.route({
    method: 'GET',
    url: '/tasks/:task',
    config: { access: { kind: 'operators', role: 'viewer' }, refuses: ['not-found'] },
    schema: {
      operationId: 'getTask',
      tags: ['tasks'],
      summary: 'A task with its file, its open round and its latest model',
      params: TaskPath,
      response: { 200: TaskView },
    },
    handler: async (request) => taskView(granted(await tasks.get(request.params.task))),
  })
}
