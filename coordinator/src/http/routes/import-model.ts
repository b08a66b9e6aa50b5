import { ImportModelQuery, ModelView, restPaths } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { BYTES, byteBody, readBytes } from '../byte-stream.ts'
import { IdempotentHeaders, idempotencyOf } from '../idempotency.ts'
import { TaskPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { modelView } from '../views/model-view.ts'

export const importModel = (api: Api, { models }: Pick<Services, 'models'>): void => {
  api.route({
    method: 'POST',
    url: '/tasks/:task/models',
    config: {
      access: { kind: 'operators', role: 'operator' },
      refuses: [
        'not-found',
        'round-open',
        'too-large',
        'unsupported-media-type',
        'idempotency-mismatch',
        'bad-tensors',
        'storage-full',
      ],
    },
    schema: {
      operationId: 'importModel',
      tags: ['models'],
      summary: 'Make a new version from a safetensors file: initial or repaired weights',
      consumes: [BYTES],
      params: TaskPath,
      querystring: ImportModelQuery,
      headers: IdempotentHeaders,
      response: { 201: ModelView },
    },
    handler: async (request, reply) => {
      const { task } = request.params
      const bytes = await readBytes(byteBody(request), granted(await models.maxBytes(task)))
      const idempotency = idempotencyOf(request, { bytes, query: request.query })
      const model = granted(
        await models.importWeights(task, bytes, request.query.note, actorOf(request), idempotency),
      )
      reply.code(201).header('location', restPaths.model(task, model.version))
      return modelView(model)
    },
  })
}
