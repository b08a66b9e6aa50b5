/** Control messages from a client to the coordinator, but for those of secure rounds. Rules [C…] of docs/protocol.md. */
import * as z from 'zod/mini'
import { EncodedSignature } from '../crypto/encoded.ts'
import { ClientId, RoundId, TaskId } from '../ids.ts'
import { ProtocolVersion } from '../version.ts'

export const DeclineReason = z.enum([
  'busy',
  'unsupported-model',
  /** It is not signed by the coordinator that this client has pinned. */
  'untrusted-model',
  'no-data',
  'conditions',
  'consent',
  'other',
])
export type DeclineReason = z.infer<typeof DeclineReason>

export const FailureReason = z.enum([
  /** The assignment protects updates less than this client insists on. */
  'privacy-floor',
  /** A participation more would pass what the task promises of one client. */
  'participation-limit',
  /** Something that an honest coordinator never says: the secure session was left. */
  'secure-aggregation',
  'no-examples',
  'training-error',
  /** Training took more time or memory than the app lets it have on this device. */
  'device-limit',
  'download-error',
  'upload-error',
  'diverged',
  'aborted',
])
export type FailureReason = z.infer<typeof FailureReason>

/** Who I am: a signature over the coordinator's challenge. */
const Authenticate = z.strictObject({
  type: z.literal('authenticate'),
  client: ClientId,
  protocol: ProtocolVersion,
  signature: EncodedSignature,
})

/** I am ready to take part in this task. `round` names the one I was in when the line was lost. */
const CheckIn = z.strictObject({
  type: z.literal('check-in'),
  task: TaskId,
  round: z.optional(RoundId),
})

const Accept = z.strictObject({ type: z.literal('accept'), round: RoundId })

const Decline = z.strictObject({ type: z.literal('decline'), round: RoundId, reason: DeclineReason })

/** How far training has come. Told for people to watch; nothing is decided by it. */
const Progress = z.strictObject({
  type: z.literal('progress'),
  round: RoundId,
  fraction: z.number().check(z.minimum(0), z.maximum(1)),
  loss: z.optional(z.number()),
})

/** I accepted, and no update of mine will come. */
const Failed = z.strictObject({
  type: z.literal('failed'),
  round: RoundId,
  reason: FailureReason,
})

/** I no longer take part in this task. */
const Leave = z.strictObject({ type: z.literal('leave'), task: TaskId })

export const PlainClientMessage = z.discriminatedUnion('type', [
  Authenticate,
  CheckIn,
  Accept,
  Decline,
  Progress,
  Failed,
  Leave,
])
