import { CreatedWebhookView, CreateWebhookRequest, restPaths } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { IdempotentHeaders, idempotencyOf } from '../idempotency.ts'
import { granted } from '../problem.ts'
import { webhookView } from '../views/webhook-view.ts'

export const createWebhook = (api: Api, { webhooks }: Pick<Services, 'webhooks'>): void => {
  api.route({
    method: 'POST',
    url: '/webhooks',
    config: {
      access: { kind: 'operators', role: 'admin' },
      refuses: ['invalid', 'not-found', 'limit-reached', 'gone', 'idempotency-mismatch'],
    },
    schema: {
      operationId: 'createWebhook',
      tags: ['webhooks'],
      summary:
        'Have an address told of what happens: the secret that signs is in this answer and nowhere else',
      headers: IdempotentHeaders,
      body: CreateWebhookRequest,
      response: { 201: CreatedWebhookView },
    },
    handler: async (request, reply) => {
      const idempotency = idempotencyOf(request, { body: request.body })
      const created = granted(await webhooks.create(request.body, actorOf(request), idempotency))
      reply.code(201).header('location', restPaths.webhook(created.webhook.id))
      return { ...webhookView(created), secret: created.secret }
    },
  })
}
