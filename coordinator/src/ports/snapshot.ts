import type { TaskId } from '@tributary/protocols'
import type { PrivacyLedger } from '@tributary/protocols/privacy'
import type { Member } from '../round/member.ts'
import type { Round } from '../round/round.ts'
import type { AuditRecord, Client, ModelRecord, Reply, Task, Token, Webhook } from './records.ts'
import type { PageRequest, Store } from './store.ts'

/** All tables as they were at one instant, however long it is read from. Keys of rounds, and what was said in their sessions, are not in it; nor are deliveries to webhooks. */
export type Snapshot = Pick<
  Store,
  'tasks' | 'rounds' | 'members' | 'models' | 'ledgers' | 'clients' | 'tokens' | 'identity' | 'audit'
> & {
  schemaVersion: number
  webhooks: Pick<Store['webhooks'], 'list'>
  /** In the order of their scopes and keys. */
  replies(page: PageRequest<Pick<Reply, 'scope' | 'key'>>): Promise<Reply[]>
  /** Lets the instant go. */
  close(): Promise<void>
}

/** One record with the table it is of. */
export type TableRecord =
  | { table: 'tasks'; record: Task }
  | { table: 'rounds'; record: Round }
  | { table: 'members'; record: Member }
  | { table: 'models'; record: ModelRecord }
  | { table: 'ledgers'; record: { task: TaskId; ledger: PrivacyLedger } }
  | { table: 'clients'; record: Client }
  | { table: 'tokens'; record: Token }
  | { table: 'replies'; record: Reply }
  | { table: 'webhooks'; record: Webhook }
  | { table: 'audit'; record: AuditRecord }

/** Tables that are being filled: they are read as they have been written, and nobody else sees them yet. */
export type Filling = Omit<Snapshot, 'close'> & Pick<Store, 'commit'>

/**
 * Fills empty tables: writes every record as it is, and then whatever `finish` commits; all of it when `finish` has
 * resolved, or nothing. Throws `StorageError` where any table holds anything.
 */
export type LoadTables = <Result>(
  records: AsyncIterable<TableRecord>,
  finish: (filling: Filling) => Promise<Result>,
) => Promise<Result>
