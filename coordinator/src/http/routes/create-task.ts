import { CreateTaskRequest, restPaths, TaskView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import { CheckedTaskFile } from '../../tasks/checked-file.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { IdempotentHeaders, idempotencyOf } from '../idempotency.ts'
import { granted } from '../problem.ts'
import { validatorCompiler } from '../validation.ts'
import { taskView } from '../views/task-view.ts'

/** A task file names every tensor of its model and may hold its topology. */
export const TASK_FILE_BYTES = 4 * 1024 * 1024

export const createTask = (api: Api, { tasks }: Pick<Services, 'tasks'>): void => {
  api.route({
    method: 'POST',
    url: '/tasks',
    bodyLimit: TASK_FILE_BYTES,
    config: {
      access: { kind: 'operators', role: 'operator' },
      refuses: ['already-exists', 'idempotency-mismatch', 'storage-full'],
    },
    schema: {
      operationId: 'createTask',
      tags: ['tasks'],
      summary: 'Create a task from a task file',
      headers: IdempotentHeaders,
      body: CreateTaskRequest,
      response: { 201: TaskView },
    },
    validatorCompiler: ({ httpPart = 'body', method, url }) =>
      validatorCompiler({
        method,
        url,
        httpPart,
        schema: httpPart === 'body' ? CheckedTaskFile : IdempotentHeaders,
      }),
    handler: async (request, reply) => {
      const idempotency = idempotencyOf(request, { body: request.body })
      const view = granted(await tasks.create(request.body, actorOf(request), idempotency))
      reply.code(201).header('location', restPaths.task(view.task.id))
      return taskView(view)
    },
  })
}
