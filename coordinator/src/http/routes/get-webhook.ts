import { WebhookView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { WebhookPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { webhookView } from '../views/webhook-view.ts'

export const getWebhook = (api: Api, { webhooks }: Pick<Services, 'webhooks'>): void => {
  api.route({
    method: 'GET',
    url: '/webhooks/:webhook',
    config: { access: { kind: 'operators', role: 'operator' }, refuses: ['not-found'] },
    schema: {
      operationId: 'getWebhook',
      tags: ['webhooks'],
      summary: 'One webhook',
      params: WebhookPath,
      response: { 200: WebhookView },
    },
    handler: async (request) => webhookView(granted(await webhooks.get(request.params.webhook))),
  })
}
