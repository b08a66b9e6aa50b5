import { ClientId } from '@tributary/protocols'
import { ClientPage, PageQuery } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { readPage } from '../cursor.ts'
import { clientView } from '../views/client-view.ts'

export const listClients = (api: Api, { clients }: Pick<Services, 'clients'>): void => {
  api.route({
    method: 'GET',
    url: '/clients',
    config: { access: { kind: 'operators', role: 'viewer' } },
    schema: {
      operationId: 'listClients',
      tags: ['clients'],
      summary: 'List the fleet, in the order of client ids',
      querystring: PageQuery,
      response: { 200: ClientPage },
    },
    handler: (request) =>
      readPage(request.query, { key: ClientId, keyOf: ({ id }) => id, list: clients.list, view: clientView }),
  })
}
