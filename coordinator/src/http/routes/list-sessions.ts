import { PageQuery, SessionPage } from '@tributary/protocols/rest'
import * as z from 'zod'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { readPage } from '../cursor.ts'
import { sessionSummary } from '../views/session-view.ts'

export const listSessions = (api: Api, { sessions }: Pick<Services, 'sessions'>): void => {
  api.route({
    method: 'GET',
    url: '/sessions',
    config: { access: { kind: 'operators', role: 'admin' } },
    schema: {
      operationId: 'listSessions',
      tags: ['access'],
      summary: 'Browsers that are signed in, newest first',
      querystring: PageQuery,
      response: { 200: SessionPage },
    },
    handler: (request) =>
      readPage(request.query, {
        key: z.string(),
        keyOf: ({ place }) => place,
        list: sessions.list,
        view: sessionSummary,
      }),
  })
}
