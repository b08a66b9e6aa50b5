import { PageQuery, WebhookId, WebhookPage } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { readPage } from '../cursor.ts'
import { webhookView } from '../views/webhook-view.ts'

export const listWebhooks = (api: Api, { webhooks }: Pick<Services, 'webhooks'>): void => {
  api.route({
    method: 'GET',
    url: '/webhooks',
    config: { access: { kind: 'operators', role: 'operator' } },
    schema: {
      operationId: 'listWebhooks',
      tags: ['webhooks'],
      summary: 'List who is told of what, newest first',
      querystring: PageQuery,
      response: { 200: WebhookPage },
    },
    handler: (request) =>
      readPage(request.query, {
        key: WebhookId,
        keyOf: ({ webhook }) => webhook.id,
        list: webhooks.list,
        view: webhookView,
      }),
  })
}
