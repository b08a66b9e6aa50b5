import { DeliveryView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { WebhookPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { deliveryView } from '../views/webhook-view.ts'

export const pingWebhook = (api: Api, { webhooks }: Pick<Services, 'webhooks'>): void => {
  api.route({
    method: 'POST',
    url: '/webhooks/:webhook/ping',
    config: { access: { kind: 'operators', role: 'operator' }, refuses: ['not-found'] },
    schema: {
      operationId: 'pingWebhook',
      tags: ['webhooks'],
      summary: 'Send a ping, whatever events the webhook is for',
      params: WebhookPath,
      response: { 202: DeliveryView },
    },
    handler: async (request, reply) => {
      reply.code(202)
      return deliveryView(granted(await webhooks.ping(request.params.webhook, actorOf(request))))
    },
  })
}
