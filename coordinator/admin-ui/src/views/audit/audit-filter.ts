import type { AuditRecordView } from '@tributary/protocols/rest'

export type AuditFilter = { action: string; actor: string; subject: string }

/** The entries of an action (`round` means all of rounds), whose actor, by id or by name, and subject hold what was typed, in any case. */
export const matching = (
  entries: readonly AuditRecordView[],
  { action, actor, subject }: AuditFilter,
  names: ReadonlyMap<string, string> = new Map(),
): readonly AuditRecordView[] =>
  action === '' && actor === '' && subject === ''
    ? entries
    : entries.filter(
        (entry) =>
          (action === '' || entry.action === action || entry.action.startsWith(`${action}.`)) &&
          (holds(entry.actor, actor) || holds(names.get(entry.actor) ?? '', actor)) &&
          holds(entry.subject, subject),
      )

/** The kinds of actions there are, each before its own: `round`, `round.abandoned`, … */
export const actionsOf = (entries: readonly AuditRecordView[]): readonly string[] => {
  const found = new Set<string>()
  for (const { action } of entries) found.add(action.replace(/\..*$/, '')).add(action)
  return [...found].toSorted()
}

/** `clients 12 · reason quorum`: what an entry says besides. */
export const detailOf = ({ detail }: AuditRecordView): string =>
  Object.entries(detail)
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ')

const holds = (text: string, typed: string): boolean =>
  text.toLowerCase().includes(typed.trim().toLowerCase())
