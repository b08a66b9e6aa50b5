import { RoundId } from '@tributary/protocols'
import { ClientRoundPage, PageQuery } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { readPage } from '../cursor.ts'
import { ClientPath } from '../path-params.ts'
import { clientRoundView } from '../views/client-round-view.ts'

export const listClientRounds = (api: Api, { fleet }: Pick<Services, 'fleet'>): void => {
  api.route({
    method: 'GET',
    url: '/clients/:client/rounds',
    config: { access: { kind: 'operators', role: 'viewer' }, refuses: ['not-found'] },
    schema: {
      operationId: 'listClientRounds',
      tags: ['clients'],
      summary: 'The rounds a client was invited to and what became of its part, newest first',
      params: ClientPath,
      querystring: PageQuery,
      response: { 200: ClientRoundPage },
    },
    handler: (request) =>
      readPage(request.query, {
        key: RoundId,
        keyOf: ({ round }) => round.id,
        list: (page) => fleet.rounds(request.params.client, page),
        view: clientRoundView,
      }),
  })
}
