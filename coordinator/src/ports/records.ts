/** What the tables hold, as types. Rounds and members are the round's own (`round/`). */
import type { ClientId, Digest, Instant, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import type { EncodedPublicKey } from '@tributary/protocols/crypto'
import type { PrivacyClaim } from '@tributary/protocols/privacy'
import type { WebhookEvent } from '@tributary/protocols/rest'
import type { TaskFile } from '@tributary/protocols/task'
import type { KeptState, RoundMetrics } from '../round/round.ts'

export type Task = {
  id: TaskId
  file: TaskFile
  /** Digest of the encoded `Assignment`: the plan digest of the versions made under it. */
  assignment: { digest: Digest; bytes: number }
  status: 'active' | 'paused' | 'finished'
  createdAt: Instant
}

/** Where a model version's weights came from. */
export type Origin =
  | { kind: 'initial'; seed: number }
  | { kind: 'imported'; note: string }
  | {
      kind: 'round'
      round: RoundId
      examples: number
      metrics: RoundMetrics
      privacy?: PrivacyClaim | undefined
      /** What the strategy left for the round that trains from this version. */
      state?: KeptState | undefined
    }
  | { kind: 'rollback'; to: ModelVersion; reason: string }

export type ModelRecord = {
  task: TaskId
  version: ModelVersion
  /** The version before it; none for a task's first. */
  parent: ModelVersion | null
  weights: { digest: Digest; bytes: number }
  assignment: Digest
  origin: Origin
  createdAt: Instant
}

export type Client = {
  id: ClientId
  /** Ed25519. */
  publicKey: EncodedPublicKey
  /** `revoked` by an operator, `withdrawn` by itself. */
  status: 'active' | 'revoked' | 'withdrawn'
  enrolledAt: Instant
  /** The enrolment token it came by; empty where it has withdrawn. */
  enrolledBy: string
}

export type Role = 'viewer' | 'operator' | 'admin'

/** A token is known by the SHA-256 of its secret; the secret is shown once and kept nowhere. */
export type Token =
  | {
      kind: 'operator'
      id: string
      hash: string
      name: string
      role: Role
      status: 'active' | 'revoked'
      createdAt: Instant
    }
  | {
      kind: 'enrolment'
      id: string
      hash: string
      name: string
      usesLeft: number
      expiresAt: Instant
      createdAt: Instant
    }

/**
 * A browser that signed in. It is known by the SHA-256 of its cookie's text, which is kept nowhere.
 * Who it is stands in `of`: the operator token that was shown, whose name, role and revocation go for the session too;
 * or a person whom an identity provider named, with the role that was found for them under those `terms`.
 */
export type ConsoleSession = {
  id: string
  hash: string
  of:
    | { kind: 'token'; token: string }
    | { kind: 'oidc'; subject: string; name: string; role: Role; terms: string }
  createdAt: Instant
  /** When it was used last, to the minute. */
  seenAt: Instant
  expiresAt: Instant
}

/** The round's X25519 secret key, encrypted under the coordinator's own key. */
export type RoundKey = { round: RoundId; publicKey: EncodedPublicKey; sealedSecret: Uint8Array }

/** What an `Idempotency-Key` led to, so that a repetition leads to the same. */
export type Reply = {
  /** Who asked and for what: principal and route. A key is unique within its scope. */
  scope: string
  key: string
  /** SHA-256 of the request's body: the same key with another body is a mistake. */
  request: string
  /** The id of what was created. */
  resource: string
  at: Instant
}

/** An address that is told of what happens. */
export type Webhook = {
  id: string
  url: string
  name: string
  events: readonly WebhookEvent[]
  /** Only of this task; of every one where there is none. */
  task: TaskId | null
  /** What deliveries are signed with, encrypted under the coordinator's own key, in base64url. */
  sealedSecret: string
  createdAt: Instant
}

/** Something that webhooks are told of. Its id follows from what happened and when, so that it is the same however often it is said. */
export type Occurrence = {
  id: string
  event: WebhookEvent
  /** The round, version, task or webhook it is about. */
  subject: string
  task: TaskId | null
  at: Instant
  /** What is sent, as JSON. */
  body: string
}

/** An occurrence on its way to one webhook. */
export type Delivery = Omit<Occurrence, 'task' | 'at'> & {
  /** In the order in which they were saved, over all webhooks. */
  sequence: number
  webhook: string
  status: 'pending' | 'delivered' | 'failed'
  /** Begun, the one under way included. */
  attempts: number
  /** What the last attempt was answered, or why it was not. */
  answer: string | null
  createdAt: Instant
  /** Of a pending one. While it is being sent: when it is tried again should nothing more be heard of that. */
  nextAttemptAt: Instant | null
  endedAt: Instant | null
}

/** Who did what, to what. `detail` holds no secret. */
export type AuditEntry = {
  at: Instant
  actor: string
  action: string
  subject: string
  detail: Record<string, string | number | boolean | null>
}

/** An entry in its place in the chain: `hash` covers the entry, its number and `previous`. */
export type AuditRecord = AuditEntry & { sequence: number; previous: string; hash: string }

/** The right of one process to drive a task's rounds, until it runs out or is let go. */
export type Lease = {
  task: TaskId
  /** The process that has it. */
  holder: string
  /** Fencing token: it grows with every new taking, so that what an earlier holder still tries to write is refused. */
  token: number
  expiresAt: Instant
}
