import { RoundDetail } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { RoundPath, roundIn } from '../path-params.ts'
import { granted } from '../problem.ts'
import { roundDetail } from '../views/round-view.ts'

export const getRound = (api: Api, { rounds }: Pick<Services, 'rounds'>): void => {
  api.route({
    method: 'GET',
    url: '/tasks/:task/rounds/:round',
    config: { access: { kind: 'operators', role: 'viewer' }, refuses: ['not-found'] },
    schema: {
      operationId: 'getRound',
      tags: ['rounds'],
      summary: 'A round and its members',
      params: RoundPath,
      response: { 200: RoundDetail },
    },
    handler: async (request) =>
      roundDetail(granted(await rounds.get(request.params.task, roundIn(request.params)))),
  })
}
