/** Rows as records and back. Every row passes a schema on its way out: a damaged one is a fault that names it. */
import { ClientId, Digest, Instant, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import { EncodedPublicKey } from '@tributary/protocols/crypto'
import { PrivacyClaim, PrivacyLedger } from '@tributary/protocols/privacy'
import { WebhookEvent } from '@tributary/protocols/rest'
import { Row } from '@tributary/protocols/secagg'
import { TaskFile } from '@tributary/protocols/task'
import type { Selectable } from 'kysely'
import * as z from 'zod'
import { StorageError } from '../../faults/storage.ts'
import type * as records from '../../ports/records.ts'
import { Member } from '../../round/member.ts'
import { KeptState, Round, RoundMetrics } from '../../round/round.ts'
import type * as rows from './tables.ts'

const count = z.int().min(0)
const blobRef = z.strictObject({ digest: Digest, bytes: count })

export const Task = z.strictObject({
  id: TaskId,
  /** Checked by `taskReader`. */
  file: z.custom<TaskFile>(),
  assignment: blobRef,
  status: z.enum(['active', 'paused', 'finished']),
  createdAt: Instant,
}) satisfies z.ZodType<records.Task>

const Origin = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('initial'), seed: z.number() }),
  z.strictObject({ kind: z.literal('imported'), note: z.string() }),
  z.strictObject({
    kind: z.literal('round'),
    round: RoundId,
    examples: count,
    metrics: RoundMetrics,
    privacy: z.optional(PrivacyClaim),
    state: KeptState.optional(),
  }),
  z.strictObject({ kind: z.literal('rollback'), to: ModelVersion, reason: z.string() }),
]) satisfies z.ZodType<records.Origin>

export const ModelRecord = z.strictObject({
  task: TaskId,
  version: ModelVersion,
  parent: z.nullable(ModelVersion),
  weights: blobRef,
  assignment: Digest,
  origin: Origin,
  createdAt: Instant,
}) satisfies z.ZodType<records.ModelRecord>

export const Client = z.strictObject({
  id: ClientId,
  publicKey: EncodedPublicKey,
  status: z.enum(['active', 'revoked', 'withdrawn']),
  enrolledAt: Instant,
  enrolledBy: z.string(),
}) satisfies z.ZodType<records.Client>

const tokenHead = { id: z.string(), hash: z.string(), name: z.string(), createdAt: Instant }
export const Token = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('operator'),
    ...tokenHead,
    role: z.enum(['viewer', 'operator', 'admin']),
    status: z.enum(['active', 'revoked']),
  }),
  z.strictObject({ kind: z.literal('enrolment'), ...tokenHead, usesLeft: count, expiresAt: Instant }),
]) satisfies z.ZodType<records.Token>

const ConsoleSession = z.strictObject({
  id: z.string(),
  hash: z.string(),
  of: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('token'), token: z.string() }),
    z.strictObject({
      kind: z.literal('oidc'),
      subject: z.string(),
      name: z.string(),
      role: z.enum(['viewer', 'operator', 'admin']),
      terms: z.string(),
    }),
  ]),
  createdAt: Instant,
  seenAt: Instant,
  expiresAt: Instant,
}) satisfies z.ZodType<records.ConsoleSession>

const RoundKey = z.strictObject({
  round: RoundId,
  publicKey: EncodedPublicKey,
  sealedSecret: z.instanceof<typeof Uint8Array<ArrayBufferLike>>(Uint8Array),
}) satisfies z.ZodType<records.RoundKey>

export const AuditRecord = z.strictObject({
  sequence: z.int().min(1),
  at: Instant,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  previous: z.string(),
  hash: z.string(),
}) satisfies z.ZodType<records.AuditRecord>

const Lease = z.strictObject({
  task: TaskId,
  holder: z.string(),
  token: z.int().min(1),
  expiresAt: Instant,
}) satisfies z.ZodType<records.Lease>

export const Webhook = z.strictObject({
  id: z.string(),
  url: z.string(),
  name: z.string(),
  events: z.array(WebhookEvent),
  task: z.nullable(TaskId),
  sealedSecret: z.string(),
  createdAt: Instant,
}) satisfies z.ZodType<records.Webhook>

const Delivery = z.strictObject({
  sequence: count,
  webhook: z.string(),
  id: z.string(),
  event: WebhookEvent,
  subject: z.string(),
  body: z.string(),
  status: z.enum(['pending', 'delivered', 'failed']),
  attempts: count,
  answer: z.string().nullable(),
  createdAt: Instant,
  nextAttemptAt: z.nullable(Instant),
  endedAt: z.nullable(Instant),
}) satisfies z.ZodType<records.Delivery>

