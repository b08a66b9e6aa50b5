import { ClientId } from '@tributary/protocols'
import { ClientPage, ClientQuery } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { readPage } from '../cursor.ts'
import { presentClientView } from '../views/client-view.ts'

export const listClients = (api: Api, { fleet }: Pick<Services, 'fleet'>): void => {
  api.route({
    method: 'GET',
    url: '/clients',
    config: { access: { kind: 'operators', role: 'viewer' } },
    schema: {
      operationId: 'listClients',
      tags: ['clients'],
      summary: 'List the fleet, in the order of client ids, and where each client is at this moment',
      querystring: ClientQuery,
      response: { 200: ClientPage },
    },
    handler: ({ query }) =>
      readPage(query, {
        key: ClientId,
        keyOf: ({ id }) => id,
        list: (page) =>
          fleet.list({
            ...page,
            status: query.status,
            online: query.online && query.online === 'true',
            prefix: query.search === undefined ? undefined : prefixOf(query.search),
          }),
        view: presentClientView,
      }),
  })
}

const prefixOf = (search: string): string => (search.startsWith('c-') ? search : `c-${search}`)
