import { AbandonRoundRequest, RoundView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { RoundPath, roundIn } from '../path-params.ts'
import { granted } from '../problem.ts'
import { roundView } from '../views/round-view.ts'

export const abandonRound = (api: Api, { rounds }: Pick<Services, 'rounds'>): void => {
  api.route({
    method: 'POST',
    url: '/tasks/:task/rounds/:round/abandon',
    config: {
      access: { kind: 'operators', role: 'operator' },
      refuses: ['not-found', 'round-over'],
    },
    schema: {
      operationId: 'abandonRound',
      tags: ['rounds'],
      summary: 'End an open round; the model stays as it is',
      params: RoundPath,
      body: AbandonRoundRequest,
      response: { 200: RoundView },
    },
    handler: async (request) => {
      const { params, body } = request
      return roundView(
        granted(await rounds.abandon(params.task, roundIn(params), body.reason, actorOf(request))),
      )
    },
  })
}
