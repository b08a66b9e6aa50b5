import { BlobView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { BYTES, byteBody } from '../byte-stream.ts'
import { BlobPath } from '../path-params.ts'
import { granted } from '../problem.ts'

export const putBlob = (api: Api, { models }: Pick<Services, 'models'>): void => {
  api.route({
    method: 'PUT',
    url: '/blobs/:digest',
    config: {
      access: { kind: 'operators', role: 'operator' },
      refuses: ['too-large', 'unsupported-media-type', 'wrong-digest', 'storage-full'],
    },
    schema: {
      operationId: 'putBlob',
      tags: ['models'],
      summary: 'Upload the frozen tensors of a task to be made',
      description:
        'The body is a safetensors file, the path its SHA-256. It is durable when the answer comes; sending the same again is answered the same. A file that no task refers to is let go by retention.',
      consumes: [BYTES],
      params: BlobPath,
      response: { 200: BlobView },
    },
    handler: async (request) => {
      const { announcedBytes, chunks } = byteBody(request)
      const { digest } = request.params
      return granted(await models.upload({ digest, announcedBytes, body: chunks }, actorOf(request)))
    },
  })
}
