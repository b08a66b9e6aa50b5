import { SessionView } from '@tributary/protocols/rest'
import { sessionOf } from '../access.ts'
import type { Api } from '../api.ts'
import { sessionView } from '../views/session-view.ts'

export const getSession = (api: Api): void => {
  api.route({
    method: 'GET',
    url: '/session',
    config: { access: { kind: 'operators', role: 'viewer' }, refuses: ['not-found'] },
    schema: {
      operationId: 'getSession',
      tags: ['access'],
      summary: 'Who this browser is signed in as',
      description: 'For the cookie alone: of a request that comes with a token there is no session.',
      response: { 200: SessionView },
    },
    handler: async (request) => sessionView(sessionOf(request)),
  })
}
