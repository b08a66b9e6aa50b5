import { ClientView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { ClientPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { presentClientView } from '../views/client-view.ts'

export const getClient = (api: Api, { fleet }: Pick<Services, 'fleet'>): void => {
  api.route({
    method: 'GET',
    url: '/clients/:client',
    config: { access: { kind: 'operators', role: 'viewer' }, refuses: ['not-found'] },
    schema: {
      operationId: 'getClient',
      tags: ['clients'],
      summary: 'A client, and where it is at this moment',
      params: ClientPath,
      response: { 200: ClientView },
    },
    handler: async (request) => presentClientView(granted(await fleet.get(request.params.client))),
  })
}
