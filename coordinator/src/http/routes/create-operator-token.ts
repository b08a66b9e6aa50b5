import { CreateOperatorTokenRequest, OperatorTokenView, timestampOf } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'

export const createOperatorToken = (api: Api, { access }: Pick<Services, 'access'>): void => {
  api.route({
    method: 'POST',
    url: '/operator-tokens',
    config: { access: { kind: 'operators', role: 'admin' } },
    schema: {
      operationId: 'createOperatorToken',
      tags: ['access'],
      summary: 'Give an operator a token: it is in this answer and nowhere else',
      body: CreateOperatorTokenRequest,
      response: { 201: OperatorTokenView },
    },
    handler: async (request, reply) => {
      const { token, secret } = await access.createOperator(request.body, actorOf(request))
      reply.code(201)
      return {
        id: token.id,
        name: token.name,
        role: token.role,
        createdAt: timestampOf(token.createdAt),
        token: secret,
      }
    },
  })
}
