import { createHash } from 'node:crypto'
import type { Instant, TaskId } from '@tributary/protocols'
import { timestampOf, type WebhookEvent } from '@tributary/protocols/rest'
import type { Occurrence } from '../ports/records.ts'

/** Longest body, in bytes. Metrics have names of the clients' choosing, as many as they like. */
export const MOST_BODY_BYTES = 20_000

type Happened = {
  event: WebhookEvent
  subject: string
  task: TaskId | null
  at: Instant
  /** What it is about, as REST shows it; `brief` where that is too long to send. */
  view: { whole: object; brief: object }
}

/** What happened as what is sent: `{ type, timestamp, data }`, the same however often it is made. */
export const occurrenceOf = ({ event, subject, task, at, view }: Happened): Occurrence => {
  const text = (data: object) => JSON.stringify({ type: event, timestamp: timestampOf(at), data })
  const whole = text(view.whole)
  return {
    id: `msg_${createHash('sha256')
      .update(JSON.stringify([event, subject, at]))
      .digest('hex')
      .slice(0, 32)}`,
    event,
    subject,
    task,
    at,
    body: Buffer.byteLength(whole) <= MOST_BODY_BYTES ? whole : text(view.brief),
  }
}
