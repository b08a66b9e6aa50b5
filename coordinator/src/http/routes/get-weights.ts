import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { blobAnswers, replyBlob } from '../blob-reply.ts'
import { ModelPath } from '../path-params.ts'
import { granted } from '../problem.ts'

export const getWeights = (api: Api, { models }: Pick<Services, 'models'>): void => {
  api.route({
    method: ['GET', 'HEAD'],
    url: '/tasks/:task/models/:version/weights',
    config: {
      access: { kind: 'operators', role: 'viewer' },
      refuses: ['not-found', 'gone', 'range-not-satisfiable'],
    },
    schema: {
      operationId: 'getWeights',
      tags: ['models'],
      summary: "A model version's weights, as a safetensors file",
      params: ModelPath,
      response: blobAnswers,
    },
    handler: async (request, reply) => {
      const { task, version } = request.params
      const { model, blob } = granted(await models.weights(task, version))
      const filename = `${task}-v${version}.safetensors`
      return replyBlob(request, reply, { digest: model.weights.digest, blob, filename })
    },
  })
}
