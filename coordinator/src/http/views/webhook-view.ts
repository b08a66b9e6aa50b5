import { type DeliveryView, timestampOf, type WebhookView } from '@tributary/protocols/rest'
import type { Delivery } from '../../ports/records.ts'
import type { WebhookStanding } from '../../services.ts'

export const webhookView = ({ webhook, last }: WebhookStanding): WebhookView => {
  const { id, url, name, events, task, createdAt } = webhook
  return {
    id,
    url,
    name,
    events: [...events],
    task,
    createdAt: timestampOf(createdAt),
    last:
      last && last.status !== 'pending' && last.endedAt !== null
        ? { outcome: last.status, at: timestampOf(last.endedAt) }
        : null,
  }
}

export const deliveryView = (delivery: Delivery): DeliveryView => {
  const { id, webhook, event, subject, status, attempts, answer } = delivery
  return {
    id,
    webhook,
    event,
    subject,
    status,
    attempts,
    answer,
    createdAt: timestampOf(delivery.createdAt),
    nextAttemptAt: delivery.nextAttemptAt === null ? null : timestampOf(delivery.nextAttemptAt),
    endedAt: delivery.endedAt === null ? null : timestampOf(delivery.endedAt),
  }
}
