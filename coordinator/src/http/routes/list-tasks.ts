import { TaskId } from '@tributary/protocols'
import { PageQuery, TaskPage } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { readPage } from '../cursor.ts'
import { taskSummary } from '../views/task-view.ts'

export const listTasks = (api: Api, { tasks }: Pick<Services, 'tasks'>): void => {
  api.route({
    method: 'GET',
    url: '/tasks',
    config: { access: { kind: 'operators', role: 'viewer' } },
    schema: {
      operationId: 'listTasks',
      tags: ['tasks'],
      summary: 'List tasks, in the order of their ids',
      querystring: PageQuery,
      response: { 200: TaskPage },
    },
    handler: (request) =>
      readPage(request.query, {
        key: TaskId,
        keyOf: ({ task }) => task.id,
        list: tasks.list,
        view: taskSummary,
      }),
  })
}
