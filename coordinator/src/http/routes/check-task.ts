import { CreateTaskRequest, TaskCheckView } from '@tributary/protocols/rest'
import * as z from 'zod'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { validatorCompiler } from '../validation.ts'
import { TASK_FILE_BYTES } from './create-task.ts'

export const checkTask = (api: Api, { tasks }: Pick<Services, 'tasks'>): void => {
  api.route({
    method: 'POST',
    url: '/task-checks',
    bodyLimit: TASK_FILE_BYTES,
    config: { access: { kind: 'operators', role: 'operator' } },
    schema: {
      operationId: 'checkTask',
      tags: ['tasks'],
      summary:
        'Every mistake for which a task file would be refused, or how large its task would be; makes nothing',
      body: CreateTaskRequest,
      response: { 200: TaskCheckView },
    },
    // Whatever is JSON is an answer's subject: its mistakes are the answer, not a refusal.
    validatorCompiler: ({ method, url, httpPart = 'body' }) =>
      validatorCompiler({ method, url, httpPart, schema: z.unknown() }),
    handler: (request) => tasks.check(request.body),
  })
}
