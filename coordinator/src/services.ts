/**
 * What the coordinator can be asked to do, as `http/`, the command line and tests see it.
 * The composition root (`coordinator.ts`) builds each in its own room.
 */
import type { ClientId, Digest, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import type { EncodedSignature } from '@tributary/protocols/crypto'
import type {
  CreateWebhookRequest,
  SystemView,
  TaskCheckView,
  TaskPrivacyView,
} from '@tributary/protocols/rest'
import type { Schedule, StopRule, TaskFile } from '@tributary/protocols/task'
import type { Submission } from '@tributary/protocols/updates'
import type { AuditVerdict } from './audit/verification.ts'
import type { FleetService } from './clients/fleet.ts'
import type { TokenService } from './clients/tokens.ts'
import type { Overview } from './insight/overview.ts'
import type { TaskMetrics } from './insight/task-metrics.ts'
import type { Progress } from './live/progress.ts'
import type { ModelSigner } from './models/model-signer.ts'
import type { BlobRef, OpenBlob } from './ports/blobs.ts'
import type {
  AuditRecord,
  Client,
  Delivery,
  ModelRecord,
  Role,
  Task,
  Token,
  Webhook,
} from './ports/records.ts'
import type { PageRequest } from './ports/store.ts'
import type { Refusal } from './refusal.ts'
import type { Member } from './round/member.ts'
import type { Round } from './round/round.ts'

/** Who asks: an operator by token, or the coordinator itself. */
export type Actor = { id: string; name: string; role: Role }

/** The caller's `Idempotency-Key`, with the digest of what it came with. */
export type Idempotency = { scope: string; key: string; request: string }

export type TaskView = {
  task: Task
  openRound: Round | undefined
  latestRound: Round | undefined
  latestModel: ModelRecord | undefined
  completedRounds: number
  /** When the schedule begins the next round; `undefined` where it won't by itself. */
  nextRoundAt: number | undefined
}

export type TaskChange =
  | { kind: 'pause' }
  | { kind: 'resume' }
  | { kind: 'finish' }
  | { kind: 'reschedule'; schedule: Schedule }
  | { kind: 'restop'; stop: StopRule }

export type TaskService = {
  /** Everything for which `create` would refuse a task file, or how large the task would be. Makes nothing. */
  check(json: unknown): Promise<TaskCheckView>
  /** Makes the task and, where its model is seeded, its version 1. */
  create(file: TaskFile, actor: Actor, idempotency?: Idempotency): Promise<TaskView | Refusal>
  get(id: TaskId): Promise<TaskView | Refusal>
  list(page: PageRequest<TaskId>): Promise<TaskView[]>
  /** Applies all changes or none. */
  change(id: TaskId, changes: readonly TaskChange[], actor: Actor): Promise<TaskView | Refusal>
}

export type RoundService = {
  /** Begins a round now. `round-open` names the one that runs. A repeated idempotency key gives the same round. */
  trigger(task: TaskId, actor: Actor, idempotency?: Idempotency): Promise<Round | Refusal>
  /** `progress`: what members last said of their training, on lines of this process. */
  get(
    task: TaskId,
    round: RoundId,
  ): Promise<{ round: Round; members: Member[]; progress?: ReadonlyMap<ClientId, Progress> } | Refusal>
  list(task: TaskId, page: PageRequest<number>): Promise<Round[] | Refusal>
  abandon(task: TaskId, round: RoundId, reason: string, actor: Actor): Promise<Round | Refusal>
}

export type ModelService = {
  get(task: TaskId, version: ModelVersion): Promise<ModelRecord | Refusal>
  list(task: TaskId, page: PageRequest<ModelVersion>): Promise<ModelRecord[] | Refusal>
  /** The safetensors bytes of a version. */
  weights(task: TaskId, version: ModelVersion): Promise<{ model: ModelRecord; blob: OpenBlob } | Refusal>
  /** A new version from safetensors bytes that match the task's tensors. */
  importWeights(
    task: TaskId,
    bytes: Uint8Array,
    note: string,
    actor: Actor,
    idempotency?: Idempotency,
  ): Promise<ModelRecord | Refusal>
  /** A new version equal to an old one. */
  rollback(
    task: TaskId,
    to: ModelVersion,
    reason: string,
    actor: Actor,
    idempotency?: Idempotency,
  ): Promise<ModelRecord | Refusal>
  /** The largest safetensors file that can be a version of this task. */
  maxBytes(task: TaskId): Promise<number | Refusal>
  /** Published bytes (weights, assignments and frozen parts) by digest. */
  published(digest: Digest): Promise<OpenBlob | Refusal>
  /** Takes in a file of frozen tensors under its digest, for a task to be made: `wrong-digest`, `too-large`. */
  upload(
    file: { digest: Digest; announcedBytes: number | undefined; body: AsyncIterable<Uint8Array> },
    actor: Actor,
  ): Promise<BlobRef | Refusal>
}

export type ClientService = {
  /** Makes an invitation; its secret is in the answer and nowhere else. A repeated idempotency key gives the same. */
  invite(
    request: { name: string; uses: number; expiresAt: number },
    actor: Actor,
    idempotency?: Idempotency,
  ): Promise<{ token: Extract<Token, { kind: 'enrolment' }>; secret: string } | Refusal>
  /** Enrols a public key. Enrolling the same key again answers the same and spends nothing. */
  enrol(request: { token: string; publicKey: string; proof: string }): Promise<Client | Refusal>
  get(id: ClientId): Promise<Client | Refusal>
  /** The client's line is cut, and nothing more is taken from it. */
  revoke(id: ClientId, actor: Actor): Promise<Client | Refusal>
  /**
   * By the client's own statement, over `withdrawalDigest` by the key that enrolled: as if revoked, and it is out of the rounds that wait for it.
   * What enrolment kept of it, but the key, is erased. Answered the same however often it is said; `unauthenticated` of whoever else says it.
   */
  withdraw(id: ClientId, statement: { signature: EncodedSignature }): Promise<Client | Refusal>
}

export type AccessService = {
  /** Who an `Authorization: Bearer` of an operator is. */
  operator(bearer: string): Promise<Actor | Refusal>
  /** Which client a session token was handed to. Signed, so nothing is looked up. */
  session(bearer: string): ClientId | Refusal
  /** A fresh session for an authenticated client, good at least until `until`. */
  issueSession(client: ClientId, until: number): { token: string; expiresAt: number }
  createOperator(
    request: { name: string; role: Role },
    actor: Actor,
  ): Promise<{ token: Extract<Token, { kind: 'operator' }>; secret: string }>
  /**
   * Makes the first admin token where no operator token exists, and answers it; `undefined` where one does. It is shown
   * before it is saved: whoever was killed in between has shown one that is worth nothing, and shows another at the next
   * start; none is saved that nobody has seen. What was shown is worth nothing either where the answer is `undefined`
   * after all: another process that started at the same time was first.
   */
  firstAdmin(show: (secret: string) => void): Promise<{ secret: string } | undefined>
}

/** A browser that is signed in: who it acts as, and the word that its requests that change anything carry. */
export type SignedIn = { id: string; actor: Actor; csrf: string; expiresAt: number }

/** A session as admins see it. */
export type SessionRecord = Omit<SignedIn, 'csrf'> & { createdAt: number; seenAt: number; place: string }

/** Whom an identity provider named, and the role that its claims were mapped to under those `terms`. */
export type Person = { subject: string; name: string; role: Role; terms: string }

export type SessionService = {
  /** Signs a browser in for an operator's token. `cookie` is the session's secret: in this answer and nowhere else. */
  open(token: string): Promise<{ cookie: string; session: SignedIn } | Refusal>
  /** Signs a browser in for a person whom an identity provider named. */
  openFor(person: Person): Promise<{ cookie: string; session: SignedIn }>
  /** Notes that a person whom an identity provider named was let in to nothing. */
  turnAway(person: Pick<Person, 'subject' | 'name'>, reason: string): Promise<void>
  /** Who a cookie's holder is at present: its session may have ended, and its token have been revoked. */
  find(cookie: string): Promise<SignedIn | Refusal>
  /** As `find`, but no use of the session: it is signed out an hour after it was used last. */
  look(cookie: string): Promise<SignedIn | Refusal>
  /** Sessions that have not ended, newest first; `after` is the place of one. */
  list(page: PageRequest<string>): Promise<SessionRecord[]>
  /** Ends a session: its cookie is worth nothing from here on. */
  end(id: string, actor: Actor): Promise<undefined | Refusal>
}

/** What a client is told once its update is durable. The same submission is answered the same. */
export type SubmissionReceipt = { round: RoundId; client: ClientId; envelope: Digest; receivedAt: number }

export type SubmissionService = {
  /**
   * Takes a sealed update in. `announcedBytes` is the Content-Length, if one came: too large is refused before
   * a byte is read. Resolves with a receipt only when the update is durable and counted.
   */
  receive(upload: {
    task: TaskId
    round: RoundId
    client: ClientId
    submission: Submission
    announcedBytes: number | undefined
    body: AsyncIterable<Uint8Array>
  }): Promise<SubmissionReceipt | Refusal>
}

/** What is read across rooms for people who look on. */
export type InsightService = {
  overview(): Promise<Overview>
  metrics: TaskMetrics
  privacy(task: TaskId): Promise<TaskPrivacyView | Refusal>
  system(): Promise<SystemView>
}

export type AuditService = {
  list(page: PageRequest<number>): Promise<AuditRecord[]>
  /** Whether the chain holds. What was right before is not read again for an hour, but for its last entry. */
  verify(): Promise<AuditVerdict>
}

/** A webhook, and the delivery to it that ended last. */
export type WebhookStanding = { webhook: Webhook; last: Delivery | undefined }

export type WebhookService = {
  /** Its secret is in the answer and nowhere else. A repeated idempotency key gives the same. */
  create(
    request: CreateWebhookRequest,
    actor: Actor,
    idempotency?: Idempotency,
  ): Promise<(WebhookStanding & { secret: string }) | Refusal>
  get(id: string): Promise<WebhookStanding | Refusal>
  /** Newest first. */
  list(page: PageRequest<string>): Promise<WebhookStanding[]>
  /** With what is still to be delivered to it, and the log. */
  delete(id: string, actor: Actor): Promise<WebhookStanding | Refusal>
  /** Newest first; the key is a delivery's sequence. */
  deliveries(id: string, page: PageRequest<number>): Promise<Delivery[] | Refusal>
  /** Sends it once more, under the same id, or at once where it is waiting for another attempt. */
  redeliver(id: string, delivery: string, actor: Actor): Promise<Delivery | Refusal>
  ping(id: string, actor: Actor): Promise<Delivery | Refusal>
  /** Those to which the last three deliveries that ended failed. */
  failing(): Promise<Webhook[]>
}

export type Services = {
  tasks: TaskService
  rounds: RoundService
  models: ModelService
  signer: ModelSigner
  clients: ClientService
  access: AccessService
  sessions: SessionService
  submissions: SubmissionService
  audit: AuditService
  tokens: TokenService
  fleet: FleetService
  insight: InsightService
  webhooks: WebhookService
}
