import { ClientId, Digest, Instant, ModelVersion, RoundId } from '@tributary/protocols'
import { EncodedPublicKey } from '@tributary/protocols/crypto'
import { DeclineReason, FailureReason } from '@tributary/protocols/messages'
import { DropReason, MaskedMessage } from '@tributary/protocols/secagg'
import * as z from 'zod'

/**
 * What a client of a buffered task was invited to, in this round or an earlier one: what it trains from, and the key of that round, to which its update
 * is sealed whichever round counts it.
 */
export const Invited = z.strictObject({
  round: RoundId,
  base: z.strictObject({ version: ModelVersion, digest: Digest }),
  publicKey: EncodedPublicKey,
  at: Instant,
})
export type Invited = z.infer<typeof Invited>

const Key = z.strictObject({
  round: RoundId,
  client: ClientId,
  /** Of a buffered round: elsewhere a member was invited to the round that it is of. */
  invitation: Invited.optional(),
  /** When it was invited to a round that is not buffered, when it accepted, and when it came to the status that it has; rows may be older than these. */
  invitedAt: z.optional(Instant),
  acceptedAt: z.optional(Instant),
  since: z.optional(Instant),
})

/** What was acknowledged to a client: enough to answer a repetition the same, and to find the sealed update. */
const kept = { envelope: Digest, bytes: z.int().min(1) }
export const Receipt = z.union([
  z.strictObject({
    ...kept,
    examples: z.int().min(1),
    metrics: z.record(z.string(), z.number()),
    receivedAt: Instant,
    /** L2 norm of its delta, for people to watch: nothing is decided by it. Not measured where it was compressed or privacy is promised. */
    norm: z.number().min(0).optional(),
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

/** The member's update may still come. */
export const isAwaited = ({ status }: Member): boolean => status === 'invited' || status === 'accepted'

/** What identifies the row, and what stays whatever the member answers. */
export const keyOf = ({ round, client, invitation, invitedAt, acceptedAt }: Member) => ({
  round,
  client,
  ...(invitation && { invitation }),
  ...(invitedAt !== undefined && { invitedAt }),
  ...(acceptedAt !== undefined && { acceptedAt }),
})
