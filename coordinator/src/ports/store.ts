import type { ClientId, Instant, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import type { PrivacyLedger } from '@tributary/protocols/privacy'
import type { Row } from '@tributary/protocols/secagg'
import type { Member } from '../round/member.ts'
import type { Round } from '../round/round.ts'
import type {
  AuditEntry,
  AuditRecord,
  Client,
  ConsoleSession,
  Delivery,
  Lease,
  ModelRecord,
  Occurrence,
  Reply,
  RoundKey,
  Task,
  Token,
  Webhook,
} from './records.ts'

/** One page of a list, newest first unless said otherwise. `after` is the last key of the page before. */
export type PageRequest<Key> = { limit: number; after?: Key }

/** One thing to write. `insert-…` fails with `ConflictError` where the key is taken; `save-…` inserts or replaces. */
export type Change =
  | { kind: 'insert-task'; task: Task }
  | { kind: 'save-task'; task: Task }
  /**
   * A round's first state: its number must be the task's next, its base the task's newest version, and no other round
   * of the task may be open.
   */
  | { kind: 'insert-round'; round: Round }
  | { kind: 'save-round'; round: Round }
  | { kind: 'save-member'; member: Member }
  /**
   * A model version: its number must be free, and its parent the newest version there is. While a round of the task
   * is open, only a round may be its origin.
   */
  | { kind: 'insert-model'; model: ModelRecord }
  | { kind: 'insert-round-key'; key: RoundKey }
  | { kind: 'destroy-round-key'; round: RoundId }
  /** A message in a secure round's session, or the session's record; it is written once. */
  | { kind: 'insert-session-row'; round: RoundId; row: Row }
  /** Everything that was said in the session. Harmless twice. */
  | { kind: 'erase-session'; round: RoundId }
  | { kind: 'save-ledger'; task: TaskId; ledger: PrivacyLedger }
  | { kind: 'insert-client'; client: Client }
  | { kind: 'save-client'; client: Client }
  | { kind: 'insert-token'; token: Token }
  | { kind: 'save-token'; token: Token }
  /** Revokes an operator's token, once or again. Conflicts where it is the last admin's that is active. */
  | { kind: 'revoke-token'; id: string }
  /** Takes one use from an enrolment token; conflicts when none is left. */
  | { kind: 'spend-token'; id: string }
  | { kind: 'insert-console-session'; session: ConsoleSession }
  /** Says when a session was used; one that has ended does not come back. */
  | { kind: 'see-console-session'; id: string; at: Instant }
  /** Harmless twice. */
  | { kind: 'end-console-session'; id: string }
  /** Sessions that expired before this instant are forgotten. */
  | { kind: 'forget-console-sessions'; before: Instant }
  | { kind: 'insert-reply'; reply: Reply }
  /** Replies from before this instant are forgotten: their keys may come anew. */
  | { kind: 'forget-replies'; before: Instant }
  /** Whose tables these are, said once: it conflicts where anybody has. */
  | { kind: 'insert-identity'; coordinator: string }
  | { kind: 'append-audit'; entry: AuditEntry }
  | { kind: 'insert-webhook'; webhook: Webhook }
  /** With its deliveries. Harmless twice. */
  | { kind: 'delete-webhook'; id: string }
  /**
   * A pending delivery to each webhook that asked for such an event, or to the one named in `to` alone; none to whom it
   * was queued before.
   */
  | { kind: 'queue-deliveries'; occurrence: Occurrence; to?: string }
  /** Conflicts where the delivery no longer has the status and attempts of `from`: somebody else has changed it. */
  | { kind: 'change-delivery'; delivery: Delivery; from: Pick<Delivery, 'status' | 'attempts'> }
  /** Deliveries that ended before this instant, and of each webhook those before the newest so many, are forgotten. */
  | { kind: 'forget-deliveries'; endedBefore: Instant; keepEnded: number; keep: number }
  /**
   * Writes nothing: the commit fails with `LeaseLostError` unless the task's lease still bears this token. Time alone
   * does not lose it: until another process takes it, or its holder lets it go, nobody else writes.
   */
  | { kind: 'require-lease'; task: TaskId; token: number }

/**
 * The tables. Reads go to the table they concern; every write goes through `commit`, so that what belongs together
 * is saved together. Contract: `coordinator/src/adapters/contracts/store-contract.ts`.
 */
export type Store = {
  tasks: TaskTable
  rounds: RoundTable
  members: MemberTable
  models: ModelTable
  sessions: SessionTable
  ledgers: LedgerTable
  clients: ClientTable
  tokens: TokenTable
  consoleSessions: ConsoleSessionTable
  leases: LeaseTable
  webhooks: WebhookTable
  /** The sealed secret key of a round, until it is destroyed. */
  roundKey(round: RoundId): Promise<RoundKey | undefined>
  reply(scope: string, key: string): Promise<Reply | undefined>
  /** The id of the coordinator whose tables these are, which follows from its own key; none before its first start. */
  identity(): Promise<string | undefined>
  /** Entries in order of sequence, after `after`. */
  audit(page: PageRequest<number>): Promise<AuditRecord[]>
  /** Writes all of it durably, in order, or nothing. Throws `ConflictError`, `LeaseLostError` or `StorageError`. */
  commit(changes: readonly Change[]): Promise<void>
  close(): Promise<void>
}

export type TaskTable = {
  get(id: TaskId): Promise<Task | undefined>
  /** In the order of their ids. */
  list(page: PageRequest<TaskId>): Promise<Task[]>
}

export type RoundTable = {
  get(id: RoundId): Promise<Round | undefined>
  latest(task: TaskId): Promise<Round | undefined>
  list(task: TaskId, page: PageRequest<number>): Promise<Round[]>
  /** How many of the task's rounds have completed. */
  completed(task: TaskId): Promise<number>
  /** Every round that is open, or has ended and still owes something. */
  unsettled(): Promise<Round[]>
}

/** A client's part in a round. */
export type Participation = { round: Round; member: Member }

export type MemberTable = {
  get(round: RoundId, client: ClientId): Promise<Member | undefined>
  /** All members of a round in the order of their client ids: the order in which updates are folded. */
  ofRound(round: RoundId): Promise<Member[]>
  /** The rounds that a client was of, with its part in them: those that opened last first. */
  ofClient(client: ClientId, page: PageRequest<RoundId>): Promise<Participation[]>
}

export type ModelTable = {
  get(task: TaskId, version: ModelVersion): Promise<ModelRecord | undefined>
  latest(task: TaskId): Promise<ModelRecord | undefined>
  list(task: TaskId, page: PageRequest<ModelVersion>): Promise<ModelRecord[]>
}

export type SessionTable = {
  /** Everything that was said in the session of a secure round, until it is erased; in no order. */
  ofRound(round: RoundId): Promise<Row[]>
}

export type LedgerTable = {
  /** What the task has spent of its privacy; none before its first round that spends any. */
  get(task: TaskId): Promise<PrivacyLedger | undefined>
}

/** Which clients are meant; all of them where nothing is said. */
export type ClientFilter = {
  status?: Client['status'] | undefined
  /** What their ids begin with: `c-` and hex digits. */
  prefix?: string | undefined
  /** Of these alone, a few hundred at most. */
  among?: readonly ClientId[] | undefined
}

export type ClientTable = {
  get(id: ClientId): Promise<Client | undefined>
  /** In the order of their ids. */
  list(page: PageRequest<ClientId> & ClientFilter): Promise<Client[]>
  /** How many are enrolled, and neither revoked nor withdrawn. */
  active(): Promise<number>
  /** How many were revoked. */
  revoked(): Promise<number>
  /** How many have withdrawn themselves. */
  withdrawn(): Promise<number>
}

export type TokenTable = {
  /** By the SHA-256 of the secret, in hex. */
  find(hash: string): Promise<Token | undefined>
  get(id: string): Promise<Token | undefined>
  list(): Promise<Token[]>
}

export type WebhookTable = {
  get(id: string): Promise<Webhook | undefined>
  /** All of them, newest first. */
  list(): Promise<Webhook[]>
  delivery(webhook: string, id: string): Promise<Delivery | undefined>
  /** Newest first; the key is a delivery's sequence. */
  deliveries(webhook: string, page: PageRequest<number>): Promise<Delivery[]>
  /** The pending one that is due first. */
  nextPending(webhook: string): Promise<Delivery | undefined>
  /** The deliveries that ended last, the last one first. */
  lastEnded(webhook: string, limit: number): Promise<Delivery[]>
}

export type ConsoleSessionTable = {
  /** By the SHA-256 of the cookie's text, in hex. */
  find(hash: string): Promise<ConsoleSession | undefined>
  get(id: string): Promise<ConsoleSession | undefined>
  /** Newest first. */
  list(): Promise<ConsoleSession[]>
}

/**
 * Who drives a task's rounds, where several processes share the tables. Instants are the store's own clock's, so that
 * processes whose clocks differ agree on when a lease has run out.
 */
export type LeaseTable = {
  /** The lease that somebody holds; none where it was let go or ran out. */
  get(task: TaskId): Promise<Lease | undefined>
  /**
   * Takes the lease for `forMs` where nobody holds it or its holder let it run out, under a token larger than any
   * before. The holder's own that still runs is prolonged under its token. `undefined` where another holds it.
   * Throws `ConflictError` for a task that is not there.
   */
  take(request: { task: TaskId; holder: string; forMs: number }): Promise<Lease | undefined>
  /** Prolongs what the holder still has to `forMs` from now, and answers it. What has run out is not brought back. */
  renew(request: { holder: string; forMs: number }): Promise<Lease[]>
  /** Lets go of everything the holder has, so that another may take it at once. */
  release(request: { holder: string }): Promise<void>
}
