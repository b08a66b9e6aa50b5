import { ClientId, Digest, Instant, RoundId } from '@tributary/protocols'
import { DeclineReason, FailureReason } from '@tributary/protocols/messages'
import { DropReason, MaskedMessage } from '@tributary/protocols/secagg'
import * as z from 'zod'

const Key = z.strictObject({ round: RoundId, client: ClientId })

/** What was acknowledged to a client: enough to answer a repetition the same, and to find the sealed update. */
const kept = { envelope: Digest, bytes: z.int().min(1) }
export const Receipt = z.union([
  z.strictObject({
    ...kept,
    examples: z.int().min(1),
    metrics: z.record(z.string(), z.number()),
    receivedAt: Instant,
  }),
  /** Of a secure round: which masked vector it is. Examples and metrics are in it, and nobody reads them. */
  z.strictObject({ ...kept, masked: MaskedMessage, receivedAt: Instant }),
])
export type Receipt = z.infer<typeof Receipt>

/** One client's part in one round: a row of its own, unique on both, so a round's state holds only counts. */
export const Member = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('invited'), ...Key.shape }),
  z.strictObject({ status: z.literal('accepted'), ...Key.shape }),
  z.strictObject({ status: z.literal('declined'), ...Key.shape, reason: DeclineReason }),
  z.strictObject({ status: z.literal('failed'), ...Key.shape, reason: FailureReason }),
  /** Of a secure round: no longer of its session. */
  z.strictObject({ status: z.literal('dropped'), ...Key.shape, reason: DropReason }),
  z.strictObject({ status: z.literal('received'), ...Key.shape, receipt: Receipt }),
])
export type Member = z.infer<typeof Member>
