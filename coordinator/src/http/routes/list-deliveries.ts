import { DeliveryPage, PageQuery } from '@tributary/protocols/rest'
import * as z from 'zod'
import type { Services } from '../../services.ts'
import type { Api } from '../api.ts'
import { readPage } from '../cursor.ts'
import { WebhookPath } from '../path-params.ts'
import { deliveryView } from '../views/webhook-view.ts'

export const listDeliveries = (api: Api, { webhooks }: Pick<Services, 'webhooks'>): void => {
  api.route({
    method: 'GET',
    url: '/webhooks/:webhook/deliveries',
    config: { access: { kind: 'operators', role: 'operator' }, refuses: ['not-found'] },
    schema: {
      operationId: 'listDeliveries',
      tags: ['webhooks'],
      summary: 'What a webhook has been told and is to be told, newest first',
      params: WebhookPath,
      querystring: PageQuery,
      response: { 200: DeliveryPage },
    },
    handler: (request) =>
      readPage(request.query, {
        key: z.int().min(0),
        keyOf: ({ sequence }) => sequence,
        list: (page) => webhooks.deliveries(request.params.webhook, page),
        view: deliveryView,
      }),
  })
}
