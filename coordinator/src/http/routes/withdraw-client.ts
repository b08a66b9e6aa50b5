import { ClientView, WithdrawRequest } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { ClientPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { clientView } from '../views/client-view.ts'

export const withdrawClient = (api: Api, { clients }: Pick<Services, 'clients'>): void => {
  api.route({
    method: 'POST',
    url: '/clients/:client/withdrawal',
    bodyLimit: 4_096,
    config: { access: { kind: 'public' }, limit: 'enrolment', refuses: ['unauthenticated'] },
    schema: {
      operationId: 'withdrawClient',
      tags: ['clients'],
      summary: 'A client’s own word that it wants no part any more',
      description:
        'The signature in the body is the right to ask. Its line is ended, and nothing more is taken from it. The same statement again is answered the same.',
      params: ClientPath,
      body: WithdrawRequest,
      response: { 200: ClientView },
    },
    handler: async (request) =>
      clientView(granted(await clients.withdraw(request.params.client, request.body))),
  })
}
