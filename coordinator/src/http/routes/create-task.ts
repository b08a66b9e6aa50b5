import { CreateTaskRequest, restPaths, TaskView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import { privacyMistakes } from '../../tasks/privacy-mistakes.ts'
import { scheduleMistakes } from '../../tasks/schedule.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { IdempotentHeaders, idempotencyOf } from '../idempotency.ts'
import { granted } from '../problem.ts'
import { validatorCompiler } from '../validation.ts'
import { taskView } from '../views/task-view.ts'

/** A task file names every tensor of its model and may hold its topology. */
const TASK_FILE_BYTES = 4 * 1024 * 1024

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
        schema: httpPart === 'body' ? CheckedRequest : IdempotentHeaders,
      }),
    handler: async (request, reply) => {
      const idempotency = idempotencyOf(request, { body: request.body })
      const view = granted(await tasks.create(request.body, actorOf(request), idempotency))
      reply.code(201).header('location', restPaths.task(view.task.id))
      return taskView(view)
    },
  })
}

/** A schedule that never comes due is told together with all other mistakes, not once those are mended. */
const CheckedRequest = CreateTaskRequest.safeExtend({
  schedule: CreateTaskRequest.shape.schedule.superRefine((schedule, context) => {
    for (const { path, message } of scheduleMistakes(schedule))
      context.addIssue({ code: 'custom', path: path.split('.').slice(1), message })
  }),
}).superRefine((file, context) => {
  for (const { path, message } of privacyMistakes(file))
    context.addIssue({ code: 'custom', path: path.split('.'), message })
})
