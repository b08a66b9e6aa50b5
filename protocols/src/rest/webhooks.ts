/** `/api/v1/webhooks` and below: other systems hear of rounds and versions. */
import * as z from 'zod'
import { TaskId } from '../ids.ts'
import { pageOf } from './paging.ts'
import { Timestamp } from './time.ts'

export const WebhookEvent = z.enum([
  'round.started',
  'round.completed',
  'round.abandoned',
  'model.published',
  'task.finished',
  'ping',
])
export type WebhookEvent = z.infer<typeof WebhookEvent>

export const WebhookId = z
  .string()
  .regex(/^wh_[0-9a-f]{24}$/, 'a webhook is named as in wh_ and 24 hex digits')

/** `POST /api/v1/webhooks`. Private addresses are refused unless the coordinator was told to allow them. */
export const CreateWebhookRequest = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).max(2_000),
  /** For people. */
  name: z.string().min(1).max(200),
  events: z.array(WebhookEvent).min(1).max(10),
  /** Only of this task; of every one where left out. */
  task: z.optional(TaskId),
})
export type CreateWebhookRequest = z.infer<typeof CreateWebhookRequest>

export const WebhookView = z.object({
  id: WebhookId,
  url: z.string(),
  name: z.string(),
  events: z.array(WebhookEvent),
  task: z.nullable(TaskId),
  createdAt: Timestamp,
  /** How the newest delivery that is done went; null before the first. */
  last: z.object({ outcome: z.enum(['delivered', 'failed']), at: Timestamp }).nullable(),
})
export type WebhookView = z.infer<typeof WebhookView>

/** The one answer that holds the secret by which deliveries are signed. */
export const CreatedWebhookView = WebhookView.extend({ secret: z.string().regex(/^whsec_/) })
export type CreatedWebhookView = z.infer<typeof CreatedWebhookView>

export const WebhookPage = pageOf(WebhookView)
export type WebhookPage = z.infer<typeof WebhookPage>

export const DeliveryView = z.object({
  id: z.string(),
  webhook: WebhookId,
  event: WebhookEvent,
  /** The round, version or task it is about. */
  subject: z.string(),
  status: z.enum(['pending', 'delivered', 'failed']),
  attempts: z.int().min(0),
  /** What the last attempt was answered, or why it was not; null before it. */
  answer: z.string().nullable(),
  createdAt: Timestamp,
  /** Of a pending one: when it is tried next. */
  nextAttemptAt: z.nullable(Timestamp),
  endedAt: z.nullable(Timestamp),
})
export type DeliveryView = z.infer<typeof DeliveryView>

/** Newest first. */
export const DeliveryPage = pageOf(DeliveryView)
export type DeliveryPage = z.infer<typeof DeliveryPage>
