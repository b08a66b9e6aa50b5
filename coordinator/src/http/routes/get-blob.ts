import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { blobAnswers, replyBlob } from '../blob-reply.ts'
import { BlobPath } from '../path-params.ts'
import { granted } from '../problem.ts'

export const getBlob = (api: Api, { models }: Pick<Services, 'models'>): void => {
  api.route({
    method: ['GET', 'HEAD'],
    url: '/blobs/:digest',
    config: {
      access: { kind: 'clients-or-operators', role: 'viewer' },
      refuses: ['not-found', 'range-not-satisfiable'],
      everyday: true,
    },
    schema: {
      operationId: 'getBlob',
      tags: ['models'],
      summary: 'Published bytes by their digest: weights and assignments',
      params: BlobPath,
      response: blobAnswers,
    },
    handler: async (request, reply) => {
      const { digest } = request.params
      return replyBlob(request, reply, { digest, blob: granted(await models.published(digest)) })
    },
  })
}