/** What is written is checked too: a value that could not be read back would shut the door behind itself. */
const encode = (schema: z.core.$ZodType, value: unknown): string => JSON.stringify(z.parse(schema, value))

export const taskRow = ({ id, status, file, assignment, createdAt }: records.Task): rows.TaskRow => ({
  id,
  status,
  file: encode(TaskFile, file),
  assignment_digest: assignment.digest,
  assignment_bytes: assignment.bytes,
  created_at: createdAt,
})

/**
 * A reader of task rows. A task file may be long and is read with every check-in: a text that passed its schema and
 * came out as it went in need not pass again (4 ms for a model of 200 layers), only be parsed.
 */
export const taskReader = (): ((row: rows.TaskRow) => records.Task) => {
  const passed = new Set<string>()
  const fileOf = (text: string): TaskFile => {
    if (passed.has(text)) return JSON.parse(text)
    const file = TaskFile.parse(JSON.parse(text))
    if (passed.size >= MOST_FILES) passed.clear()
    if (JSON.stringify(file) === text) passed.add(text)
    return file
  }
  return (row) =>
    decode(Task, `tasks ${row.id}`, () => ({
      id: row.id,
      file: fileOf(row.file),
      assignment: { digest: row.assignment_digest, bytes: row.assignment_bytes },
      status: row.status,
      createdAt: row.created_at,
    }))
}

const MOST_FILES = 100

export const roundRow = (round: Round): rows.RoundRow => ({
  id: round.id,
  task: round.task,
  number: round.number,
  phase: round.phase,
  settled: 'debts' in round && round.debts === 'settled' ? 1 : 0,
  state: encode(Round, round),
  opened_at: round.openedAt,
})

export const roundOf = (row: Pick<rows.RoundRow, 'id' | 'state'>): Round =>
  decode(Round, `rounds ${row.id}`, () => JSON.parse(row.state))

export const memberRow = (member: Member): rows.MemberRow => ({
  round: member.round,
  client: member.client,
  status: member.status,
  state: encode(Member, member),
})

export const memberOf = (row: Pick<rows.MemberRow, 'round' | 'client' | 'state'>): Member =>
  decode(Member, `members ${row.round} ${row.client}`, () => JSON.parse(row.state))

export const modelRow = (model: records.ModelRecord): rows.ModelRow => ({
  task: model.task,
  version: model.version,
  parent: model.parent,
  weights_digest: model.weights.digest,
  weights_bytes: model.weights.bytes,
  assignment: model.assignment,
  origin: encode(Origin, model.origin),
  created_at: model.createdAt,
})

export const modelOf = (row: rows.ModelRow): records.ModelRecord =>
  decode(ModelRecord, `models ${row.task} ${row.version}`, () => ({
    task: row.task,
    version: row.version,
    parent: row.parent,
    weights: { digest: row.weights_digest, bytes: row.weights_bytes },
    assignment: row.assignment,
    origin: JSON.parse(row.origin),
    createdAt: row.created_at,
  }))

export const roundKeyRow = (key: records.RoundKey): rows.RoundKeyRow => ({
  round: key.round,
  public_key: key.publicKey,
  sealed_secret: key.sealedSecret,
})

export const roundKeyOf = (row: rows.RoundKeyRow): records.RoundKey =>
  decode(RoundKey, `round_keys ${row.round}`, () => ({
    round: row.round,
    publicKey: row.public_key,
    sealedSecret: row.sealed_secret,
  }))

export const sessionRow = ({ round, row }: { round: RoundId; row: Row }): rows.SessionRow =>
  'type' in row
    ? { round, client: row.group ? `group ${row.group}` : '', type: row.type, message: encode(Row, row) }
    : { round, client: row.client, type: row.message.type, message: encode(Row, row) }

export const sessionRowOf = ({ round, client, type, message }: rows.SessionRow): Row =>
  decode(Row, `session_rows ${round} ${client} ${type}`, () => JSON.parse(message))

export const ledgerRow = ({ task, ledger }: { task: TaskId; ledger: PrivacyLedger }): rows.LedgerRow => ({
  task,
  ledger: encode(PrivacyLedger, ledger),
})

export const ledgerOf = ({ task, ledger }: rows.LedgerRow): PrivacyLedger =>
  decode(PrivacyLedger, `ledgers ${task}`, () => JSON.parse(ledger))

