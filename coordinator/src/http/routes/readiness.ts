import { Readiness } from '@tributary/protocols/rest'
import type { Api } from '../api.ts'

/** Readiness: whether requests can be served. */
export const readiness = (api: Api, { ready }: { ready: () => Promise<Readiness> }): void => {
  api.route({
    method: 'GET',
    url: '/readyz',
    config: { access: { kind: 'public' }, everyday: true, limit: 'off' },
    schema: {
      operationId: 'readiness',
      tags: ['operation'],
      summary: 'Whether requests can be served',
      response: { 200: Readiness, 503: Readiness },
    },
    handler: async (_request, reply) => {
      const readiness = await ready()
      reply.code(readiness.ok ? 200 : 503)
      return readiness
    },
  })
}
