/** The columns of the tables as Kysely sees them. Each database makes them in migrations of its own. */
import type { Generated } from 'kysely'

export type Tables = {
  tasks: TaskRow
  rounds: RoundRow
  members: MemberRow
  models: ModelRow
  round_keys: RoundKeyRow
  session_rows: SessionRow
  ledgers: LedgerRow
  clients: ClientRow
  tokens: TokenRow
  console_sessions: ConsoleSessionRow
  replies: ReplyRow
  audit: AuditRow
  leases: LeaseRow
  identity: IdentityRow
  webhooks: WebhookRow
  webhook_deliveries: DeliveryRow
}

/** Text that holds JSON. */
type Json = string
/** Milliseconds since the Unix epoch. */
type Millis = number

export type TaskRow = {
  id: string
  status: string
  /** The `TaskFile`. */
  file: Json
  assignment_digest: string
  assignment_bytes: number
  created_at: Millis
}

export type RoundRow = {
  id: string
  task: string
  number: number
  phase: string
  /** 1 when the round has ended and owes nothing more, else 0. */
  settled: number
  /** The whole `Round`. */
  state: Json
  /** As in `state`: the order of a client's rounds, whichever tasks they are of. */
  opened_at: Millis | null
}

export type MemberRow = {
  round: string
  client: string
  status: string
  /** The whole `Member`. */
  state: Json
}

export type ModelRow = {
  task: string
  version: number
  parent: number | null
  weights_digest: string
  weights_bytes: number
  assignment: string
  /** The `Origin`. */
  origin: Json
  created_at: Millis
}

export type RoundKeyRow = { round: string; public_key: string; sealed_secret: Uint8Array }

export type SessionRow = {
  round: string
  /** Empty, or which group, for a session's own record. */
  client: string
  type: string
  /** The message, or the record. */
  message: Json
}

export type LedgerRow = {
  task: string
  /** The `PrivacyLedger`. */
  ledger: Json
}

export type ClientRow = {
  id: string
  public_key: string
  status: string
  enrolled_at: Millis
  enrolled_by: string
}

/** Columns of one kind of token are null in the other. */
export type TokenRow = {
  id: string
  kind: string
  hash: string
  name: string
  role: string | null
  status: string | null
  uses_left: number | null
  expires_at: Millis | null
  created_at: Millis
}

/** `token` is null where an identity provider named the person, and what it said is null where a token was shown. */
export type ConsoleSessionRow = {
  id: string
  hash: string
  token: string | null
  subject: string | null
  name: string | null
  role: string | null
  terms: string | null
  created_at: Millis
  seen_at: Millis
  expires_at: Millis
}

export type ReplyRow = { scope: string; key: string; request: string; resource: string; at: Millis }

export type AuditRow = {
  sequence: number
  at: Millis
  actor: string
  action: string
  subject: string
  detail: Json
  previous: string
  hash: string
}

export type LeaseRow = {
  task: string
  /** Null once it was let go. */
  holder: string | null
  token: number
  expires_at: Millis
}

/** One row at most. */
export type IdentityRow = { sole: number; coordinator: string }

export type WebhookRow = {
  id: string
  url: string
  name: string
  /** An array of words. */
  events: Json
  task: string | null
  sealed_secret: string
  created_at: Millis
}

export type DeliveryRow = {
  sequence: Generated<number>
  webhook: string
  id: string
  event: string
  subject: string
  body: Json
  status: string
  attempts: number
  answer: string | null
  created_at: Millis
  next_attempt_at: Millis | null
  ended_at: Millis | null
}
