/** Control messages from the coordinator to a client, but for those of secure rounds. Rules [S…] of docs/protocol.md. */
import * as z from 'zod/mini'
import { EncodedNonce, EncodedPublicKey, EncodedSignature } from '../crypto/encoded.ts'
import { ClientId, Digest, Instant, ModelVersion, RoundId, TaskId } from '../ids.ts'
import { ProtocolVersion } from '../version.ts'

/** Immutable bytes and where to find them: `GET /api/v1/blobs/{digest}`. */
export const BlobRef = z.strictObject({ digest: Digest, bytes: z.int().check(z.minimum(0)) })
export type BlobRef = z.infer<typeof BlobRef>

/** A bearer token for this client's downloads and uploads, and when it stops being accepted. */
export const Session = z.strictObject({
  token: z.string().check(z.minLength(16), z.maxLength(1_024)),
  expiresAt: Instant,
})
export type Session = z.infer<typeof Session>

export const RefusalReason = z.enum([
  'malformed',
  'unsupported-protocol',
  'not-authenticated',
  'already-authenticated',
  'unknown-client',
  'revoked-client',
  'bad-signature',
  'unknown-task',
  'unknown-round',
  'not-invited',
  'round-over',
  'replaced',
  'too-many-messages',
])
export type RefusalReason = z.infer<typeof RefusalReason>

/** First on every line: sign this. */
export const Challenge = z.strictObject({
  type: z.literal('challenge'),
  coordinator: z.string().check(z.minLength(1), z.maxLength(128)),
  nonce: EncodedNonce,
  protocols: z.array(ProtocolVersion).check(z.minLength(1), z.maxLength(16)),
})

export const Welcome = z.strictObject({
  type: z.literal('welcome'),
  client: ClientId,
  protocol: ProtocolVersion,
  session: Session,
  /** The coordinator's clock, so that a client with a wrong one can still keep deadlines. */
  now: Instant,
})

/** What was asked is not done, and why. The line stays open unless the reason is one of authentication. */
export const Refused = z.strictObject({
  type: z.literal('refused'),
  of: z.string().check(z.maxLength(64)),
  reason: RefusalReason,
  /** The task or the round that the message named, so that clients that take part in several know whose it was. */
  about: z.optional(z.union([TaskId, RoundId])),
  detail: z.optional(z.string().check(z.maxLength(1_000))),
})

/** Checked in. Stay on the line: an invitation may come. */
export const Standby = z.strictObject({ type: z.literal('standby'), task: TaskId })

/** Not needed at present: come back after this long. Staying on the line is allowed, and costs nothing but the line. */
export const ComeBack = z.strictObject({
  type: z.literal('come-back'),
  task: TaskId,
  afterMs: z.int().check(z.minimum(0), z.maximum(31 * 86_400_000)),
  reason: z.enum(['enough-clients', 'no-round-due', 'task-paused', 'task-finished', 'awaiting-model']),
})

/** Into a round that is not a secure one. */
export const PlainInvitation = z.strictObject({
  type: z.literal('invitation'),
  round: RoundId,
  task: TaskId,
  model: z.strictObject({ version: ModelVersion, ...BlobRef.shape }),
  /** The model's architecture and the plan, as an `Assignment`. */
  assignment: BlobRef,
  /** The coordinator's, over what the model version is (K10). */
  signature: z.optional(EncodedSignature),
  /** The round's X25519 public key: what the update is sealed to. */
  publicKey: EncodedPublicKey,
  /** When the round stops waiting, by the coordinator's clock, and how far away that is. */
  deadline: z.strictObject({ at: Instant, inMs: z.int().check(z.minimum(0)) }),
  session: Session,
  /** Of a round whose updates are sealed and whose norm follows the clients: what deltas are clipped to (L2). */
  clipNorm: z.optional(z.number().check(z.positive(), z.maximum(1e6))),
  /**
   * Of a task whose clients keep a vector from round to round: since which version the strategy goes on without a break, and the
   * server's control variate, left out where it is zero.
   */
  carried: z.optional(z.strictObject({ since: ModelVersion, control: z.optional(BlobRef) })),
})

export const AbandonReason = z.enum([
  'too-few-clients',
  'no-quorum',
  'cannot-reach-quorum',
  /** Of a secure round: no graph meets the task's conditions, or too few are left to open the sum. */
  'no-graph',
  'too-few-shares',
  /** Of a secure round: a client dealt shares of something else, or the sum is one that no honest updates add up to. */
  'wrong-dealing',
  'out-of-range',
  'aggregation-failed',
  'gate-refused',
  'operator',
  'task-finished',
  'restored',
])
export type AbandonReason = z.infer<typeof AbandonReason>

export const RoundEnded = z.strictObject({
  type: z.literal('round-ended'),
  round: RoundId,
  outcome: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('completed'), version: ModelVersion }),
    z.strictObject({ kind: z.literal('abandoned'), reason: AbandonReason }),
    /** Enough updates came from others; the round goes on without this client. */
    z.strictObject({ kind: z.literal('closed') }),
  ]),
})

export const ModelPublished = z.strictObject({
  type: z.literal('model-published'),
  task: TaskId,
  model: z.strictObject({ version: ModelVersion, ...BlobRef.shape }),
  assignment: BlobRef,
  /** The coordinator's, over what the model version is (K10). */
  signature: z.optional(EncodedSignature),
  session: Session,
})
export type ModelPublished = z.infer<typeof ModelPublished>

/** All that it takes, `CoordinatorMessage` takes as the same. */
export const PlainCoordinatorMessage = z.discriminatedUnion('type', [
  Challenge,
  Welcome,
  Refused,
  Standby,
  ComeBack,
  PlainInvitation,
  RoundEnded,
  ModelPublished,
])
