import type { AuditRecordView } from '@tributary/protocols/rest'

/** What actors are called, by their ids, as far as the log itself says: tokens by the entry that made them, people by their signing in. */
export const actorNames = (entries: readonly AuditRecordView[]): ReadonlyMap<string, string> => {
  const names = new Map<string, string>()
  for (const { action, actor, subject, detail } of entries) {
    if (typeof detail.name !== 'string') continue
    if (action === 'operator-token.created') names.set(subject, detail.name)
    if (action === 'session.opened') names.set(actor, detail.name)
  }
  return names
}
