import type { Registry } from 'prom-client'
import * as z from 'zod'
import type { Access } from '../access.ts'
import type { Api } from '../api.ts'

export const metrics = (api: Api, { registry, access }: { registry: Registry; access: Access }): void => {
  api.route({
    method: 'GET',
    url: '/metrics',
    config: { access, everyday: true },
    schema: {
      operationId: 'metrics',
      tags: ['operation'],
      summary: 'Measurements, in the text format of Prometheus',
      response: {
        200: { description: 'Measurements', content: { 'text/plain': { schema: z.string() } } },
      },
    },
    handler: async (_request, reply) => {
      reply.type(registry.contentType)
      return registry.metrics()
    },
  })
}
