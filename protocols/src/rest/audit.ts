/** `GET /api/v1/audit`: who did what, oldest first, each entry chained to the one before. */
import * as z from 'zod'
import { pageOf } from './paging.ts'
import { Timestamp } from './time.ts'

export const AuditRecordView = z.object({
  sequence: z.int().min(0),
  at: Timestamp,
  /** The id of a token or a client, or `coordinator`. */
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  previous: z.string(),
  hash: z.string(),
})
export type AuditRecordView = z.infer<typeof AuditRecordView>

export const AuditPage = pageOf(AuditRecordView)
export type AuditPage = z.infer<typeof AuditPage>
