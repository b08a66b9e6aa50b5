import { DeliveryView } from '@tributary/protocols/rest'
import type { Services } from '../../services.ts'
import { actorOf } from '../access.ts'
import type { Api } from '../api.ts'
import { DeliveryPath } from '../path-params.ts'
import { granted } from '../problem.ts'
import { deliveryView } from '../views/webhook-view.ts'

export const redeliver = (api: Api, { webhooks }: Pick<Services, 'webhooks'>): void => {
  api.route({
    method: 'POST',
    url: '/webhooks/:webhook/deliveries/:delivery/redeliver',
    config: { access: { kind: 'operators', role: 'operator' }, refuses: ['not-found'] },
    schema: {
      operationId: 'redeliver',
      tags: ['webhooks'],
      summary: 'Send a delivery once more, under the same id, or at once where it waits for another attempt',
      params: DeliveryPath,
      response: { 202: DeliveryView },
    },
    handler: async (request, reply) => {
      const { webhook, delivery } = request.params
      reply.code(202)
      return deliveryView(granted(await webhooks.redeliver(webhook, delivery, actorOf(request))))
    },
  })
}
