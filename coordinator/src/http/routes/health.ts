import { Health } from '@tributary/protocols/rest'
import type { Api } from '../api.ts'

/** Liveness: the process answers. Nothing behind it is asked. */
export const health = (api: Api): void => {
  api.route({
    method: 'GET',
    url: '/healthz',
    config: { access: { kind: 'public' }, everyday: true, limit: 'off' },
    schema: {
      operationId: 'health',
      tags: ['operation'],
      summary: 'Whether the process answers',
      response: { 200: Health },
    },
    handler: async () => ({ status: 'ok' as const }),
  })
}
