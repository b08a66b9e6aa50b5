import { CreateEnrolmentTokenRequest, EnrolmentTokenView, timestampOf } from '@tributary/protocols/rest'
import type { Clock } from '@tributary/protocols/runtime'
import type { Services } from '../../services.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { IdempotentHeaders, idempotencyOf } from '../idempotency.ts'
import { granted } from '../problem.ts'

type Needs = Pick<Services, 'clients'> & { clock: Pick<Clock, 'now'> }

export const createEnrolmentToken = (api: Api, { clients, clock }: Needs): void => {
  api.route({
    method: 'POST',
    url: '/enrolment-tokens',
    config: { access: { kind: 'operators', role: 'operator' }, refuses: ['idempotency-mismatch'] },
    schema: {
      operationId: 'createEnrolmentToken',
      tags: ['clients'],
      summary: 'Invite clients: the token is in this answer and nowhere else',
      headers: IdempotentHeaders,
      body: CreateEnrolmentTokenRequest,
      response: { 201: EnrolmentTokenView },
    },
    handler: async (request, reply) => {
      const { name, uses, expiresInSeconds } = request.body
      const invitation = { name, uses, expiresAt: clock.now() + expiresInSeconds * 1_000 }
      const idempotency = idempotencyOf(request, { body: request.body })
      const { token, secret } = granted(await clients.invite(invitation, actorOf(request), idempotency))
      reply.code(201)
      return {
        id: token.id,
        name: token.name,
        usesLeft: token.usesLeft,
        expiresAt: timestampOf(token.expiresAt),
        createdAt: timestampOf(token.createdAt),
        token: secret,
      }
    },
  })
}
