import { ModelView, RollbackRequest, restPaths } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { IdempotentHeaders, idempotencyOf } from '../idempotency.ts'
import { TaskPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { modelView } from '../views/model-view.ts'

export const rollbackModel = (api: Api, { models }: Pick<Services, 'models'>): void => {
  api.route({
    method: 'POST',
    url: '/tasks/:task/rollback',
    config: {
      access: { kind: 'operators', role: 'operator' },
      refuses: ['not-found', 'gone', 'round-open', 'idempotency-mismatch'],
    },
    schema: {
      operationId: 'rollbackModel',
      tags: ['models'],
      summary: 'Make a new version equal to an old one',
      params: TaskPath,
      headers: IdempotentHeaders,
      body: RollbackRequest,
      response: { 201: ModelView },
    },
    handler: async (request, reply) => {
      const { task } = request.params
      const { version, reason } = request.body
      const idempotency = idempotencyOf(request, { body: request.body })
      const model = granted(await models.rollback(task, version, reason, actorOf(request), idempotency))
      reply.code(201).header('location', restPaths.model(task, model.version))
      return modelView(model)
    },
  })
}