export const clientRow = (client: records.Client): rows.ClientRow => ({
  id: client.id,
  public_key: client.publicKey,
  status: client.status,
  enrolled_at: client.enrolledAt,
  enrolled_by: client.enrolledBy,
})

export const clientOf = (row: rows.ClientRow): records.Client =>
  decode(Client, `clients ${row.id}`, () => ({
    id: row.id,
    publicKey: row.public_key,
    status: row.status,
    enrolledAt: row.enrolled_at,
    enrolledBy: row.enrolled_by,
  }))

export const tokenRow = (token: records.Token): rows.TokenRow => ({
  id: token.id,
  kind: token.kind,
  hash: token.hash,
  name: token.name,
  role: token.kind === 'operator' ? token.role : null,
  status: token.kind === 'operator' ? token.status : null,
  uses_left: token.kind === 'enrolment' ? token.usesLeft : null,
  expires_at: token.kind === 'enrolment' ? token.expiresAt : null,
  created_at: token.createdAt,
})

export const tokenOf = (row: rows.TokenRow): records.Token =>
  decode(Token, `tokens ${row.id}`, () => {
    const head = { id: row.id, kind: row.kind, hash: row.hash, name: row.name, createdAt: row.created_at }
    return row.kind === 'operator'
      ? { ...head, role: row.role, status: row.status }
      : { ...head, usesLeft: row.uses_left, expiresAt: row.expires_at }
  })

export const consoleSessionRow = ({ of, ...session }: records.ConsoleSession): rows.ConsoleSessionRow => ({
  id: session.id,
  hash: session.hash,
  token: of.kind === 'token' ? of.token : null,
  subject: of.kind === 'oidc' ? of.subject : null,
  name: of.kind === 'oidc' ? of.name : null,
  role: of.kind === 'oidc' ? of.role : null,
  terms: of.kind === 'oidc' ? of.terms : null,
  created_at: session.createdAt,
  seen_at: session.seenAt,
  expires_at: session.expiresAt,
})

export const consoleSessionOf = (row: rows.ConsoleSessionRow): records.ConsoleSession =>
  decode(ConsoleSession, `console_sessions ${row.id}`, () => ({
    id: row.id,
    hash: row.hash,
    of:
      row.token === null
        ? { kind: 'oidc', subject: row.subject, name: row.name, role: row.role, terms: row.terms }
        : { kind: 'token', token: row.token },
    createdAt: row.created_at,
    seenAt: row.seen_at,
    expiresAt: row.expires_at,
  }))

export const auditRow = (record: records.AuditRecord): rows.AuditRow => ({
  ...record,
  detail: encode(AuditRecord.shape.detail, record.detail),
})

export const auditOf = (row: rows.AuditRow): records.AuditRecord =>
  decode(AuditRecord, `audit ${row.sequence}`, () => ({ ...row, detail: JSON.parse(row.detail) }))

export const leaseOf = (row: rows.LeaseRow): records.Lease =>
  decode(Lease, `leases ${row.task}`, () => ({
    task: row.task,
    holder: row.holder,
    token: row.token,
    expiresAt: row.expires_at,
  }))

export const webhookRow = (webhook: records.Webhook): rows.WebhookRow => ({
  id: webhook.id,
  url: webhook.url,
  name: webhook.name,
  events: encode(Webhook.shape.events, webhook.events),
  task: webhook.task,
  sealed_secret: webhook.sealedSecret,
  created_at: webhook.createdAt,
})

export const webhookOf = (row: rows.WebhookRow): records.Webhook =>
  decode(Webhook, `webhooks ${row.id}`, () => ({
    id: row.id,
    url: row.url,
    name: row.name,
    events: JSON.parse(row.events),
    task: row.task,
    sealedSecret: row.sealed_secret,
    createdAt: row.created_at,
  }))

export const deliveryOf = (row: Selectable<rows.DeliveryRow>): records.Delivery =>
  decode(Delivery, `webhook_deliveries ${row.sequence}`, () => ({
    sequence: row.sequence,
    webhook: row.webhook,
    id: row.id,
    event: row.event,
    subject: row.subject,
    body: row.body,
    status: row.status,
    attempts: row.attempts,
    answer: row.answer,
    createdAt: row.created_at,
    nextAttemptAt: row.next_attempt_at,
    endedAt: row.ended_at,
  }))

const decode = <T>(schema: z.core.$ZodType<T>, which: string, value: () => unknown): T => {
  try {
    return z.parse(schema, value())
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : 'its JSON is broken'
    throw new StorageError(`the row "${which}" is damaged: ${why}`, { cause })
  }
}
