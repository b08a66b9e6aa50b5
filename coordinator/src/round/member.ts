import { ClientId, Digest, Instant, RoundId } from '@tributary/protocols'
import { DeclineReason, FailureReason } from '@tributary/protocols/messages'
import * as z from 'zod'

const Key = z.strictObject({ round: RoundId, client: ClientId })

/** What was acknowledged to a client: enough to answer a repetition the same, and to find the sealed update. */
export const Receipt = z.strictObject({
  envelope: Digest,
  bytes: z.int().min(1),
  examples: z.int().min(1),
  metrics: z.record(z.string(), z.number()),
  receivedAt: Instant,
})
export type Receipt = z.infer<typeof Receipt>

/** One client's part in one round: a row of its own, unique on both, so a round's state holds only counts. */
export const Member = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('invited'), ...Key.shape }),
  z.strictObject({ status: z.literal('accepted'), ...Key.shape }),
  z.strictObject({ status: z.literal('declined'), ...Key.shape, reason: DeclineReason }),
  z.strictObject({ status: z.literal('failed'), ...Key.shape, reason: FailureReason }),
  z.strictObject({ status: z.literal('received'), ...Key.shape, receipt: Receipt }),
])
export type Member = z.infer<typeof Member>
