import { PageQuery, RoundPage } from '@tributary/protocols/rest'
import * as z from 'zod'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { readPage } from '../cursor.ts'
import { TaskPath } from '../path-params.ts'
import { roundView } from '../views/round-view.ts'

export const listRounds = (api: Api, { rounds }: Pick<Services, 'rounds'>): void => {
  api.route({
    method: 'GET',
    url: '/tasks/:task/rounds',
    config: { access: { kind: 'operators', role: 'viewer' }, refuses: ['not-found'] },
    schema: {
      operationId: 'listRounds',
      tags: ['rounds'],
      summary: "List a task's rounds, newest first",
      params: TaskPath,
      querystring: PageQuery,
      response: { 200: RoundPage },
    },
    handler: (request) =>
      readPage(request.query, {
        key: z.int().min(1),
        keyOf: ({ number }) => number,
        list: (page) => rounds.list(request.params.task, page),
        view: roundView,
      }),
  })
}
