import { WebhookView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { WebhookPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { webhookView } from '../views/webhook-view.ts'

export const deleteWebhook = (api: Api, { webhooks }: Pick<Services, 'webhooks'>): void => {
  api.route({
    method: 'DELETE',
    url: '/webhooks/:webhook',
    config: { access: { kind: 'operators', role: 'admin' }, refuses: ['not-found'] },
    schema: {
      operationId: 'deleteWebhook',
      tags: ['webhooks'],
      summary: 'Delete a webhook, with what it has not been told yet and the log of its deliveries',
      params: WebhookPath,
      response: { 200: WebhookView },
    },
    handler: async (request) =>
      webhookView(granted(await webhooks.delete(request.params.webhook, actorOf(request)))),
  })
}
