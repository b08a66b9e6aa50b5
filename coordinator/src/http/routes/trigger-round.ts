import { RoundView, restPaths, TriggerRoundRequest } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { IdempotentHeaders, idempotencyOf } from '../idempotency.ts'
import { TaskPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { roundView } from '../views/round-view.ts'

export const triggerRound = (api: Api, { rounds }: Pick<Services, 'rounds'>): void => {
  api.route({
    method: 'POST',
    url: '/tasks/:task/rounds',
    config: {
      access: { kind: 'operators', role: 'operator' },
      refuses: [
        'not-found',
        'round-open',
        'no-model',
        'privacy-budget',
        'task-not-active',
        'idempotency-mismatch',
      ],
    },
    schema: {
      operationId: 'triggerRound',
      tags: ['rounds'],
      summary: 'Begin a round now',
      params: TaskPath,
      headers: IdempotentHeaders,
      body: TriggerRoundRequest,
      response: { 202: RoundView },
    },
    handler: async (request, reply) => {
      const idempotency = idempotencyOf(request, { body: request.body })
      const round = granted(await rounds.trigger(request.params.task, actorOf(request), idempotency))
      reply.code(202).header('location', restPaths.round(round.id))
      return roundView(round)
    },
  })
}
