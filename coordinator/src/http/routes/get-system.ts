import { SystemView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'

export const getSystem = (api: Api, { insight }: Pick<Services, 'insight'>): void => {
  api.route({
    method: 'GET',
    url: '/system',
    config: { access: { kind: 'operators', role: 'viewer' } },
    schema: {
      operationId: 'getSystem',
      tags: ['operation'],
      summary: 'How the process that answers is doing, and what it keeps',
      response: { 200: SystemView },
    },
    handler: () => insight.system(),
  })
}
