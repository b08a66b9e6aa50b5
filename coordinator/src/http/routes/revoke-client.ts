import { ClientView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { ClientPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { clientView } from '../views/client-view.ts'

export const revokeClient = (api: Api, { clients }: Pick<Services, 'clients'>): void => {
  api.route({
    method: 'DELETE',
    url: '/clients/:client',
    config: { access: { kind: 'operators', role: 'operator' }, refuses: ['not-found'] },
    schema: {
      operationId: 'revokeClient',
      tags: ['clients'],
      summary: 'Revoke a client: its line is cut, and nothing more is taken from it',
      params: ClientPath,
      response: { 200: ClientView },
    },
    handler: async (request) =>
      clientView(granted(await clients.revoke(request.params.client, actorOf(request)))),
  })
}
