import { unreachable } from '@tributary/protocols'
import type { Change } from '../../ports/store.ts'
import type { Query, RememberedRow } from '../sql/reads.ts'

export type RememberedRows = {
  /** The rows that were read under this name, or those of the query where it is to be made. */
  remember<Row>(name: RememberedRow, query: () => Query<Row>): Query<Row>
  /** What has been written, or may have been, is to be read again. Called before anybody hears what became of it. */
  forget(changes: readonly Change[]): void
}

/** Rows of a few hundred bytes, but for tasks. */
const MOST_KEPT = 10_000

/**
 * Every check-in and every update asks for the same task, its newest round and model, and the client itself: rows that are read once until they
 * are written. A read that is under way when its row is written answers whoever asked before, and nobody after.
 * @param needs.dataVersion Another number once somebody else has written to the file: then all are read again.
 */
export const rememberedRows = ({ dataVersion }: { dataVersion(): unknown }): RememberedRows => {
  const kept = new Map<RememberedRow, Promise<unknown[]>>()
  let version: unknown
  return {
    remember: <Row>(name: RememberedRow, query: () => Query<Row>): Query<Row> => ({
      execute() {
        const versionNow = dataVersion()
        if (versionNow !== version) kept.clear()
        version = versionNow
        // One name is of one query, and so of one kind of row.
        const before = kept.get(name) as Promise<Row[]> | undefined
        if (before) return before
        const rows = query().execute()
        if (kept.size >= MOST_KEPT) kept.clear()
        kept.set(name, rows)
        rows.catch(() => {
          if (kept.get(name) === rows) kept.delete(name)
        })
        return rows
      },
    }),
    forget(changes) {
      for (const change of changes) for (const name of namesOf(change)) kept.delete(name)
    },
  }
}

const namesOf = (change: Change): readonly RememberedRow[] => {
  switch (change.kind) {
    case 'insert-task':
    case 'save-task':
      return [`task ${change.task.id}`]
    case 'insert-round':
    case 'save-round':
      return [`round ${change.round.id}`, `latest round of ${change.round.task}`]
    case 'insert-model':
      return [`latest model of ${change.model.task}`]
    case 'insert-client':
    case 'save-client':
      return [`client ${change.client.id}`, 'active clients', 'revoked clients', 'withdrawn clients']
    case 'save-member':
    case 'insert-round-key':
    case 'destroy-round-key':
    case 'insert-session-row':
    case 'erase-session':
    case 'save-ledger':
    case 'insert-token':
    case 'save-token':
    case 'revoke-token':
    case 'spend-token':
    case 'insert-console-session':
    case 'see-console-session':
    case 'end-console-session':
    case 'forget-console-sessions':
    case 'insert-reply':
    case 'forget-replies':
    case 'insert-identity':
    case 'append-audit':
    case 'require-lease':
    case 'insert-webhook':
    case 'delete-webhook':
    case 'queue-deliveries':
    case 'change-delivery':
    case 'forget-deliveries':
      return []
    default:
      return unreachable(change)
  }
}
