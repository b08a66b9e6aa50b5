/** `PUT /api/v1/tasks/{task}/rounds/{round}/updates/{client}`: the sealed update is the body. */
import * as z from 'zod/mini'
import { ClientId, Digest, RoundId } from '../ids.ts'
import { Timestamp } from './time.ts'

/** The update is durable. The same submission, sent again, is answered the same. */
export const SubmissionReceiptView = z.object({
  round: RoundId,
  client: ClientId,
  /** Digest of the sealed bytes. */
  envelope: Digest,
  receivedAt: Timestamp,
})
export type SubmissionReceiptView = z.infer<typeof SubmissionReceiptView>
